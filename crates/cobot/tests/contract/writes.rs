//! How bookings are made, changed and deleted.

use domain::money::CreditUnit;
use serde_json::{Value, json};

use super::samples::sample;
use crate::support::{HOST, Person, World, stories};

stories!(
    bodies_are_json_or_forms,
    a_change_keeps_what_it_leaves_out,
    a_booking_moves_to_another_resource,
    administrators_book_for_members_and_for_nobody,
    administrators_set_prices_and_members_do_not,
    units_multiply_the_price_and_credits_pay,
    administrators_book_at_any_time_unless_they_want_it_checked,
    a_booking_is_deleted_once,
);

async fn made(world: &World, person: &Person, resource: i64, body: &Value) -> Value {
    let path = format!("/resources/{resource}/bookings");
    let answer = world.send(person, "POST", &path, body).await;
    answer.expect(201).json()
}

async fn bodies_are_json_or_forms(world: World) {
    let path = format!("/api/resources/{}/bookings", world.desk);
    let token = &world.john.token;
    let form = format!(
        "from=2012-01-02+12:00+%2B0000&to=2012-01-02+14%3A00++0000&title=A+b&units=2&comments=&access_token={token}"
    );
    let of = |kind: &str| vec![("host", HOST.to_owned()), ("content-type", kind.to_owned())];
    let headers = of("application/x-www-form-urlencoded; charset=utf-8");
    let answer = world.raw("POST", &path, &headers, form.as_bytes()).await;
    let booking = answer.expect(201).json();
    assert_eq!(booking["from"], "2012/01/02 12:00:00 +0000");
    assert_eq!(
        (&booking["title"], &booking["units"]),
        (&json!("A b"), &json!(2))
    );
    assert_eq!(booking["comments"], Value::Null);
    let json = sample(&world).to_string();
    // Programs call everything a form, or nothing anything.
    for kind in [
        "application/x-www-form-urlencoded",
        "text/plain",
        "application/json",
    ] {
        let with = format!("{path}?access_token={token}");
        let answer = world.raw("POST", &with, &of(kind), json.as_bytes()).await;
        assert_eq!(answer.status.as_u16(), 201, "{kind}: {}", answer.text);
    }
}

async fn a_change_keeps_what_it_leaves_out(world: World) {
    let before = made(&world, &world.john, world.room, &sample(&world)).await;
    let path = format!("/bookings/{}", before["id"].as_str().unwrap());
    world.clock.set("2012-01-01T10:30:00Z");
    let put = async |body: Value| {
        let answer = world.send(&world.john, "PUT", &path, &body).await;
        answer.expect(200).json()
    };
    let mut expected = before.clone();
    assert_eq!(put(json!({})).await, expected, "nothing changed");
    expected["updated_at"] = json!("2012/01/01 10:30:00 +0000");
    expected["title"] = json!("renamed");
    assert_eq!(put(json!({"title": "renamed"})).await, expected);
    expected["to"] = json!("2012/01/01 15:00:00 +0000");
    expected["price"] = json!(15.0);
    assert_eq!(put(json!({"to": "2012-01-01 15:00 +0000"})).await, expected);
    expected["from"] = json!("2012/01/01 13:00:00 +0000");
    expected["price"] = json!(10.0);
    assert_eq!(
        put(json!({"from": "2012-01-1 13:00 +0000"})).await,
        expected
    );
    expected["comments"] = Value::Null;
    expected["title"] = Value::Null;
    assert_eq!(put(json!({"comments": null, "title": ""})).await, expected);
    // The sample's address without `/api`, with its own membership.
    let bare = path.clone();
    let body = json!({"comments": "tea", "membership_id": world.johns.to_string(), "units": 1});
    let answer = world
        .at(
            HOST,
            "PUT",
            &bare,
            Some(&world.john.token),
            &body.to_string(),
        )
        .await;
    expected["comments"] = json!("tea");
    assert_eq!(answer.expect(200).json(), expected);
    let gone = world
        .at(HOST, "DELETE", &bare, Some(&world.john.token), "")
        .await;
    assert_eq!(gone.expect(204).text, "");
    world.get(&world.john, &path).await.expect(404);
}

async fn a_booking_moves_to_another_resource(world: World) {
    let booking = made(&world, &world.john, world.room, &sample(&world)).await;
    let path = format!("/bookings/{}", booking["id"].as_str().unwrap());
    let to = |id: i64| json!({"resource_id": id.to_string()});
    let moved = world.send(&world.john, "PUT", &path, &to(world.desk)).await;
    let moved = moved.expect(200).json();
    assert_eq!(
        moved["resource"],
        json!({"name": "Desk", "id": world.desk.to_string()})
    );
    assert_eq!((&moved["price"], &moved["units"]), (&json!(0.0), &json!(1)));
    for id in [world.elsewhere, world.hidden, 999_999] {
        let answer = world.send(&world.john, "PUT", &path, &to(id)).await;
        assert_eq!(answer.wrong(), "resource_id");
    }
    world
        .send(&world.john, "PUT", &path, &to(world.blocked))
        .await
        .expect(403);
    assert_eq!(world.get(&world.john, &path).await.json(), moved);
}

