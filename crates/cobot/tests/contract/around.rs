//! What clients need around bookings.

use domain::people::{Door, Membership, Scope, Scopes};
use serde_json::{Value, json};

use crate::support::{HOST, SPACE, World, stories};

stories!(
    a_client_learns_who_it_works_for,
    resources_are_told_with_their_rules,
    memberships_are_told_to_holders_and_administrators,
    credits_are_what_is_left_today,
    subscriptions_are_made_listed_and_ended,
    a_token_tells_what_it_is_good_for_and_ends_itself,
);

async fn a_client_learns_who_it_works_for(world: World) {
    let john = world.get(&world.john, "/user").await.expect(200).json();
    let of = |subdomain: &str, name: &str| {
        let link = format!("https://{subdomain}.cobot.test");
        json!({
            "id": world.johns.to_string(), "space_subdomain": subdomain, "space_name": name, "space_link": link,
            "link": format!("{link}/api/memberships/{}", world.johns),
        })
    };
    let expected = json!({
        "id": world.john.id.to_string(), "email": "john@example.com",
        "memberships": [of("co-up", "co.up"), of("other", "Other")], "admin_of": [],
    });
    assert_eq!(john, expected);
    let max = world.get(&world.manager, "/user").await.expect(200).json();
    let space = json!({
        "space_subdomain": "co-up", "space_name": "co.up", "space_link": SPACE, "name": "Max Manager",
    });
    assert_eq!(
        (&max["admin_of"], &max["memberships"]),
        (&json!([space]), &json!([]))
    );
    let admin = world.get(&world.admin, "/user").await.expect(200).json();
    assert_eq!(admin["admin_of"].as_array().unwrap().len(), 2);
    // Who belongs nowhere still learns that.
    world.get(&world.guest, "/user").await.expect(200);
}

async fn resources_are_told_with_their_rules(world: World) {
    let change = json!({
        "description": "With a view", "color": "#ff0000", "image": "https://example.com/room.jpg",
        "policy": {
            "min_duration": 30, "max_duration": 240, "cancellation_period": 90, "max_participants": 7,
            "bookable": [{"from": "10:00:00", "to": "00:00:00", "weekdays": [1, 2]}],
        },
    });
    world.patch_resource(world.room, change).await;
    let resources = world
        .get(&world.john, "/resources")
        .await
        .expect(200)
        .json();
    let room = json!({
        "id": world.room.to_string(), "name": "Meeting Room", "price_per_hour": "5.0", "tax_rate": "20.0",
        "hidden": false, "capacity": 7, "currency": "EUR", "description": "With a view", "cancellation_period": 2,
        "can_book": true, "color": "#ff0000", "photo": "https://example.com/room.jpg", "min_booking_duration": 30,
        "max_booking_duration": 240, "booking_url": format!("{SPACE}/api/resources/{}/bookings", world.room),
        "booking_times": [{"from": "10:00", "to": "24:00", "weekdays": [1, 2]}],
    });
    assert_eq!(resources[0], room);
    let desk = &resources[1];
    assert_eq!(
        (&desk["price_per_hour"], &desk["capacity"]),
        (&json!("0.0"), &json!(3))
    );
    assert_eq!(
        (&desk["booking_times"], &desk["max_booking_duration"]),
        (&json!([]), &Value::Null)
    );
    assert_eq!(resources.as_array().unwrap().len(), 3);
    let all = world
        .get(&world.admin, "/resources")
        .await
        .expect(200)
        .json();
    assert_eq!(
        (all.as_array().unwrap().len(), &all[3]["hidden"]),
        (4, &json!(true))
    );
    let some = format!(
        "/resources?ids={},{},{},x",
        world.desk, world.hidden, world.elsewhere
    );
    assert_eq!(
        world.get(&world.john, &some).await.ids(),
        [world.desk.to_string()]
    );
}

async fn memberships_are_told_to_holders_and_administrators(world: World) {
    let own = format!("/memberships/{}", world.johns);
    let john = world.get(&world.john, &own).await.expect(200).json();
    let plan = world.engine.catalog(world.home).unwrap();
    let plan = plan.plans.values().next().unwrap().id.to_string();
    let expected = json!({
        "id": world.johns.to_string(), "name": "John Doe", "email": "john@example.com",
        "plan": {"id": plan, "name": "Full time"}, "starts_at": "2011/12/05", "canceled_to": null,
    });
    assert_eq!(john, expected);
    assert_eq!(
        world.get(&world.john, "/memberships").await.json(),
        json!([expected])
    );
    assert_eq!(world.get(&world.admin, &own).await.json(), expected);
    // Who manages the space alone books for members, and sees no contracts.
    let bare = json!({"id": world.johns.to_string(), "name": "John Doe"});
    assert_eq!(world.get(&world.manager, &own).await.json(), bare);
    let all = world.get(&world.manager, "/memberships").await;
    assert_eq!(all.expect(200).json()[0], bare);
    let plan: i64 = plan.parse().unwrap();
    let ended = json!({"name": "Old", "user": world.jane.id, "plan": plan, "from": "2011-01-01", "until": "2011-12-31"});
    let ended = world.put::<Membership>(ended).await;
    let names = world
        .get(&world.admin, "/memberships?attributes=name,id")
        .await;
    let both = json!([
        {"id": world.johns.to_string(), "name": "John Doe"}, {"id": world.janes.to_string(), "name": "Jane Roe"},
    ]);
    assert_eq!(names.expect(200).json(), both);
    let old = world
        .get(&world.admin, &format!("/memberships/{ended}"))
        .await;
    assert_eq!(old.expect(200).json()["canceled_to"], "2011/12/31");
    // Somebody else's is nobody's.
    let unknown = world.get(&world.john, "/memberships/999").await.expect(404);
    for path in [
        format!("/memberships/{}", world.janes),
        format!("/memberships/{}/booking_credits", world.janes),
    ] {
        assert_eq!(
            world.get(&world.john, &path).await.expect(404).text,
            unknown.text
        );
    }
}

