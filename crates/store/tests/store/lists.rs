//! Lists of bookings, against what a plain filter finds.

use std::collections::{BTreeSet, HashSet};

use domain::booking::{BookedResource, Booking, Claim, Details, Item, State};
use domain::decide::{Cancel, SeriesScope};
use domain::ids::ResourceId;
use domain::time::{CivilSpan, Interval, Zone};
use store::BookingFilter;

use crate::common::{House, Plant, minute, person, span};

fn cancel(booking: &Booking) -> Cancel {
    Cancel {
        booking: booking.id,
        scope: SeriesScope::This,
        dates: None,
        expected_version: None,
        reason: None,
        override_rules: false.into(),
    }
}

fn all(house: &House) -> BookingFilter {
    BookingFilter {
        organisation: house.organisation,
        from: minute(-1_000_000),
        to: minute(1_000_000),
        resources: None,
        owner: None,
        include_cancelled: false,
        after: None,
        limit: 1000,
    }
}

pub async fn those_that_exist_are_found_by_their_ids(house: House) {
    let mut made = Vec::new();
    for n in 0..3 {
        let booked = house.book(0, span(n * 60, n * 60 + 60)).await.unwrap();
        made.extend(booked.bookings);
    }
    let (last, first) = (made[2].id, made[0].id);
    let ids = [last, first, 999.into(), first];
    let found = house.store.bookings_by_ids(house.organisation, &ids);
    assert_eq!(found.await.unwrap(), [made[0].clone(), made[2].clone()]);
    let elsewhere = house.store.bookings_by_ids(999.into(), &ids);
    assert_eq!(elsewhere.await.unwrap(), []);
}

pub async fn what_is_cancelled_is_listed_on_request(house: House) {
    let kept = house
        .book(0, span(60, 120))
        .await
        .unwrap()
        .bookings
        .remove(0);
    let gone = house
        .book(0, span(120, 180))
        .await
        .unwrap()
        .bookings
        .remove(0);
    let gone = house.run(cancel(&gone)).await.unwrap().bookings.remove(0);
    assert_eq!(gone.state, State::Cancelled);
    let filter = all(&house);
    let page = house.store.bookings(&filter).await.unwrap();
    assert_eq!(page.items, std::slice::from_ref(&kept));
    let filter = BookingFilter {
        include_cancelled: true,
        ..filter
    };
    let page = house.store.bookings(&filter).await.unwrap();
    assert_eq!(page.items, [kept, gone]);
    house.book(0, span(120, 180)).await.unwrap();
}

/// Numbers that look random, the same in each run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }

    fn minutes(&mut self, limit: u64) -> i64 {
        i64::try_from(self.below(limit)).unwrap()
    }
}

fn planted(house: &House, dice: &mut Dice, owner: i64) -> Booking {
    let start = dice.minutes(20_000) - dice.minutes(20_000);
    let length = [30, 300, 3_000, 30_000, 300_000][usize::try_from(dice.below(5)).unwrap()];
    let end = (dice.below(20) > 0).then(|| minute(start + 1 + dice.minutes(length)));
    let interval = Interval::new(minute(start), end).unwrap();
    let choose = |id: &ResourceId| {
        let chosen = dice.below(2) == 0;
        chosen.then(|| BookedResource {
            resource: *id,
            units: 1,
            before: u32::try_from(dice.below(2)).unwrap() * 900,
            after: 0,
            exclusive: false,
            tight: false,
            legacy: false,
        })
    };
    let mut resources: Vec<_> = house.resources.iter().filter_map(choose).collect();
    if resources.is_empty() {
        let first = house.resources[0];
        resources.push(BookedResource {
            resource: first,
            units: 1,
            before: 0,
            after: 60,
            exclusive: false,
            tight: false,
            legacy: false,
        });
    }
    Booking {
        id: 0.into(),
        uuid: uuid::Uuid::nil(),
        reference: String::new(),
        organisation: house.organisation,
        version: 1,
        state: if dice.below(4) == 0 {
            State::Cancelled
        } else {
            State::Confirmed
        },
        owner: owner.into(),
        created_by: owner.into(),
        interval,
        civil: CivilSpan::of(&interval, &Zone::utc()),
        series: None,
        occurrence: None,
        created_at: minute(0),
        updated_at: minute(0),
        details: Details {
            resources,
            ..Details::default()
        },
    }
}