async fn administrators_book_for_members_and_for_nobody(world: World) {
    let booking = made(&world, &world.manager, world.room, &sample(&world)).await;
    assert_eq!(
        booking["membership"],
        json!({"id": world.johns.to_string(), "name": "John Doe"})
    );
    let id = booking["id"].as_str().unwrap();
    let stored = world.stored(id).await.unwrap();
    assert_eq!(
        (stored.owner.0, stored.created_by.0),
        (world.john.id, world.manager.id)
    );
    let path = format!("/bookings/{id}");
    assert_eq!(world.get(&world.john, &path).await.json(), booking);
    let charged = world
        .engine
        .store()
        .open_charges(world.home, stored.owner)
        .await;
    assert_eq!(
        charged.unwrap()[0].charge.membership,
        Some(world.johns.into())
    );
    // And gives it to another, and to nobody.
    let body = json!({"membership_id": world.janes});
    let given = world
        .send(&world.manager, "PUT", &path, &body)
        .await
        .expect(200)
        .json();
    assert_eq!(given["membership"]["name"], "Jane Roe");
    let body = json!({"membership_id": null});
    let given = world
        .send(&world.manager, "PUT", &path, &body)
        .await
        .expect(200)
        .json();
    assert_eq!(given.get("membership"), None);
    let mut body = sample(&world);
    body["from"] = json!("2012-01-03 12:00 +0000");
    body["to"] = json!("2012-01-03 14:00 +0000");
    body.as_object_mut().unwrap().remove("membership_id");
    let booking = made(&world, &world.manager, world.room, &body).await;
    assert_eq!(booking.get("membership"), None);
    assert_eq!(booking["can_change"], true);
    body["membership_id"] = json!("999");
    let room = format!("/resources/{}/bookings", world.room);
    let answer = world.send(&world.manager, "POST", &room, &body).await;
    assert_eq!(answer.wrong(), "membership_id");
}

async fn administrators_set_prices_and_members_do_not(world: World) {
    let mut body = sample(&world);
    body["price"] = json!(7.5);
    body["has_custom_price"] = json!(true);
    let booking = made(&world, &world.admin, world.room, &body).await;
    assert_eq!(
        (&booking["price"], &booking["has_custom_price"]),
        (&json!(7.5), &json!(true))
    );
    assert_eq!(
        (&booking["tax_rate"], &booking["currency"]),
        (&json!("20.0"), &json!("EUR"))
    );
    let path = format!("/bookings/{}", booking["id"].as_str().unwrap());
    let put = async |person, body: Value| {
        let answer = world
            .send(person, "PUT", &path, &body)
            .await
            .expect(200)
            .json();
        (answer["price"].clone(), answer["has_custom_price"].clone())
    };
    let by_hand = |price: f64| (json!(price), json!(true));
    assert_eq!(put(&world.admin, json!({"title": "x"})).await, by_hand(7.5));
    assert_eq!(put(&world.admin, json!({"price": "0"})).await, by_hand(0.0));
    let by_rule = (json!(10.0), json!(false));
    assert_eq!(put(&world.admin, json!({"price": null})).await, by_rule);
    assert_eq!(put(&world.admin, json!({"price": 3})).await, by_hand(3.0));
    assert_eq!(
        put(&world.admin, json!({"has_custom_price": false})).await,
        by_rule
    );
    // B2: what a member says of money is not heard.
    let said = json!({
        "price": 0, "has_custom_price": true, "tax_rate": "0.0", "currency": "JPY", "accounting_code": "Z",
    });
    assert_eq!(put(&world.john, said.clone()).await, by_rule);
    let mut body = sample(&world);
    body["from"] = json!("2012-01-02 12:00 +0000");
    body["to"] = json!("2012-01-02 14:00 +0000");
    for (field, value) in said.as_object().unwrap() {
        body[field] = value.clone();
    }
    let booking = made(&world, &world.john, world.room, &body).await;
    assert_eq!(
        (&booking["price"], &booking["has_custom_price"]),
        (&json!(10.0), &json!(false))
    );
    assert_eq!(
        (&booking["currency"], &booking["accounting_code"]),
        (&json!("EUR"), &json!("B1"))
    );
    for price in [json!(-1), json!("x"), json!(1e12), json!([1]), json!(1.001)] {
        body["price"] = price;
        body["from"] = json!("2012-01-05 12:00 +0000");
        body["to"] = json!("2012-01-05 14:00 +0000");
        let room = format!("/resources/{}/bookings", world.room);
        let answer = world.send(&world.admin, "POST", &room, &body).await;
        assert_eq!(answer.wrong(), "price");
    }
}

