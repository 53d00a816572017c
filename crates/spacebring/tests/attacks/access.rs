//! Who gets in, and to what.

use domain::people::{Door, Scope, Scopes};
use serde_json::json;

use crate::support::{BOOKINGS, World};

async fn c5_a_token_of_another_door_opens_nothing(world: World) {
    for door in [
        Door::Api,
        Door::Librebooking,
        Door::Flexopus,
        Door::Cobot,
        Door::Web,
    ] {
        let token = world.token_of(&world.admin, door, Scopes::ALL).await;
        let answer = world.ask("GET", &world.in_mitte(), Some(&token), "").await;
        let body = answer.expect(401).json();
        assert_eq!(body["type"], "unauthorized");
    }
    let answer = world
        .ask("GET", &world.in_mitte(), None, "")
        .await
        .expect(401);
    assert!(answer.header("www-authenticate").contains("Basic"));
}

async fn a6_a_network_is_named_and_never_widened(world: World) {
    let path = format!("{}{}", spacebring::BASE, world.in_mitte());
    let bearer = ("Authorization", format!("Bearer {}", world.token));
    let header = |value: String| ("Spacebring-Network-Id", value);
    let ask = async |headers: &[(&str, String)]| world.raw("GET", &path, headers, b"").await;
    let missing = ask(std::slice::from_ref(&bearer)).await;
    assert_eq!(missing.wrong(), "spacebring-network-id");
    let malformed = ask(&[bearer.clone(), header("home".into())]).await;
    assert_eq!(malformed.wrong(), "spacebring-network-id");
    let (home, abroad) = (world.network.to_string(), world.abroad.to_string());
    let twice = ask(&[bearer.clone(), header(home.clone()), header(abroad.clone())]).await;
    assert_eq!(twice.wrong(), "spacebring-network-id");
    let foreign = ask(&[bearer.clone(), header(abroad)]).await.expect(404);
    assert_eq!(
        foreign.json(),
        json!({"message": "Not found.", "type": "notFound"})
    );
    ask(&[bearer, header(home.to_uppercase())])
        .await
        .expect(200);
    // A token of the other network, with this network's header, or with its own and this network's ids.
    let token = world
        .token_of(&world.foreigner, Door::Spacebring, Scopes::ALL)
        .await;
    world
        .ask("GET", &world.in_mitte(), Some(&token), "")
        .await
        .expect(404);
    let own = [
        ("Authorization", format!("Bearer {token}")),
        ("spacebring-network-id", world.abroad.to_string()),
    ];
    let answer = world.raw("GET", &path, &own, b"").await.expect(404);
    assert_eq!(answer.text, foreign.text);
}

async fn g4_a_token_of_another_list_is_none(world: World) {
    for hour in [9, 10, 11] {
        let (from, to) = (
            format!("2027-03-02T{hour:02}:00:00Z"),
            format!("2027-03-02T{hour:02}:30:00Z"),
        );
        world.book(world.mia, world.room, &from, Some(&to)).await;
    }
    let path = format!("{}&limit=1", world.in_mitte());
    let page = world.get(&path).await.expect(200).json();
    let token = page["nextPageToken"].as_str().unwrap();
    world
        .get(&format!("{path}&nextPageToken={token}"))
        .await
        .expect(200);
    // The page's size is no filter.
    world
        .get(&format!(
            "{}&limit=2&nextPageToken={token}",
            world.in_mitte()
        ))
        .await
        .expect(200);
    for other in [
        "&order=endDate:desc",
        "&order=startDate:asc",
        "&types=room",
        "&startDate[gte]=2027-03-01",
        "&endDate[lt]=2028-03-01",
    ] {
        let answer = world
            .get(&format!("{path}{other}&nextPageToken={token}"))
            .await;
        assert_eq!(answer.wrong(), "nextPageToken", "{other}");
    }
    let of_room = format!(
        "{BOOKINGS}?resourceRef={}&nextPageToken={token}",
        world.resource(world.room)
    );
    assert_eq!(world.get(&of_room).await.wrong(), "nextPageToken");
    // Any letter changed, cut off or added.
    for place in [0, 10, token.len() / 2, token.len() - 2] {
        let mut letters: Vec<char> = token.chars().collect();
        letters[place] = if letters[place] == 'A' { 'B' } else { 'A' };
        let forged: String = letters.into_iter().collect();
        let answer = world.get(&format!("{path}&nextPageToken={forged}")).await;
        assert_eq!(answer.wrong(), "nextPageToken");
    }
    for forged in [
        &token[1..],
        &token[..token.len() - 4],
        &format!("{token}AAAA"),
        "%00",
        "%25",
        "AAAA",
    ] {
        world
            .get(&format!("{path}&nextPageToken={forged}"))
            .await
            .expect(400);
    }
    // Another network's, for the same filter.
    let foreign = world
        .token_of(&world.foreigner, Door::Spacebring, Scopes::ALL)
        .await;
    let headers = [
        ("Authorization", format!("Bearer {foreign}")),
        ("spacebring-network-id", world.abroad.to_string()),
    ];
    let path = format!("{}{path}&nextPageToken={token}", spacebring::BASE);
    world.raw("GET", &path, &headers, b"").await.expect(404);
}

