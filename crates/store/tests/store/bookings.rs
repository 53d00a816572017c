//! Making, moving and refusing bookings.

use std::sync::Arc;

use domain::decide::{Amend, Amendment, Book, Override, PutObject, SeriesScope};
use domain::refusal::{Forbidden, Refusal};
use tokio::task::JoinSet;

use crate::common::{self, House, book, minute, person, run, span};

pub async fn a_version_is_of_what_is_stored(house: House) {
    let before = house.store.version().await.unwrap();
    assert_eq!(house.store.version().await.unwrap(), before);
    house.book(0, span(0, 60)).await.unwrap();
    let after = house.store.version().await.unwrap();
    assert_ne!(after, before, "whoever was answered finds another");
    assert_eq!(house.store.version().await.unwrap(), after);
}

pub async fn a_booking_is_found_again(house: House) {
    let made = house
        .book(0, span(60, 120))
        .await
        .unwrap()
        .bookings
        .remove(0);
    let store = &house.store;
    let found = store.booking(house.organisation, made.id).await.unwrap();
    assert_eq!(found.as_ref(), Some(&made));
    let found = store
        .booking_by_uuid(house.organisation, made.uuid)
        .await
        .unwrap();
    assert_eq!(found.as_ref(), Some(&made));
    assert!(store.booking(99.into(), made.id).await.unwrap().is_none());
    let claims = store
        .claims(&house.resources, &[span(0, 61)])
        .await
        .unwrap();
    assert_eq!(claims, made.claims());
    assert!(
        store
            .claims(&house.resources, &[span(0, 60), span(120, 180)])
            .await
            .unwrap()
            .is_empty()
    );
    assert!(
        store
            .booking_by_foreign_reference(house.organisation, &made.reference)
            .await
            .unwrap()
            .is_none()
    );
    let begun = store
        .begun_between(house.organisation, minute(60), minute(61))
        .await
        .unwrap();
    assert_eq!(begun, [made]);
    store.ping().await.unwrap();
}

pub async fn a_conflict_changes_nothing(house: House) {
    house.book(0, span(60, 120)).await.unwrap();
    let before = house.place.dump().await;
    assert!(house.book(0, span(119, 121)).await.is_err());
    assert_eq!(house.place.dump().await, before);
    house.book(0, span(120, 180)).await.unwrap();
}

pub async fn what_is_forbidden_is_only_noted(house: House) {
    let guest = house.run(person("guest")).await.unwrap();
    let guest = common::actor(house.organisation, guest);
    let before = house.place.dump().await;
    let refused = run(&house.store, &guest, person("other")).await;
    assert!(matches!(
        refused,
        Err(Refusal::Forbidden(Forbidden::ManagePeople))
    ));
    let after = house.place.dump().await;
    let new: Vec<_> = after.iter().filter(|row| !before.contains(row)).collect();
    assert!(
        matches!(new[..], [row] if row.starts_with("journal")),
        "{new:?}"
    );
    let seen = house
        .store
        .events(house.organisation, 0, 100, false)
        .await
        .unwrap();
    let all = house
        .store
        .events(house.organisation, 0, 100, true)
        .await
        .unwrap();
    assert_eq!(all.len(), seen.len() + 1);
    assert_eq!(all.last().unwrap().event, "denied");
    let newest = house.store.newest_event().await.unwrap();
    assert_eq!(newest, all.last().unwrap().position);
}

/// Tries sixteen bookings of one slot at once, on two servers if the database can have them, and again with the next
/// slot: once all connections are warm, they do meet.
async fn assert_made(house: &House, resource: usize, units: usize) {
    let other = if house.place.is_postgres() {
        Arc::new(house.place.open().await)
    } else {
        house.store.clone()
    };
    for slot in 0..20 {
        let mut tasks = JoinSet::new();
        for task in 0..16 {
            let store = [&house.store, &other][task % 2].clone();
            let wanted = book(house.resources[resource], span(slot * 60, slot * 60 + 60));
            let actor = house.admin.clone();
            tasks.spawn(async move { run(&store, &actor, wanted).await.is_ok() });
        }
        let made = tasks.join_all().await;
        assert_eq!(made.iter().filter(|made| **made).count(), units);
    }
    let claims = house
        .store
        .claims(&house.resources, &[span(0, 20 * 60)])
        .await
        .unwrap();
    assert_eq!(claims.len(), 20 * units);
}

pub async fn three_of_sixteen_get_three_units(house: House) {
    assert_made(&house, 2, 3).await;
}

pub async fn one_of_sixteen_gets_one_unit(house: House) {
    assert_made(&house, 0, 1).await;
}

pub async fn what_is_moved_makes_room(house: House) {
    let made = house
        .book(0, span(60, 120))
        .await
        .unwrap()
        .bookings
        .remove(0);
    let amend = |start, version| Amend {
        booking: made.id,
        scope: SeriesScope::This,
        expected_version: version,
        amendment: Amendment {
            start: Some(minute(start)),
            end: Some(Some(minute(start + 60))),
            ..Amendment::default()
        },
        override_rules: false.into(),
    };
    let moved = house.run(amend(600, Some(1))).await.unwrap().booking;
    assert_eq!(moved.version, 2);
    assert_eq!(
        house
            .store
            .booking(house.organisation, made.id)
            .await
            .unwrap(),
        Some(moved)
    );
    assert!(matches!(
        house.run(amend(900, Some(1))).await,
        Err(Refusal::Stale { current: 2 })
    ));
    house.book(0, span(60, 120)).await.unwrap();
    assert!(house.book(0, span(600, 660)).await.is_err());
    // Half over its own old place, which does not stand in its way.
    house.run(amend(630, None)).await.unwrap();
}

pub async fn buffers_give_way_where_limits_are_set_aside_and_the_time_itself_never(house: House) {
    let catalog = house.store.catalog(house.organisation).unwrap();
    let mut room = catalog.resource(house.resources[0]).unwrap().body.clone();
    room.policy.buffer_after = Some(30);
    let buffered = PutObject {
        id: Some(house.resources[0].0),
        ..common::put(room)
    };
    house.run(buffered).await.unwrap();
    house.book(0, span(120, 180)).await.unwrap();
    assert!(house.book(0, span(90, 120)).await.is_err());
    let aside = |from, to| Book {
        override_rules: Override::Yes,
        ..book(house.resources[0], span(from, to))
    };
    let made = house.run(aside(90, 120)).await.unwrap().bookings.remove(0);
    assert!(house.run(aside(60, 91)).await.is_err());
    // Read from its rows, it is what was decided; and others keep its buffer.
    let claims = house
        .store
        .claims(&house.resources[..1], &[span(90, 100)])
        .await
        .unwrap();
    assert_eq!(claims, made.claims());
    assert!(house.book(0, span(180, 200)).await.is_err());
    house.book(0, span(210, 240)).await.unwrap();
}
