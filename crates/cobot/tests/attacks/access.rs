//! Who may not: nobody, the wrong person, the wrong organisation or space, the wrong token.

use domain::people::{Door, Scope, Scopes};
use serde_json::json;

use crate::support::{HOST, World, stories};

stories!(
    every_endpoint_wants_a_token_that_is_good_for_it,
    a2_a3_a_strangers_booking_is_left_alone,
    a6_a_token_is_good_in_its_own_spaces_alone,
    a8_a9_members_book_for_themselves_what_they_may_book,
    b9_what_is_hidden_is_hidden_everywhere,
    c5_tokens_of_other_doors_are_good_for_nothing,
    hosts_tell_organisations_apart,
    a_subdomain_of_two_organisations_is_each_ones_own,
);

/// All endpoints, with the scope that each wants, and whether it is for members only.
fn endpoints(world: &World, booking: i64) -> Vec<(&'static str, String, Option<Scope>, bool)> {
    let window = "from=2012-01-01&to=2012-01-02";
    let (read, write) = (Some(Scope::BookingsRead), Some(Scope::BookingsWrite));
    let (room, johns) = (world.room, world.johns);
    vec![
        ("GET", format!("/api/bookings?{window}"), read, true),
        (
            "GET",
            format!("/api/resources/{room}/bookings?{window}"),
            read,
            true,
        ),
        (
            "GET",
            format!("/api/membership/bookings?{window}"),
            read,
            true,
        ),
        (
            "GET",
            format!("/api/memberships/bookings?{window}"),
            read,
            true,
        ),
        (
            "GET",
            format!("/api/memberships/{johns}/bookings?{window}"),
            read,
            true,
        ),
        ("GET", "/api/membership/bookings/recent".into(), read, true),
        (
            "GET",
            "/api/membership/bookings/upcoming".into(),
            read,
            true,
        ),
        ("GET", format!("/api/bookings/{booking}"), read, true),
        (
            "POST",
            format!("/api/resources/{room}/bookings"),
            write,
            true,
        ),
        ("PUT", format!("/api/bookings/{booking}"), write, true),
        ("PUT", format!("/bookings/{booking}"), write, true),
        ("DELETE", format!("/api/bookings/{booking}"), write, true),
        ("DELETE", format!("/bookings/{booking}"), write, true),
        ("GET", "/api/user".into(), Some(Scope::ProfileRead), false),
        (
            "GET",
            "/api/resources".into(),
            Some(Scope::CatalogRead),
            true,
        ),
        (
            "GET",
            "/api/memberships".into(),
            Some(Scope::MembershipsRead),
            true,
        ),
        (
            "GET",
            format!("/api/memberships/{johns}"),
            Some(Scope::MembershipsRead),
            true,
        ),
        (
            "GET",
            "/api/booking_credits".into(),
            Some(Scope::CreditsRead),
            true,
        ),
        (
            "GET",
            "/api/subscriptions".into(),
            Some(Scope::SubscriptionsRead),
            true,
        ),
        (
            "POST",
            "/api/subscriptions".into(),
            Some(Scope::SubscriptionsWrite),
            true,
        ),
        (
            "DELETE",
            "/api/subscriptions/1".into(),
            Some(Scope::SubscriptionsWrite),
            true,
        ),
        (
            "GET",
            format!("/api/memberships/{johns}/booking_credits"),
            Some(Scope::CreditsRead),
            true,
        ),
    ]
}