/// Every endpoint with the scope that it asks for.
fn endpoints(world: &World, booking: &str) -> Vec<(&'static str, String, Scope)> {
    let one = format!("{BOOKINGS}/{booking}");
    let room = format!("/resources/v1/{}", world.resource(world.room));
    vec![
        ("GET", world.in_mitte(), Scope::BookingsRead),
        ("POST", BOOKINGS.into(), Scope::BookingsWrite),
        ("GET", one.clone(), Scope::BookingsRead),
        ("PATCH", one.clone(), Scope::BookingsWrite),
        ("DELETE", one, Scope::BookingsWrite),
        ("GET", "/resources/v1".into(), Scope::CatalogRead),
        ("GET", room.clone(), Scope::CatalogRead),
        ("POST", format!("{room}/availability"), Scope::BookingsRead),
        ("GET", "/locations/v1".into(), Scope::CatalogRead),
    ]
}

async fn booking(world: &World) -> String {
    let (from, to) = ("2027-03-02T09:00:00Z", Some("2027-03-02T10:00:00Z"));
    let booking = world.book(world.mia, world.room, from, to).await;
    booking.uuid.to_string()
}

async fn c1_nobody_gets_in_anywhere(world: World) {
    let booking = booking(&world).await;
    for token in [None, Some("wrong"), Some("tenure_token_0"), Some("")] {
        for (method, path, _) in endpoints(&world, &booking) {
            let answer = world.ask(method, &path, token, "{}").await.expect(401);
            assert_eq!(answer.json()["type"], "unauthorized", "{method} {path}");
        }
    }
}

async fn c4_a_scope_that_is_too_small_is_refused(world: World) {
    let booking = booking(&world).await;
    for scope in Scope::ALL {
        let token = world.token_with(&[scope]).await;
        for (method, path, needs) in endpoints(&world, &booking) {
            let answer = world.ask(method, &path, Some(&token), "{}").await;
            let refused = answer.status == 403;
            assert_eq!(
                refused,
                needs != scope,
                "{method} {path} with {}: {}",
                scope.name(),
                answer.text
            );
            if refused {
                assert_eq!(answer.json()["type"], "forbidden");
            }
        }
    }
}

async fn a6_ids_of_another_network_name_nothing(world: World) {
    let booking = booking(&world).await;
    let token = world
        .token_of(&world.foreigner, Door::Spacebring, Scopes::ALL)
        .await;
    let headers = [
        ("Authorization", format!("Bearer {token}")),
        ("spacebring-network-id", world.abroad.to_string()),
        ("Content-Type", "application/json".into()),
    ];
    let change = json!({"booking": {"title": "Mine"}}).to_string();
    for (method, path, _) in endpoints(&world, &booking) {
        let names_nothing = !path.contains('-');
        let path = format!("{}{path}", spacebring::BASE);
        let answer = world.raw(method, &path, &headers, change.as_bytes()).await;
        if names_nothing {
            assert!(
                !answer.text.contains(&booking) && !answer.text.contains("Room 1"),
                "{}",
                answer.text
            );
        } else {
            assert_eq!(answer.expect(404).json()["type"], "notFound");
        }
    }
    let wish = json!({"booking": {
        "resourceRef": world.resource(world.room),
        "startDate": "2027-03-03T09:00:00Z", "endDate": "2027-03-03T10:00:00Z",
    }});
    let path = format!("{}{BOOKINGS}", spacebring::BASE);
    let answer = world
        .raw("POST", &path, &headers, wish.to_string().as_bytes())
        .await;
    assert_eq!(answer.wrong(), "booking.resourceRef");
    // Nor does a host that belongs to the other network let anybody in.
    let headers = [
        ("Authorization", format!("Bearer {}", world.token)),
        ("spacebring-network-id", world.network.to_string()),
        ("Host", "abroad.example".into()),
    ];
    let path = format!("{}{}", spacebring::BASE, world.in_mitte());
    world.raw("GET", &path, &headers, b"").await.expect(401);
}

super::stories!(
    c5_a_token_of_another_door_opens_nothing,
    a6_a_network_is_named_and_never_widened,
    g4_a_token_of_another_list_is_none,
    c1_nobody_gets_in_anywhere,
    c4_a_scope_that_is_too_small_is_refused,
    a6_ids_of_another_network_name_nothing,
);
