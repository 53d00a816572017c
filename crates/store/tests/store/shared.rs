//! What many want at once beside a room: credits, accessories, all dates of a series.

use std::sync::Arc;

use domain::catalog::{Accessory, CreditRule, Resource};
use domain::decide::{
    Amend, Amendment, Book, Cancel, GrantCredits, OnConflict, PutObject, SeriesScope,
};
use domain::recurrence::Rule;
use domain::time::{Zone, civil};
use rust_decimal::Decimal;
use store::Store;
use tokio::task::JoinSet;

use crate::common::{House, book, minute, put, run, span};

/// The house's server, and a second one if the database can have it.
async fn servers(house: &House) -> [Arc<Store>; 2] {
    let other = if house.place.is_postgres() {
        Arc::new(house.place.open().await)
    } else {
        house.store.clone()
    };
    [house.store.clone(), other]
}

/// How many of these are made, all asked for at once.
async fn made(house: &House, wanted: impl IntoIterator<Item = Book>) -> usize {
    let servers = servers(house).await;
    let mut tasks = JoinSet::new();
    for (task, wanted) in wanted.into_iter().enumerate() {
        let (store, actor) = (servers[task % 2].clone(), house.admin.clone());
        tasks.spawn(async move { run(&store, &actor, wanted).await.is_ok() });
    }
    let made = tasks.join_all().await;
    made.into_iter().filter(|made| *made).count()
}

async fn change(house: &House, room: usize, edit: impl FnOnce(&mut Resource)) {
    let catalog = house.store.catalog(house.organisation).unwrap();
    let id = house.resources[room];
    let mut body = catalog.resource(id).unwrap().body.clone();
    edit(&mut body);
    let put = PutObject {
        id: Some(id.0),
        expected_version: None,
        body,
    };
    house.run(put).await.unwrap();
}

fn series(house: &House, room: usize, from: i64, rule: &str) -> Book {
    let first = book(house.resources[room], span(from, from + 60));
    let start = civil(first.interval.start(), &Zone::utc()).0;
    Book {
        recurrence: Some(Rule::parse(rule, start, &Zone::utc()).unwrap()),
        ..first
    }
}

pub async fn credits_are_spent_once(house: House) {
    change(&house, 0, |room| room.credits.off_peak = 4.into()).await;
    let user = house.admin.id();
    let grant = GrantCredits {
        user,
        pot: None,
        amount: 10.into(),
        note: "a start".into(),
    };
    house.run(grant).await.unwrap();
    let hours = (0..16).map(|hour| book(house.resources[0], span(hour * 60, hour * 60 + 60)));
    assert_eq!(made(&house, hours).await, 2);
    let balance = async || house.store.balance(user).await.unwrap();
    assert_eq!(balance().await, Decimal::from(2));
    let day = [span(0, 16 * 60)];
    let claims = house.store.claims(&house.resources, &day).await;
    for claim in claims.unwrap() {
        let cancel = Cancel {
            booking: claim.booking,
            scope: SeriesScope::This,
            dates: None,
            expected_version: None,
            reason: None,
            override_rules: false.into(),
        };
        house.run(cancel.clone()).await.unwrap();
        house.run(cancel).await.unwrap();
    }
    assert_eq!(balance().await, Decimal::from(10));
}

pub async fn accessories_are_lent_once(house: House) {
    let beamer = Accessory {
        name: "Beamer".into(),
        stock: Some(2),
        bindings: Vec::new(),
        credits: CreditRule::default(),
    };
    let beamer = house.run(put(beamer)).await.unwrap().id;
    let room = |room: usize| {
        let mut wanted = book(house.resources[room], span(60, 120));
        wanted.texts.accessories = Some(vec![(beamer.into(), 1)]);
        wanted
    };
    // Five could have a place in the rooms, two can have a beamer.
    let wanted = [0, 1, 2, 2, 2, 0, 1, 2, 2, 2, 0, 1].map(room);
    assert_eq!(Box::pin(made(&house, wanted)).await, 2);
    let without = [0, 1, 2, 2, 2].map(|room| book(house.resources[room], span(60, 120)));
    assert_eq!(made(&house, without).await, 3);
}

pub async fn a_series_is_made_whole_or_not_at_all(house: House) {
    for round in 0..5 {
        let from = round * 30 * 24 * 60;
        let wanted = (0..8).map(|_| series(&house, 0, from, "FREQ=DAILY;COUNT=20"));
        assert_eq!(made(&house, wanted).await, 1);
        let month = span(from, from + 30 * 24 * 60);
        let claims = house.store.claims(&house.resources, &[month]).await;
        assert_eq!(claims.unwrap().len(), 20);
    }
    let before = house.place.dump().await;
    let refused = series(&house, 0, 30, "FREQ=DAILY;COUNT=3");
    assert!(house.run(refused).await.is_err());
    assert_eq!(house.place.dump().await, before);
}

pub async fn a_series_is_changed_and_read_again(house: House) {
    let wanted = series(&house, 0, 0, "FREQ=WEEKLY;COUNT=6");
    let booked = house.run(wanted).await.unwrap();
    let store = &house.store;
    let stored = async |id| store.series(house.organisation, id).await.unwrap().unwrap();
    let first = booked.series.unwrap();
    assert_eq!(stored(first.id).await, first);

    let third = &booked.bookings[2];
    let start = third.interval.start() + jiff::SignedDuration::from_hours(2);
    let later = Amend {
        booking: third.id,
        scope: SeriesScope::Following,
        expected_version: Some(1),
        amendment: Amendment {
            start: Some(start),
            end: Some(Some(start + jiff::SignedDuration::from_hours(1))),
            ..Amendment::default()
        },
        override_rules: false.into(),
    };
    let amended = house.run(later).await.unwrap();
    let second = amended.series.unwrap();
    assert_ne!(second.id, first.id);
    let members = store.series_members(&[first.id, second.id]).await.unwrap();
    assert_eq!(
        (members[&first.id].len(), members[&second.id].len()),
        (2, 4)
    );
    assert_eq!(stored(second.id).await, second);
    assert_eq!(stored(first.id).await.version, 2);

    // On the dates that are taken, others leave theirs out.
    let beside = Book {
        on_conflict: OnConflict::Skip,
        ..series(&house, 0, 0, "FREQ=DAILY;COUNT=14")
    };
    let beside = house.run(beside).await.unwrap();
    assert_eq!((beside.bookings.len(), beside.skipped.len()), (12, 2));
    let found = store
        .bookings_of_series(house.organisation, beside.series.unwrap().id)
        .await
        .unwrap();
    assert_eq!(found, beside.bookings);
    assert_eq!(found[0].interval.start(), minute(24 * 60));
}

pub async fn v6_a_series_is_no_more_when_its_last_booking_leaves(house: House) {
    let booked = house.run(series(&house, 0, 0, "FREQ=DAILY;COUNT=2")).await;
    let booked = booked.unwrap();
    let id = booked.series.unwrap().id;
    for (left, booking) in [1, 0].into_iter().zip(&booked.bookings) {
        let alone = Amend {
            booking: booking.id,
            scope: SeriesScope::This,
            expected_version: None,
            amendment: Amendment {
                recurrence: Some(None),
                ..Amendment::default()
            },
            override_rules: false.into(),
        };
        assert_eq!(house.run(alone).await.unwrap().booking.series, None);
        let members = house.store.bookings_of_series(house.organisation, id).await;
        assert_eq!(members.unwrap().len(), left);
        let stored = house.store.series(house.organisation, id).await.unwrap();
        assert_eq!(stored.is_some(), left > 0);
    }
}
