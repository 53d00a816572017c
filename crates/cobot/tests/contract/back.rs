//! What programs send back as they have read it, and what becomes of money when something is deleted or changed late.

use domain::catalog::Schedule;
use domain::decide::{Book, CloseMonth, OnConflict, Texts, Wanted};
use domain::ids::{ResourceId, UserId};
use domain::time::Interval;
use serde_json::{Value, json};

use crate::support::{World, stories};

stories!(
    the_rules_price_is_no_price_by_hand_when_it_comes_back,
    an_open_end_comes_back_as_it_went,
    what_an_administrator_deletes_is_not_billed_though_it_is_over,
    an_invoiced_booking_that_changes_is_not_recent_again,
    the_times_of_a_schedule_are_told,
);

const RECENT: &str = "/membership/bookings/recent";

async fn close_january(world: &World) -> usize {
    let month = "2012-01-01".parse().unwrap();
    let payers = vec![UserId(world.john.id)];
    world.run(CloseMonth { month, payers }).await.len()
}

async fn the_rules_price_is_no_price_by_hand_when_it_comes_back(world: World) {
    let (from, to) = ("2012-01-02T10:00:00Z", "2012-01-02T11:00:00Z");
    let id = world.book(world.john.id, world.room, from, to).await.id;
    let path = format!("/bookings/{id}");
    let mut whole = world.get(&world.admin, &path).await.json();
    assert_eq!(
        (&whole["price"], &whole["has_custom_price"]),
        (&json!(5.0), &json!(false))
    );
    let put = async |body: &Value| {
        let answer = world.send(&world.admin, "PUT", &path, body).await;
        let answer = answer.expect(200).json();
        (answer["price"].clone(), answer["has_custom_price"].clone())
    };
    whole["to"] = json!("2012/01/02 12:00:00 +0000");
    assert_eq!(put(&whole).await, (json!(10.0), json!(false)));
    let upcoming = json!({"from": "2012/01/02 09:00:00 +0000", "price": 10.0});
    assert_eq!(put(&upcoming).await, (json!(15.0), json!(false)));
    assert_eq!(put(&json!({"price": 7})).await, (json!(7.0), json!(true)));
    let kept = json!({"title": "x", "price": 7.0, "has_custom_price": true});
    assert_eq!(put(&kept).await, (json!(7.0), json!(true)));
    let rules = json!({"price": 7.0, "has_custom_price": false});
    assert_eq!(put(&rules).await, (json!(15.0), json!(false)));
}

async fn an_open_end_comes_back_as_it_went(world: World) {
    let policy = json!({"policy": {"open_end": true}});
    world.patch_resource(world.desk, policy).await;
    let book = Book {
        resources: vec![Wanted {
            resource: ResourceId(world.desk),
            units: 1,
        }],
        interval: Interval::new("2012-01-02T10:00:00Z".parse().unwrap(), None).unwrap(),
        recurrence: None,
        zone: None,
        owner: Some(UserId(world.john.id)),
        texts: Texts::default(),
        on_conflict: OnConflict::Refuse,
        override_rules: true.into(),
    };
    let id = world.run(book).await.bookings[0].id.to_string();
    let path = format!("/bookings/{id}");
    let mut whole = world.get(&world.admin, &path).await.json();
    assert_eq!(whole["to"], "9999/12/30 22:00:00 +0000");
    whole["title"] = json!("For good");
    let answer = world.send(&world.admin, "PUT", &path, &whole).await;
    assert_eq!(answer.expect(200).json()["to"], "9999/12/30 22:00:00 +0000");
    let stored = world.stored(&id).await.unwrap();
    assert_eq!(stored.interval.end(), None);
    assert_eq!(stored.details.title.as_deref(), Some("For good"));
}

async fn what_an_administrator_deletes_is_not_billed_though_it_is_over(world: World) {
    let (from, to) = ("2012-01-02T10:00:00Z", "2012-01-02T11:00:00Z");
    let id = world.book(world.john.id, world.room, from, to).await.id;
    world.clock.set("2012-01-10T10:00:00Z");
    let path = format!("/bookings/{id}");
    assert_eq!(world.get(&world.john, RECENT).await.ids().len(), 1);
    world.delete(&world.john, &path).await.expect(403);
    world.delete(&world.admin, &path).await.expect(204);
    assert!(world.get(&world.john, RECENT).await.ids().is_empty());
    world.clock.set("2012-02-01T10:00:00Z");
    assert_eq!(close_january(&world).await, 0);
}

async fn an_invoiced_booking_that_changes_is_not_recent_again(world: World) {
    let (from, to) = ("2012-01-02T10:00:00Z", "2012-01-02T12:00:00Z");
    let id = world.book(world.john.id, world.room, from, to).await.id;
    world.clock.set("2012-02-01T10:00:00Z");
    assert_eq!(close_january(&world).await, 1);
    let shorter = json!({"to": "2012-01-02 11:00 +0000"});
    let path = format!("/bookings/{id}");
    let answer = world.send(&world.admin, "PUT", &path, &shorter).await;
    assert_eq!(answer.expect(200).json()["price"], 5.0);
    assert!(world.get(&world.john, RECENT).await.ids().is_empty());
    assert_eq!(close_january(&world).await, 1, "a credit note");
}

async fn the_times_of_a_schedule_are_told(world: World) {
    let open = json!([{"from": "00:00:00", "to": "08:00:00", "bookable": false},
                      {"from": "08:00:00", "to": "12:00:00", "bookable": true},
                      {"from": "12:00:00", "to": "18:30:00", "bookable": true},
                      {"from": "18:30:00", "to": "00:00:00", "bookable": false}]);
    let days = json!([open, open, open, open, open, [], []]);
    let schedule = world
        .put::<Schedule>(json!({"name": "Office", "zone": "UTC", "layouts": [{"days": days}]}))
        .await;
    world
        .patch_resource(world.room, json!({"schedule": schedule}))
        .await;
    let path = format!("/resources?ids={}", world.room);
    let told = world.get(&world.john, &path).await.json();
    assert_eq!(
        told[0]["booking_times"],
        json!([{"from": "08:00", "to": "18:30", "weekdays": [1, 2, 3, 4, 5]}])
    );
}
