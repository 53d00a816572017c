//! Making, moving and refusing bookings.

use std::sync::Arc;

use domain::decide::{Amend, Amendment, SeriesScope};
use domain::refusal::{Forbidden, Refusal};
use tokio::task::JoinSet;

use crate::common::{self, House, book, minute, person, run, span};

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

/// So many bookings of one slot, of sixteen tried at once, by two servers if the database can have them.
async fn at_once(house: &House, resource: usize) -> usize {
    let other = if house.place.is_postgres() {
        Arc::new(house.place.open().await)
    } else {
        house.store.clone()
    };
    let mut tasks = JoinSet::new();
    for task in 0..16 {
        let store = if task % 2 == 0 {
            house.store.clone()
        } else {
            other.clone()
        };
        let (actor, room) = (house.admin.clone(), house.resources[resource]);
        tasks.spawn(async move { run(&store, &actor, book(room, span(60, 120))).await.is_ok() });
    }
    tasks
        .join_all()
        .await
        .into_iter()
        .filter(|made| *made)
        .count()
}

pub async fn three_of_sixteen_get_three_units(house: House) {
    assert_eq!(at_once(&house, 2).await, 3);
    let claims = house
        .store
        .claims(&house.resources, &[span(0, 1000)])
        .await
        .unwrap();
    assert_eq!(claims.len(), 3);
}

pub async fn one_of_sixteen_gets_one_unit(house: House) {
    assert_eq!(at_once(&house, 0).await, 1);
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
        override_rules: false,
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
