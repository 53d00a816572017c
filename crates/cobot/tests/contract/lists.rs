//! Which bookings a list has, and how much of each whom it shows.

use serde_json::{Value, json};

use crate::support::{World, stories};

stories!(
    lists_are_of_what_overlaps_and_touching_does_not,
    a_member_sees_of_others_what_policies_allow,
    lists_of_members_are_of_their_bookings,
    recent_is_what_costs_and_is_not_invoiced,
    an_answer_is_new_as_soon_as_something_changed,
);

async fn lists_are_of_what_overlaps_and_touching_does_not(world: World) {
    let first = world
        .book(
            world.john.id,
            world.room,
            "2012-02-01T10:00:00Z",
            "2012-02-01T11:00:00Z",
        )
        .await
        .id
        .to_string();
    let second = world
        .book(
            world.jane.id,
            world.desk,
            "2012-02-01T11:00:00Z",
            "2012-02-01T12:00:00Z",
        )
        .await
        .id
        .to_string();
    world
        .book(
            world.jane.id,
            world.elsewhere,
            "2012-02-01T10:00:00Z",
            "2012-02-01T12:00:00Z",
        )
        .await;
    let both = vec![first.clone(), second.clone()];
    let list = async |query: &str| {
        let path = format!("/bookings?{query}");
        world.get(&world.john, &path).await.ids()
    };
    assert_eq!(list("from=2012-02-01&to=2012-02-02").await, both);
    let touching = list(
        "from=2012-02-01 11:00 %2B0000&to=2012-02-01 12:00 %2B0000"
            .replace(' ', "%20")
            .as_str(),
    )
    .await;
    assert_eq!(touching, [second.as_str()]);
    let before = "from=2012-02-01T09:00:00Z&to=2012-02-01T10:00:00Z";
    assert!(list(before).await.is_empty());
    let across = "from=2012-02-01T10:30:00Z&to=2012-02-01T11:00:01Z";
    assert_eq!(list(across).await, both);
    assert_eq!(
        list("from=2012-02-01&to=2012-02-02&limit=1").await,
        [first.as_str()]
    );
    assert_eq!(
        list("from=2012-02-01&to=2012-02-02&limit=20000").await,
        both
    );
    let of_desk = format!(
        "/resources/{}/bookings?from=2012-02-01&to=2012-02-02",
        world.desk
    );
    assert_eq!(
        world.get(&world.john, &of_desk).await.ids(),
        [second.as_str()]
    );
    for elsewhere in [world.elsewhere, world.hidden, 999_999] {
        let path = format!("/resources/{elsewhere}/bookings?from=2012-02-01&to=2012-02-02");
        world.get(&world.john, &path).await.expect(404);
    }
    // What is called off is no booking any more.
    let path = format!("/bookings/{second}");
    world.delete(&world.jane, &path).await.expect(204);
    assert_eq!(list("from=2012-02-01&to=2012-02-02").await, [first]);
    world.get(&world.jane, &path).await.expect(404);
}

async fn a_member_sees_of_others_what_policies_allow(world: World) {
    let texts = domain::decide::Texts {
        title: Some(Some("Secret plan".into())),
        note: Some(Some("bring cake".into())),
        ..domain::decide::Texts::default()
    };
    let (from, to) = ("2012-02-01T10:00:00Z", "2012-02-01T12:00:00Z");
    let id = world
        .book_with(world.jane.id, world.room, from, to, texts)
        .await
        .id;
    let path = format!("/bookings/{id}");
    let as_jane = world.get(&world.jane, &path).await.expect(200).json();
    assert_eq!(
        (&as_jane["comments"], &as_jane["price"]),
        (&json!("bring cake"), &json!(10.0))
    );
    assert_eq!(as_jane["membership"]["name"], "Jane Roe");
    for administrator in [&world.admin, &world.manager] {
        let seen = world.get(administrator, &path).await.expect(200).json();
        assert_eq!(seen, as_jane);
    }
    let mut as_john = as_jane.clone();
    as_john["comments"] = Value::Null;
    as_john["price"] = json!(0.0);
    as_john["accounting_code"] = Value::Null;
    as_john["can_change"] = json!(false);
    assert_eq!(
        world.get(&world.john, &path).await.expect(200).json(),
        as_john
    );
    world
        .patch_resource(
            world.room,
            json!({"policy": {"see_names": "managers", "see_titles": "managers"}}),
        )
        .await;
    as_john["title"] = Value::Null;
    as_john.as_object_mut().unwrap().remove("membership");
    for list in [
        path.clone(),
        "/bookings?from=2012-02-01&to=2012-02-02".to_owned(),
        format!(
            "/resources/{}/bookings?from=2012-02-01&to=2012-02-02",
            world.room
        ),
    ] {
        let seen = world.get(&world.john, &list).await.expect(200);
        assert!(
            !seen.text.contains("Jane")
                && !seen.text.contains("Secret")
                && !seen.text.contains("cake")
        );
        assert_eq!(
            seen.json().get(0).unwrap_or(&seen.json()),
            &as_john,
            "{list}"
        );
    }
    // Where all else is open to everybody, comments are not.
    let open = json!({"policy": {
        "see_names": "everyone", "see_titles": "everyone", "see_details": "everyone",
    }});
    world.patch_resource(world.room, open).await;
    let seen = world.get(&world.john, &path).await.expect(200).json();
    assert_eq!(
        (&seen["title"], &seen["price"], &seen["comments"]),
        (&json!("Secret plan"), &json!(10.0), &Value::Null)
    );
}

