//! From page to page.

use serde_json::Value;

use crate::support::{BOOKINGS, World};

/// Seven hours in the room and one at a desk.
async fn booked(world: &World) -> Vec<String> {
    let mut ids = Vec::new();
    for hour in 10..17 {
        let (from, to) = (
            format!("2027-03-02T{hour}:00:00Z"),
            format!("2027-03-02T{}:00:00Z", hour + 1),
        );
        let booking = world.book(world.mia, world.room, &from, Some(&to)).await;
        ids.push(booking.uuid.to_string());
    }
    let (from, to) = ("2027-03-02T10:00:00Z", Some("2027-03-02T12:30:00Z"));
    let desk = world.book(world.noah, world.desk, from, to).await;
    ids.insert(2, desk.uuid.to_string());
    ids
}

fn token(page: &Value) -> Option<&str> {
    page["nextPageToken"].as_str()
}

async fn each_booking_is_on_one_page(world: World) {
    let ids = booked(&world).await;
    for limit in [1, 3, 4, 8, 100] {
        let path = format!("{}&limit={limit}", world.in_mitte());
        assert_eq!(world.all(&path).await, ids, "{limit}");
    }
    let page = world
        .get(&format!("{}&limit=8", world.in_mitte()))
        .await
        .json();
    let fields: Vec<&String> = page.as_object().unwrap().keys().collect();
    assert_eq!(fields, ["bookings"], "the last page has nothing after it");
}

async fn the_next_query_can_be_appended_as_it_is(world: World) {
    let ids = booked(&world).await;
    let mitte = world.location(world.mitte);
    let mut query = format!(
        "?locationRef={mitte}&startDate[gte]=2027-03-02T11:00:00+00:00&types=room,hotDesk&order=startDate:desc&limit=2&x=y"
    );
    let mut found = Vec::new();
    let mut tokens = Vec::new();
    loop {
        let page = world.get(&format!("{BOOKINGS}{query}")).await.expect(200);
        found.extend(page.ids());
        let page = page.json();
        let Some(next) = page["searchQueryNext"].as_str() else {
            assert_eq!(token(&page), None);
            break;
        };
        let token = token(&page).unwrap().to_owned();
        let start = format!(
            "?locationRef={mitte}&startDate%5Bgte%5D=2027-03-02T11%3A00%3A00%2000%3A00&types=room%2ChotDesk\
             &order=startDate%3Adesc&limit=2&nextPageToken={token}"
        );
        assert_eq!(next, start);
        assert!(!tokens.contains(&token), "a token came twice");
        tokens.push(token);
        next.clone_into(&mut query);
    }
    let later: Vec<String> = ids[3..].iter().rev().chain(&ids[1..2]).cloned().collect();
    assert_eq!(found, later);
    // Who adds a question mark of their own is understood as well.
    let first = format!("{}&limit=1", world.in_mitte());
    let first = world.get(&first).await.json();
    let next = first["searchQueryNext"].as_str().unwrap();
    let twice = world.get(&format!("{BOOKINGS}?{next}")).await.expect(200);
    assert_eq!(twice.ids(), ids[1..2]);
}

async fn bookings_that_come_and_go_do_not_shift_the_pages(world: World) {
    let ids = booked(&world).await;
    let path = format!("{}&limit=3", world.in_mitte());
    let first = world.get(&path).await.expect(200);
    assert_eq!(first.ids(), ids[..3]);
    let gone = &ids[1];
    world
        .delete(&format!("{BOOKINGS}/{gone}"))
        .await
        .expect(204);
    let (from, to) = ("2027-03-02T08:00:00Z", Some("2027-03-02T09:00:00Z"));
    world.book(world.noah, world.parking, from, to).await;
    let first = first.json();
    let next = format!("{path}&nextPageToken={}", token(&first).unwrap());
    assert_eq!(world.get(&next).await.expect(200).ids(), ids[3..6]);
    // The same token, sent again, is the same page.
    assert_eq!(world.get(&next).await.expect(200).ids(), ids[3..6]);
}

super::stories!(
    each_booking_is_on_one_page,
    the_next_query_can_be_appended_as_it_is,
    bookings_that_come_and_go_do_not_shift_the_pages,
);