pub async fn pages_are_what_a_filter_finds(house: House) {
    let mut dice = Dice(7);
    let other = house.run(person("other")).await.unwrap().id;
    let owners = [house.admin.id().0, other];
    let bookings: Vec<Booking> = (0..400)
        .map(|n| planted(&house, &mut dice, owners[n % 2]))
        .collect();
    let mut bookings = house.run(Plant(bookings)).await.unwrap();
    bookings.sort_by_key(|booking| (booking.interval.start(), booking.id));
    let choices = [
        None,
        Some(vec![0]),
        Some(vec![1, 2]),
        Some(vec![0, 1, 2]),
        Some(vec![]),
    ];
    for round in 0..60 {
        let from = dice.minutes(30_000) - 25_000;
        let resources = choices[round % choices.len()].clone();
        let mut filter = BookingFilter {
            from: minute(from),
            to: minute(from + 1 + dice.minutes(20_000)),
            resources: resources.map(|chosen| {
                chosen
                    .into_iter()
                    .map(|at: usize| house.resources[at])
                    .collect()
            }),
            owner: (dice.below(2) == 0).then(|| owners[0].into()),
            include_cancelled: dice.below(2) == 0,
            limit: [1, 3, 50][round % 3],
            ..all(&house)
        };
        let window = Interval::new(filter.from, Some(filter.to)).unwrap();
        let expected: Vec<Booking> = bookings
            .iter()
            .filter(|booking| booking.interval.overlaps(&window))
            .filter(|booking| filter.include_cancelled || booking.state.occupies())
            .filter(|booking| filter.owner.is_none_or(|owner| owner == booking.owner))
            .filter(|booking| {
                filter
                    .resources
                    .as_ref()
                    .is_none_or(|ids| ids.iter().any(|id| booking.takes(*id)))
            })
            .cloned()
            .collect();
        let mut found = Vec::new();
        loop {
            let page = house.store.bookings(&filter).await.unwrap();
            assert!(page.items.len() <= filter.limit);
            found.extend(page.items);
            match page.next {
                Some(next) => filter.after = Some(next),
                None => break,
            }
        }
        assert_eq!(found, expected, "{filter:?}");
        let claims = house
            .store
            .claims(&house.resources, &[window])
            .await
            .unwrap();
        let expected: HashSet<_> = bookings
            .iter()
            .filter(|booking| booking.state.occupies())
            .flat_map(Booking::claims)
            .filter(|claim| claim.occupied.overlaps(&window))
            .map(|claim| (claim.item, claim.booking))
            .collect();
        assert_eq!(claims.len(), expected.len());
        assert!(
            claims
                .iter()
                .all(|claim| expected.contains(&(claim.item, claim.booking)))
        );
    }
}

pub async fn what_is_around_an_instant_is_what_a_filter_finds(house: House) {
    let mut dice = Dice(11);
    let owner = house.admin.id().0;
    let bookings = (0..200)
        .map(|_| planted(&house, &mut dice, owner))
        .collect();
    let bookings = house.run(Plant(bookings)).await.unwrap();
    let live = bookings.iter().filter(|b| b.state.occupies());
    let all: Vec<Claim> = live.flat_map(Booking::claims).collect();
    for _ in 0..40 {
        let at = minute(dice.minutes(30_000) - 20_000);
        for resource in &house.resources {
            let own = |claim: &&Claim| claim.item == Item::Resource(*resource);
            let found = house.store.claims_around(&[*resource], at).await.unwrap();
            assert!(found.iter().all(|claim| all.contains(claim)));
            let covering = |claims: &[Claim]| -> BTreeSet<_> {
                let here = claims.iter().filter(own).filter(|c| c.core.contains(at));
                here.map(|claim| claim.booking).collect()
            };
            assert_eq!(covering(&found), covering(&all));
            let next = |claims: &[Claim]| {
                let starts = claims.iter().filter(own).map(|c| c.core.start());
                starts.filter(|start| *start > at).min()
            };
            assert_eq!(next(&found), next(&all));
        }
    }
    assert_eq!(house.store.claims_around(&[], minute(0)).await.unwrap(), []);
}

pub async fn many_bookings_are_stored_at_once(house: House) {
    let mut dice = Dice(3);
    let owner = house.admin.id().0;
    let year: Vec<Booking> = (0..365)
        .map(|_| planted(&house, &mut dice, owner))
        .collect();
    let made = house.run(Plant(year)).await.unwrap();
    let ids: BTreeSet<_> = made.iter().map(|booking| booking.id).collect();
    assert_eq!(ids.len(), 365);
    let filter = BookingFilter {
        include_cancelled: true,
        ..all(&house)
    };
    assert_eq!(
        house.store.bookings(&filter).await.unwrap().items.len(),
        365
    );
}