async fn lists_of_members_are_of_their_bookings(world: World) {
    let from = "2012-02-01T10:00:00Z";
    let johns = world
        .book(world.john.id, world.room, from, "2012-02-01T11:00:00Z")
        .await;
    let janes = world
        .book(world.jane.id, world.desk, from, "2012-02-01T11:00:00Z")
        .await;
    world
        .book(world.john.id, world.elsewhere, from, "2012-02-01T11:00:00Z")
        .await;
    let window = "from=2012-02-01&to=2012-02-02";
    for path in ["membership", "memberships"] {
        let path = format!("/{path}/bookings?{window}");
        assert_eq!(
            world.get(&world.john, &path).await.ids(),
            [johns.id.to_string()]
        );
        assert!(world.get(&world.admin, &path).await.ids().is_empty());
    }
    let of = |id: i64| format!("/memberships/{id}/bookings?{window}");
    for person in [&world.admin, &world.manager] {
        assert_eq!(
            world.get(person, &of(world.janes)).await.ids(),
            [janes.id.to_string()]
        );
        world.get(person, &of(999)).await.expect(404);
    }
    for id in [world.janes, world.johns, 999] {
        world.get(&world.john, &of(id)).await.expect(403);
    }
    // What has begun is not to come.
    let upcoming = "/membership/bookings/upcoming";
    assert_eq!(
        world.get(&world.john, upcoming).await.ids(),
        [johns.id.to_string()]
    );
    world.clock.set(from);
    assert_eq!(
        world.get(&world.john, upcoming).await.ids(),
        [johns.id.to_string()]
    );
    world.clock.set("2012-02-01T10:00:01Z");
    assert!(world.get(&world.john, upcoming).await.ids().is_empty());
}

async fn recent_is_what_costs_and_is_not_invoiced(world: World) {
    let (from, to) = ("2012-01-02T10:00:00Z", "2012-01-02T11:00:00Z");
    let room = world.book(world.john.id, world.room, from, to).await.id;
    world.book(world.john.id, world.desk, from, to).await;
    world
        .book(world.jane.id, world.room, to, "2012-01-02T12:00:00Z")
        .await;
    let gone = world
        .book(
            world.john.id,
            world.room,
            "2012-01-03T10:00:00Z",
            "2012-01-03T11:00:00Z",
        )
        .await
        .id;
    let path = format!("/bookings/{gone}");
    world.delete(&world.john, &path).await.expect(204);
    let recent = "/membership/bookings/recent";
    assert_eq!(
        world.get(&world.john, recent).await.ids(),
        [room.to_string()]
    );
    world.clock.set("2012-02-01T10:00:00Z");
    let month = "2012-01-01".parse().unwrap();
    world
        .run(domain::decide::CloseMonth {
            month,
            payers: vec![domain::ids::UserId(world.john.id)],
        })
        .await;
    assert!(world.get(&world.john, recent).await.ids().is_empty());
    assert_eq!(world.get(&world.jane, recent).await.ids().len(), 1);
}

async fn an_answer_is_new_as_soon_as_something_changed(world: World) {
    let list = "/bookings?from=2012-02-01&to=2012-02-02";
    assert!(world.get(&world.john, list).await.ids().is_empty());
    world
        .patch_resource(world.room, json!({"policy": {"cancellation_period": 60}}))
        .await;
    let (from, to) = ("2012-02-01T10:00:00Z", "2012-02-01T11:00:00Z");
    world.book(world.john.id, world.room, from, to).await;
    let can_change = async |person| {
        let list = world.get(person, list).await.expect(200).json();
        list[0]["can_change"].as_bool().unwrap()
    };
    assert!(can_change(&world.john).await);
    assert!(!can_change(&world.jane).await, "answers are of who asked");
    // Nothing is written when the period begins.
    world.clock.set("2012-02-01T09:00:00Z");
    assert!(can_change(&world.john).await);
    world.clock.set("2012-02-01T09:00:00.000001Z");
    assert!(!can_change(&world.john).await);
    assert!(can_change(&world.admin).await);
    world.clock.set("2013-02-01T09:00:00Z");
    assert!(can_change(&world.admin).await);
}