async fn credits_are_what_is_left_today(world: World) {
    let credits = json!({world.desk.to_string(): {
        "total_hours": "10.0", "total_amount": "0.0", "hours_remaining": "10.0", "amount_remaining": "0.0",
        "resource_name": "Desk", "price_per_hour": "0.0",
    }});
    assert_eq!(
        world.get(&world.john, "/booking_credits").await.json(),
        credits
    );
    let of = format!("/memberships/{}/booking_credits", world.johns);
    world.get(&world.manager, &of).await.expect(403);
    for person in [&world.john, &world.admin] {
        assert_eq!(world.get(person, &of).await.expect(200).json(), credits);
    }
    assert_eq!(
        world.get(&world.admin, "/booking_credits").await.json(),
        json!({})
    );
}

async fn subscriptions_are_made_listed_and_ended(world: World) {
    let path = "/subscriptions";
    let url = "https://hooks.example/x?a=b";
    let body = json!({"event": "created_booking", "callback_url": url});
    let made = world
        .send(&world.manager, "POST", path, &body)
        .await
        .expect(201)
        .json();
    let id = made["id"].as_str().unwrap();
    let expected = json!({
        "id": id, "event": "created_booking", "url": format!("{SPACE}/api/subscriptions/{id}"), "active": true,
        "callback_url": url,
    });
    assert_eq!(made, expected);
    world
        .send(&world.admin, "POST", path, &body)
        .await
        .expect(409);
    let other = json!({"event": "deleted_booking", "callback_url": url});
    world
        .send(&world.admin, "POST", path, &other)
        .await
        .expect(201);
    assert_eq!(world.get(&world.admin, path).await.json()[0], expected);
    for (event, address, field) in [
        ("", url, "event"),
        ("anything", url, "event"),
        ("created_booking", "", "callback_url"),
        ("created_booking", "javascript:alert(1)", "callback_url"),
        ("created_booking", "ftp://hooks.example", "callback_url"),
    ] {
        let body = json!({"event": event, "callback_url": address});
        let answer = world.send(&world.admin, "POST", path, &body).await;
        assert_eq!(answer.wrong(), field, "{event} {address}");
    }
    // Each space has its own, and each organisation.
    let token = Some(world.admin.token.as_str());
    let there = world
        .at("other.cobot.test", "GET", "/api/subscriptions", token, "")
        .await;
    assert_eq!(there.expect(200).text, "[]");
    let one = format!("/api/subscriptions/{id}");
    world
        .at("other.cobot.test", "DELETE", &one, token, "")
        .await
        .expect(404);
    let foreign = Some(world.foreigner.token.as_str());
    world
        .at("abroad.cobot.test", "DELETE", &one, foreign, "")
        .await
        .expect(404);
    for person in [&world.john, &world.guest] {
        world.get(person, path).await.expect(403);
        world.send(person, "POST", path, &body).await.expect(403);
        world
            .delete(person, &format!("{path}/{id}"))
            .await
            .expect(403);
    }
    let gone = world.delete(&world.manager, &format!("{path}/{id}")).await;
    assert_eq!(gone.expect(204).text, "");
    world
        .delete(&world.manager, &format!("{path}/{id}"))
        .await
        .expect(404);
    assert_eq!(world.get(&world.admin, path).await.ids().len(), 1);
    let events = world
        .engine
        .store()
        .events(world.home, 0, 1000, true)
        .await
        .unwrap();
    let told: Vec<_> = events
        .iter()
        .filter(|event| event.event.starts_with("subscription."))
        .map(|event| event.event.as_str())
        .collect();
    assert_eq!(
        told,
        [
            "subscription.created",
            "subscription.created",
            "subscription.deleted"
        ]
    );
}

async fn a_token_tells_what_it_is_good_for_and_ends_itself(world: World) {
    let scopes = [Scope::BookingsRead, Scope::ProfileRead];
    let person = world.scoped(&world.john, &scopes).await;
    let path = format!("/api/access_tokens/{}", person.token);
    for host in [HOST, "book.example"] {
        let told = world
            .at(host, "GET", &path, None, "")
            .await
            .expect(200)
            .json();
        assert_eq!(told, json!({"scope": ["read_bookings", "read_user"]}));
    }
    let unknown = world
        .at(HOST, "GET", "/api/access_tokens/nonsense", None, "")
        .await
        .expect(404);
    // Only of this door.
    let own = world.token_of(&world.boss, Door::Api, Scopes::ALL).await;
    for method in ["GET", "DELETE"] {
        let other = world
            .at(HOST, method, &format!("/api/access_tokens/{own}"), None, "")
            .await;
        assert_eq!(other.expect(404).text, unknown.text);
    }
    world.get(&person, "/user").await.expect(200);
    let gone = world.at(HOST, "DELETE", &path, None, "").await;
    assert_eq!(gone.expect(204).text, "");
    world.get(&person, "/user").await.expect(401);
    for method in ["GET", "DELETE"] {
        world.at(HOST, method, &path, None, "").await.expect(404);
    }
    world.get(&world.john, "/user").await.expect(200);
}