async fn units_multiply_the_price_and_credits_pay(world: World) {
    let rule = json!({
        "name": "Desk", "resources": [world.desk], "currency": "EUR", "rate": {"per": "hour", "amount": "2"},
    });
    world.put::<domain::money::PriceRule>(rule).await;
    let mut body = sample(&world);
    body["units"] = json!(2);
    // Two hours of two desks, out of ten hours of the plan.
    let booking = made(&world, &world.john, world.desk, &body).await;
    assert_eq!(
        (&booking["price"], &booking["units"]),
        (&json!(0.0), &json!(2))
    );
    let stored = world.stored(booking["id"].as_str().unwrap()).await.unwrap();
    let paid: Vec<_> = stored.details.price.as_ref().unwrap().paid().collect();
    assert_eq!(
        (paid[0].pot.unit, paid[0].amount),
        (CreditUnit::Hours, 4.into())
    );
    let credits = world
        .get(&world.john, "/booking_credits")
        .await
        .expect(200)
        .json();
    let expected = json!({world.desk.to_string(): {
        "total_hours": "10.0", "total_amount": "0.0", "hours_remaining": "6.0", "amount_remaining": "0.0",
        "resource_name": "Desk", "price_per_hour": "2.0",
    }});
    assert_eq!(credits, expected);
    // Four hours of two desks are two hours more than that.
    body["from"] = json!("2012-01-02 12:00 +0000");
    body["to"] = json!("2012-01-02 16:00 +0000");
    let booking = made(&world, &world.john, world.desk, &body).await;
    assert_eq!(booking["price"], 4.0);
    body["units"] = json!(4);
    let path = format!("/resources/{}/bookings", world.desk);
    assert_eq!(
        world.send(&world.john, "POST", &path, &body).await.wrong(),
        "units"
    );
}

async fn administrators_book_at_any_time_unless_they_want_it_checked(world: World) {
    let policy = json!({"policy": {
        "min_duration": 60, "max_duration": 120,
        "bookable": [{"from": "09:00:00", "to": "18:00:00", "weekdays": [1, 2, 3, 4, 5]}],
    }});
    world.patch_resource(world.room, policy).await;
    let body = |from: &str, to: &str, checked: Option<bool>| {
        let mut body = json!({"from": from, "to": to});
        if let Some(checked) = checked {
            body["validate_times_for_admin"] = json!(checked);
        }
        body
    };
    let path = format!("/resources/{}/bookings", world.room);
    for (from, to, field) in [
        ("2012-01-02 10:00 +0000", "2012-01-02 10:30 +0000", "to"),
        ("2012-01-02 10:00 +0000", "2012-01-02 14:00 +0000", "to"),
        ("2012-01-02 02:00 +0000", "2012-01-02 03:00 +0000", "from"),
        ("2011-12-30 10:00 +0000", "2011-12-30 11:00 +0000", "from"),
    ] {
        let checked = body(from, to, Some(true));
        assert_eq!(
            world
                .send(&world.admin, "POST", &path, &checked)
                .await
                .wrong(),
            field
        );
        // B4: a member's times are always checked.
        let unchecked = body(from, to, Some(false));
        assert_eq!(
            world
                .send(&world.john, "POST", &path, &unchecked)
                .await
                .wrong(),
            field
        );
        let made = world
            .send(&world.admin, "POST", &path, &body(from, to, None))
            .await;
        let booking = made.expect(201).json();
        let path = format!("/bookings/{}", booking["id"].as_str().unwrap());
        let again = world.send(&world.admin, "PUT", &path, &checked).await;
        if field == "from" && from.starts_with("2011") {
            assert_eq!(again.wrong(), "from");
        }
        world.delete(&world.admin, &path).await.expect(204);
    }
    let fits = body(
        "2012-01-02 10:00 +0000",
        "2012-01-02 11:00 +0000",
        Some(true),
    );
    world
        .send(&world.admin, "POST", &path, &fits)
        .await
        .expect(201);
}

async fn a_booking_is_deleted_once(world: World) {
    let booking = made(&world, &world.john, world.room, &sample(&world)).await;
    let path = format!("/bookings/{}", booking["id"].as_str().unwrap());
    let gone = world.delete(&world.john, &path).await.expect(204);
    assert_eq!((gone.text.as_str(), gone.header("content-type")), ("", ""));
    for person in [&world.john, &world.admin] {
        world.delete(person, &path).await.expect(404);
        world
            .send(person, "PUT", &path, &json!({}))
            .await
            .expect(404);
        world.get(person, &path).await.expect(404);
    }
    made(&world, &world.jane, world.room, &{
        let mut body = sample(&world);
        body["membership_id"] = json!(world.janes);
        body
    })
    .await;
}
