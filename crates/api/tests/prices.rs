//! Prices over HTTP: rules, quotes, bookings, and who may set one by hand.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail loudly"
)]

mod support;

use serde_json::{Value, json};
use support::{World, hour_of};

/// Ten euros an hour in the room, tax of 19 percent inside.
async fn priced() -> World {
    let world = World::new().await;
    let rule = json!({
        "name": "Room", "currency": "EUR", "resources": [world.room],
        "rate": {"per": "hour", "amount": "10"},
        "tax": {"rate": "19"},
        "discounts": [{"percent": "20", "from": 180}],
        "caps": [{"period": "day", "amount": "22"}],
        "accounting_code": "B1",
    });
    world
        .post(&world.admin, "/price-rules", &rule)
        .await
        .expect(201);
    world
}

fn until(mut booking: Value, hour: u32) -> Value {
    booking["end"] = json!(format!("2027-03-01T{hour:02}:00:00+01:00"));
    booking
}

#[tokio::test]
async fn a_price_is_quoted_frozen_and_shown() {
    let world = priced().await;
    let wish = until(hour_of(world.room, 9), 12);
    let quoted = world
        .post(&world.member, "/quote", &wish)
        .await
        .expect(200)
        .json();
    let price = quoted["dates"][0]["price"].clone();
    insta::assert_json_snapshot!(price, @r#"
    {
      "accounting_code": "B1",
      "amount": "22.00",
      "currency": "EUR",
      "custom": false,
      "membership": null,
      "net": "18.49",
      "paid": [],
      "tax": "3.51",
      "tax_inclusive": true,
      "tax_rate": "19",
      "trail": [
        "Room: 3 h × 10.00 EUR = 30.00, −20 % = 24.00, day cap 22.00, 19 % tax included 3.51"
      ]
    }
    "#);
    let booked = world
        .post(&world.member, "/bookings", &wish)
        .await
        .expect(201)
        .json();
    assert_eq!(booked["price"], price);
    let path = format!("/bookings/{}", booked["id"]);
    let shorter = json!({"end": "2027-03-01T10:00:00+01:00"});
    let changed = world
        .patch(&world.member, &path, &shorter)
        .await
        .expect(200)
        .json();
    assert_eq!(changed["price"]["amount"], "10.00");
    let stranger = world.get(&world.stranger, &path).await;
    assert!(!stranger.text.contains("10.00"), "{}", stranger.text);
    world.delete(&world.member, &path).await.expect(204);
    assert_eq!(
        world.get(&world.member, &path).await.json()["price"],
        Value::Null
    );
}

#[tokio::test]
async fn b2_a_member_sets_no_price() {
    let world = priced().await;
    let mut wish = hour_of(world.room, 9);
    wish["price"] = json!({"amount": "1"});
    for path in ["/bookings", "/quote"] {
        let refused = world.post(&world.member, path, &wish).await;
        assert_eq!(refused.problem(), "403 set_price");
    }
    for field in [
        "has_custom_price",
        "tax_rate",
        "currency",
        "accounting_code",
        "custom",
    ] {
        let mut wish = hour_of(world.room, 9);
        wish[field] = json!("1");
        let refused = world.post(&world.member, "/bookings", &wish).await;
        assert_eq!(refused.problem(), format!("400 unknown-field {field}"));
    }
    let booked = world
        .post(&world.admin, "/bookings", &wish)
        .await
        .expect(201);
    assert_eq!(booked.json()["price"]["custom"], true);
    assert_eq!(booked.json()["price"]["amount"], "1.00");
    let own = world.booked(world.room, 11).await;
    let path = format!("/bookings/{own}");
    for price in [json!({"amount": "1"}), Value::Null] {
        let refused = world
            .patch(&world.member, &path, &json!({"price": price}))
            .await;
        assert_eq!(refused.problem(), "403 set_price");
    }
    assert_eq!(
        world.get(&world.member, &path).await.json()["price"]["amount"],
        "10.00"
    );
    let set = json!({"price": {"amount": "2.5"}});
    let set = world.patch(&world.admin, &path, &set).await.expect(200);
    assert_eq!(set.json()["price"]["amount"], "2.50");
    let back = world
        .patch(&world.admin, &path, &json!({"price": null}))
        .await
        .expect(200);
    assert_eq!(back.json()["price"]["amount"], "10.00");
    for (price, problem) in [
        (json!({"amount": "-1"}), "422 invalid price"),
        (json!({"amount": "2.555"}), "422 invalid price"),
        (
            json!({"amount": "1", "currency": "eur"}),
            "422 invalid currency",
        ),
        (json!({"amount": "much"}), "400 unreadable price"),
    ] {
        let refused = world
            .patch(&world.admin, &path, &json!({"price": price}))
            .await;
        let kind = refused.problem();
        assert_eq!(&kind[..3], &problem[..3], "{kind} {price}");
    }
}

#[tokio::test]
async fn price_rules_are_judged_before_they_are_stored() {
    let world = World::new().await;
    let good = json!({"name": "Room", "currency": "EUR", "rate": {"per": "hour", "amount": "10"}});
    let made = world
        .post(&world.admin, "/price-rules", &good)
        .await
        .expect(201);
    let path = format!("/price-rules/{}", made.id());
    for patch in [
        json!({"currency": "XXX"}),
        json!({"rate": {"per": "hour", "amount": "-1"}}),
        json!({"rate": {"per": "slot", "amount": "1", "minutes": 0}}),
        json!({"rate": {"per": "tiers", "amount": null, "tiers": []}}),
        json!({"rate": {"per": "tiers", "amount": null, "tiers": [{"from": 60}, {"from": 60}]}}),
        json!({"discounts": [{"percent": "101"}]}),
        json!({"tax": {"rate": "101"}}),
        json!({"resources": [999_999]}),
        json!({"plans": [999_999]}),
        json!({"weekdays": [8]}),
        json!({"from": "12:00", "to": "09:00"}),
        json!({"first_day": "2027-02-01", "last_day": "2027-01-31"}),
        json!({"cancellation": {"hours": 1, "percent": "101"}}),
        json!({"caps": [{"period": "day", "amount": "1000000001"}]}),
    ] {
        let refused = world.patch(&world.admin, &path, &patch).await;
        assert_eq!(refused.status, 422, "{patch}: {}", refused.text);
    }
    for patch in [
        json!({"rate": {"per": "minute", "amount": "1"}}),
        json!({"prize": "1"}),
    ] {
        let refused = world.patch(&world.admin, &path, &patch).await;
        assert_eq!(refused.status, 400, "{patch}: {}", refused.text);
    }
    assert_eq!(world.get(&world.admin, &path).await.json()["version"], 1);
    let refused = world
        .patch(&world.member, &path, &json!({"name": "Free"}))
        .await;
    assert_eq!(refused.status, 403);
    // What is for others only is not known.
    let group = json!({"name": "Friends"});
    let group = world
        .post(&world.admin, "/groups", &group)
        .await
        .expect(201)
        .id();
    world
        .patch(&world.admin, &path, &json!({"groups": [group]}))
        .await
        .expect(200);
    world.get(&world.member, &path).await.expect(404);
    world.delete(&world.admin, &path).await.expect(204);
}

#[tokio::test]
async fn what_is_in_pots_is_shown_and_used() {
    let world = priced().await;
    let plan = json!({"name": "Flex", "credits": [{"amount": "2", "kinds": ["room"]}]});
    let plan = world
        .post(&world.admin, "/plans", &plan)
        .await
        .expect(201)
        .id();
    let contract =
        json!({"name": "Mia", "user": world.member_id, "plan": plan, "from": "2027-01-10"});
    let contract = world
        .post(&world.admin, "/memberships", &contract)
        .await
        .expect(201)
        .id();
    let path = format!("/users/{}/credits", world.member_id);
    let sold = json!({"amount": "3", "pot": {"unit": "passes", "name": "Pass", "kinds": ["desk"]}});
    world.post(&world.admin, &path, &sold).await.expect(200);
    let nonsense = json!({"amount": "3", "pot": {"unit": "amount"}});
    let refused = world.post(&world.admin, &path, &nonsense).await;
    assert_eq!(refused.problem(), "422 invalid pot");
    let own = world.get(&world.member, &path).await.expect(200).json();
    assert_eq!(own["pots"][0]["last_day"], "2027-02-09");
    assert_eq!(
        (&own["pots"][0]["membership"], &own["pots"][0]["balance"]),
        (&json!(contract), &json!("2"))
    );
    assert_eq!(
        (&own["pots"][1]["unit"], &own["pots"][1]["balance"]),
        (&json!("passes"), &json!("3"))
    );
    let wish = until(hour_of(world.room, 9), 12);
    let booked = world
        .post(&world.member, "/bookings", &wish)
        .await
        .expect(201)
        .json();
    assert_eq!(
        booked["price"]["amount"], "8.00",
        "one hour, less for more than three"
    );
    assert_eq!(
        booked["price"]["paid"],
        json!([{"unit": "hours", "amount": "2"}])
    );
}