async fn every_endpoint_wants_a_token_that_is_good_for_it(world: World) {
    let (from, to) = ("2012-01-02T12:00:00Z", "2012-01-02T13:00:00Z");
    let booking = world.book(world.john.id, world.room, from, to).await;
    let newest = world.engine.store().newest_event().await.unwrap();
    for (method, path, scope, members) in endpoints(&world, booking.id.0) {
        let ask = async |token: Option<&str>| world.at(HOST, method, &path, token, "{}").await;
        for token in [None, Some("nonsense")] {
            let answer = ask(token).await.expect(401);
            assert_eq!(
                answer.header("www-authenticate"),
                "Bearer",
                "{method} {path}"
            );
            assert!(answer.json()["error"].is_string());
        }
        // C4: all other scopes together are not enough.
        let others: Vec<Scope> = Scope::ALL
            .into_iter()
            .filter(|one| Some(*one) != scope)
            .collect();
        let narrow = world.scoped(&world.admin, &others).await;
        ask(Some(&narrow.token)).await.expect(403);
        let guest = ask(Some(&world.guest.token)).await;
        let expected = if members { 403 } else { 200 };
        assert_eq!(
            guest.status.as_u16(),
            expected,
            "{method} {path}: {}",
            guest.text
        );
        let foreign = ask(Some(&world.foreigner.token)).await.expect(404);
        assert_eq!(foreign.text, r#"{"error":"Not found."}"#);
    }
    let stored = world.stored(&booking.id.to_string()).await;
    assert_eq!(stored, Some(booking), "nothing happened");
    let events = world
        .engine
        .store()
        .events(world.home, newest, 100, false)
        .await;
    assert!(
        events
            .unwrap()
            .iter()
            .all(|one| one.event == "token.issued")
    );
}

async fn a2_a3_a_strangers_booking_is_left_alone(world: World) {
    let (from, to) = ("2012-01-02T12:00:00Z", "2012-01-02T13:00:00Z");
    let booking = world.book(world.jane.id, world.room, from, to).await;
    let path = format!("/bookings/{}", booking.id);
    let body =
        json!({"title": "mine", "from": "2012-01-03 12:00 +0000", "to": "2012-01-03 13:00 +0000"});
    world
        .send(&world.john, "PUT", &path, &body)
        .await
        .expect(403);
    world.delete(&world.john, &path).await.expect(403);
    // Where even that it exists is not for him, it does not.
    let policy = json!({"policy": {"see": "managers"}});
    world.patch_resource(world.room, policy).await;
    let unknown = world.get(&world.john, "/bookings/999999").await.expect(404);
    for answer in [
        world.get(&world.john, &path).await,
        world.send(&world.john, "PUT", &path, &body).await,
        world.delete(&world.john, &path).await,
    ] {
        let answer = answer.expect(404);
        assert_eq!(answer.text, unknown.text);
        let headers = |answer: &crate::support::Answer| {
            let mut headers = answer.headers.clone();
            headers.remove("x-request-id");
            headers
        };
        assert_eq!(headers(&answer), headers(&unknown));
    }
    assert_eq!(world.stored(&booking.id.to_string()).await, Some(booking));
}

async fn a6_a_token_is_good_in_its_own_spaces_alone(world: World) {
    let (from, to) = ("2012-01-02T12:00:00Z", "2012-01-02T13:00:00Z");
    let here = world.book(world.john.id, world.room, from, to).await.id;
    let there = world
        .book(world.john.id, world.elsewhere, from, to)
        .await
        .id;
    let token = Some(world.admin.token.as_str());
    let get = async |host: &str, id: &dyn std::fmt::Display, token| {
        let path = format!("/api/bookings/{id}");
        world.at(host, "GET", &path, token, "").await
    };
    get("co-up.cobot.test", &here, token).await.expect(200);
    get("other.cobot.test", &there, token).await.expect(200);
    for (host, id) in [
        ("co-up.cobot.test", there),
        ("other.cobot.test", here),
        ("abroad.cobot.test", here),
        ("abroad.cobot.test", there),
    ] {
        let answer = get(host, &id, token).await.expect(404);
        assert_eq!(answer.text, r#"{"error":"Not found."}"#);
    }
    let johns = Some(world.foreigner.token.as_str());
    for (id, host) in [(here, HOST), (there, "other.cobot.test")] {
        get(host, &id, johns).await.expect(404);
    }
    let abroad = "/api/bookings?from=2012-01-01&to=2012-01-08";
    let answer = world
        .at("abroad.cobot.test", "GET", abroad, johns, "")
        .await;
    assert_eq!(answer.expect(200).text, "[]");
}

async fn a8_a9_members_book_for_themselves_what_they_may_book(world: World) {
    let body = |membership: i64| {
        json!({
            "from": "2012-01-02 12:00 +0000", "to": "2012-01-02 13:00 +0000", "membership_id": membership,
        })
    };
    let path = format!("/resources/{}/bookings", world.room);
    let mut texts = Vec::new();
    for membership in [world.janes, 999_999] {
        let answer = world
            .send(&world.john, "POST", &path, &body(membership))
            .await;
        texts.push(answer.clone().text);
        assert_eq!(answer.wrong(), "membership_id");
    }
    assert_eq!(texts[0], texts[1], "whether it is somebody's is not told");
    let made = world
        .send(&world.john, "POST", &path, &body(world.johns))
        .await;
    let own = format!(
        "/bookings/{}",
        made.expect(201).json()["id"].as_str().unwrap()
    );
    let answer = world
        .send(
            &world.john,
            "PUT",
            &own,
            &json!({"membership_id": world.janes}),
        )
        .await;
    assert_eq!(answer.wrong(), "membership_id");
    let policy = json!({"policy": {"book": "managers"}});
    world.patch_resource(world.desk, policy).await;
    let to_desk = json!({"resource_id": world.desk});
    world
        .send(&world.john, "PUT", &own, &to_desk)
        .await
        .expect(403);
    let path = format!("/resources/{}/bookings", world.desk);
    world
        .send(&world.john, "POST", &path, &body(world.johns))
        .await
        .expect(403);
    let seen = world.get(&world.john, &own).await.json();
    assert_eq!(seen["resource"]["id"], world.room.to_string());
}

async fn b9_what_is_hidden_is_hidden_everywhere(world: World) {
    let policy = json!({"policy": {"see_names": "managers", "see_titles": "managers"}});
    world.patch_resource(world.room, policy).await;
    let texts = domain::decide::Texts {
        title: Some(Some("Hush".into())),
        note: Some(Some("Hush".into())),
        ..domain::decide::Texts::default()
    };
    let (from, to) = ("2012-01-02T12:00:00Z", "2012-01-02T13:00:00Z");
    let id = world
        .book_with(world.jane.id, world.room, from, to, texts)
        .await
        .id;
    let window = "from=2012-01-01&to=2012-01-08";
    let clash = json!({"from": "2012-01-02 12:00 +0000", "to": "2012-01-02 13:00 +0000"});
    let room = format!("/resources/{}/bookings", world.room);
    for answer in [
        world
            .get(&world.john, &format!("/bookings/{id}"))
            .await
            .expect(200),
        world
            .get(&world.john, &format!("/bookings?{window}"))
            .await
            .expect(200),
        world
            .get(&world.john, &format!("{room}?{window}"))
            .await
            .expect(200),
        world
            .delete(&world.john, &format!("/bookings/{id}"))
            .await
            .expect(403),
        world
            .send(&world.john, "POST", &room, &clash)
            .await
            .expect(422),
    ] {
        assert!(
            !answer.text.contains("Hush") && !answer.text.contains("Jane"),
            "{}",
            answer.text
        );
    }
}

async fn c5_tokens_of_other_doors_are_good_for_nothing(world: World) {
    for door in [
        Door::Api,
        Door::Flexopus,
        Door::Spacebring,
        Door::Librebooking,
    ] {
        let token = world.token_of(&world.boss, door, Scopes::ALL).await;
        let answer = world.at(HOST, "GET", "/api/user", Some(&token), "").await;
        answer.expect(401);
    }
}

async fn hosts_tell_organisations_apart(world: World) {
    let list = "/api/bookings?from=2012-01-01&to=2012-01-08";
    let token = Some(world.john.token.as_str());
    for host in [
        "co-up.cobot.test",
        "CO-UP.example.org:8080",
        "co-up.localhost:3000",
        "co-up",
    ] {
        world.at(host, "GET", list, token, "").await.expect(200);
    }
    // Without a token, too.
    let answer = world
        .at("nobody.cobot.test", "GET", list, None, "")
        .await
        .expect(404);
    assert_eq!(answer.text, r#"{"error":"Not found."}"#);
    for host in [
        "cobot.test",
        "127.0.0.1:8080",
        "x.co-up.cobot.test",
        "[::1]:80",
    ] {
        world.at(host, "GET", list, token, "").await.expect(404);
    }
    // An organisation that has names is reached below those alone.
    world
        .patch_organisation(json!({"hosts": ["cobot.test", "own.example"]}))
        .await;
    for host in [
        "co-up.cobot.test",
        "co-up.own.example:81",
        "co-up.eu.cobot.test",
    ] {
        world.at(host, "GET", list, token, "").await.expect(200);
    }
    for host in [
        "co-up.evil.example",
        "co-up.evilcobot.test",
        "co-up.cobot.test.evil.example",
    ] {
        world.at(host, "GET", list, token, "").await.expect(404);
    }
}

async fn a_subdomain_of_two_organisations_is_each_ones_own(world: World) {
    world.open_abroad("co-up").await;
    let list = "/api/bookings?from=2012-01-01&to=2012-01-08";
    let (from, to) = ("2012-01-02T12:00:00Z", "2012-01-02T13:00:00Z");
    world.book(world.john.id, world.room, from, to).await;
    let ask = async |host: &str, token: &str| world.at(host, "GET", list, Some(token), "").await;
    let (john, foreigner) = (&world.john.token, &world.foreigner.token);
    assert_eq!(ask(HOST, john).await.ids().len(), 1);
    assert!(ask(HOST, foreigner).await.ids().is_empty());
    // Who has a name above the host has it, and is reached nowhere else.
    let hosts = json!({"hosts": ["cobot.test"]});
    world.patch_organisation(hosts).await;
    assert_eq!(ask(HOST, john).await.ids().len(), 1);
    ask(HOST, foreigner).await.expect(404);
    ask("co-up.example", john).await.expect(404);
    assert!(ask("co-up.example", foreigner).await.ids().is_empty());
}
