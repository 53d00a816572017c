//! Pages in an order: exactly what a slow and obvious list says, whatever the filter, also while others write.

use std::cmp::Ordering;
use std::collections::HashSet;

use domain::booking::{BookedResource, Booking, Details, State};
use domain::catalog::{Policy, Resource};
use domain::decide::{Cancel, Override, SeriesScope};
use domain::ids::{MembershipId, ResourceId};
use domain::time::{CivilSpan, Interval, Zone};
use jiff::Timestamp;
use serde_json::json;
use store::{Bounds, OnMembership, Order, PageFilter, SortKey};

use crate::common::{House, Plant, minute, person};

const KEYS: [SortKey; 4] = [
    SortKey::Created,
    SortKey::Start,
    SortKey::End,
    SortKey::Uuid,
];

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

    fn flip(&mut self) -> bool {
        self.below(2) == 0
    }
}

/// A house with so many rooms that a filter for all of them is one for many.
async fn furnished(mut house: House) -> House {
    let catalog = house.store.catalog(house.organisation).unwrap();
    let area = catalog.areas.values().next().unwrap().id;
    for _ in 0..5 {
        let room =
            json!({"name": "Room", "area": area, "kind": "room", "policy": Policy::default()});
        let room: Resource = serde_json::from_value(room).unwrap();
        let room = house.run(crate::common::put(room)).await.unwrap();
        house.resources.push(room.id.into());
    }
    house
}

fn booking(house: &House, resources: &[ResourceId], interval: Interval) -> Booking {
    let booked = |id: &ResourceId| BookedResource {
        resource: *id,
        units: 1,
        before: 0,
        after: 600,
        exclusive: false,
        tight: false,
        legacy: false,
    };
    Booking {
        id: 0.into(),
        uuid: uuid::Uuid::nil(),
        reference: String::new(),
        organisation: house.organisation,
        version: 1,
        state: State::Confirmed,
        owner: house.admin.id(),
        created_by: house.admin.id(),
        interval,
        civil: CivilSpan::of(&interval, &Zone::utc()),
        series: None,
        occurrence: None,
        created_at: minute(0),
        updated_at: minute(0),
        details: Details {
            resources: resources.iter().map(booked).collect(),
            ..Details::default()
        },
    }
}

/// A booking of a few rooms, on a coarse grid, so that many share a start, an end or the time at which they were made.
fn random(house: &House, dice: &mut Dice, owners: &[i64]) -> Booking {
    let start = dice.minutes(200) * 60 - dice.minutes(200) * 60;
    let length = [60, 300, 3_000, 30_000, 600_000][usize::try_from(dice.below(5)).unwrap()];
    let end = (dice.below(12) > 0).then(|| minute(start + 60 + dice.minutes(length) / 60 * 60));
    let interval = Interval::new(minute(start), end).unwrap();
    let many = dice.below(3) + 1;
    let rooms: HashSet<usize> = (0..many)
        .map(|_| usize::try_from(dice.below(house.resources.len() as u64)).unwrap())
        .collect();
    let mut rooms: Vec<ResourceId> = rooms.into_iter().map(|at| house.resources[at]).collect();
    rooms.sort_unstable();
    let mut booking = booking(house, &rooms, interval);
    booking.owner = owners[usize::try_from(dice.below(2)).unwrap()].into();
    booking.created_at = minute(dice.minutes(20));
    if dice.below(4) == 0 {
        booking.state = State::Cancelled;
    }
    let membership = i64::try_from(dice.below(4)).unwrap();
    booking.details.membership = (membership > 0).then_some(MembershipId(membership));
    booking
}

fn all_of(house: &House, order: Order) -> PageFilter {
    PageFilter {
        organisation: house.organisation,
        resources: house.resources.clone().into(),
        membership: None,
        start: Bounds::default(),
        end: Bounds::default(),
        order,
        after: None,
        limit: 25,
    }
}

fn bounds(dice: &mut Dice) -> Bounds {
    let mut at = || minute(dice.minutes(500) * 60 - 15_000);
    let (from, until) = (at(), at());
    let chosen = dice.below(6);
    Bounds {
        from: [1, 3].contains(&chosen).then_some(from),
        until: [2, 3].contains(&chosen).then_some(until),
    }
}

fn within(bounds: Bounds, at: Option<Timestamp>) -> bool {
    // An open end comes after all instants.
    bounds
        .from
        .is_none_or(|from| at.is_none_or(|at| at >= from))
        && bounds
            .until
            .is_none_or(|until| at.is_some_and(|at| at < until))
}

fn matches(filter: &PageFilter, booking: &Booking) -> bool {
    booking.state.occupies()
        && filter.resources.iter().any(|id| booking.takes(*id))
        && within(filter.start, Some(booking.interval.start()))
        && within(filter.end, booking.interval.end())
        && filter.membership.as_ref().is_none_or(|on| {
            let day = booking.civil.start().date();
            let mut days = on.days.iter();
            booking.owner == on.owner
                && booking.details.charged_to().map_or_else(
                    || days.any(|(first, last)| (*first..=*last).contains(&day)),
                    |charged| charged == on.membership,
                )
        })
}

fn compare(order: Order, one: &Booking, other: &Booking) -> Ordering {
    let by = match order.key {
        SortKey::Created => one.created_at.cmp(&other.created_at),
        SortKey::Start => one.interval.start().cmp(&other.interval.start()),
        SortKey::End => match (one.interval.end(), other.interval.end()) {
            (Some(one), Some(other)) => one.cmp(&other),
            (one, other) => one.is_none().cmp(&other.is_none()),
        },
        SortKey::Uuid => one.uuid.cmp(&other.uuid),
    };
    let ascending = by.then(one.id.cmp(&other.id));
    if order.descending {
        ascending.reverse()
    } else {
        ascending
    }
}

/// All pages, one after the other.
async fn paged(house: &House, mut filter: PageFilter) -> Vec<Booking> {
    let mut found = Vec::new();
    loop {
        let page = house.store.booking_page(&filter).await.unwrap();
        assert!(page.items.len() <= filter.limit);
        assert!(page.next.is_none() || page.items.len() == filter.limit);
        found.extend(page.items);
        match page.next {
            Some(next) => filter.after = Some(next),
            None => return found,
        }
    }
}

pub async fn pages_in_every_order_are_what_a_filter_finds(house: House) {
    let house = furnished(house).await;
    let mut dice = Dice(5);
    let other = house.run(person("other")).await.unwrap().id;
    let owners = [house.admin.id().0, other];
    let planted = (0..400).map(|_| random(&house, &mut dice, &owners));
    let bookings = house.run(Plant(planted.collect())).await.unwrap();
    for round in 0..160 {
        let order = Order {
            key: KEYS[round % 4],
            descending: dice.flip(),
        };
        let rooms = [8, 8, 5, 3, 1, 0][usize::try_from(dice.below(6)).unwrap()];
        let membership = MembershipId(i64::try_from(dice.below(4)).unwrap() + 1);
        let filter = PageFilter {
            resources: house.resources[8 - rooms..].to_vec().into(),
            membership: (dice.below(3) == 0).then(|| OnMembership {
                owner: owners[0].into(),
                membership,
                days: [("2029-12-27", "2030-01-03"), ("2030-01-06", "9999-12-31")]
                    .map(|(first, last)| (first.parse().unwrap(), last.parse().unwrap()))
                    .to_vec(),
            }),
            start: bounds(&mut dice),
            end: bounds(&mut dice),
            limit: [1, 7, 100][usize::try_from(dice.below(3)).unwrap()],
            ..all_of(&house, order)
        };
        let mut expected: Vec<&Booking> = bookings
            .iter()
            .filter(|one| matches(&filter, one))
            .collect();
        expected.sort_by(|one, other| compare(order, one, other));
        let found = paged(&house, filter.clone()).await;
        assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{filter:?}");
    }
}

/// Of two thousand bookings, three of many rooms' and few of one.
pub async fn few_among_many_are_found(house: House) {
    let house = furnished(house).await;
    let busy = &house.resources[..1];
    let hour = |n: i64| Interval::new(minute(n * 60), Some(minute(n * 60 + 60))).unwrap();
    let mut planted: Vec<Booking> = (0..2_000).map(|n| booking(&house, busy, hour(n))).collect();
    for n in [3, 1_000, 1_998] {
        planted.push(booking(&house, &house.resources[2..4], hour(n)));
    }
    let made = house.run(Plant(planted)).await.unwrap();
    let few = &made[2_000..];
    for (key, descending) in KEYS.into_iter().flat_map(|key| [(key, false), (key, true)]) {
        let order = Order { key, descending };
        for rooms in [&house.resources[2..], &house.resources[2..3]] {
            let filter = PageFilter {
                resources: rooms.to_vec().into(),
                limit: 2,
                ..all_of(&house, order)
            };
            let mut expected: Vec<&Booking> = few.iter().collect();
            expected.sort_by(|one, other| compare(order, one, other));
            let found = paged(&house, filter).await;
            assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{order:?}");
        }
    }
}

/// While bookings come and go on either side of every page, those that stay are told exactly once and in order.
pub async fn what_stays_is_told_once_while_others_write(house: House) {
    let house = furnished(house).await;
    let mut dice = Dice(9);
    let owners = [house.admin.id().0; 2];
    for (key, descending) in KEYS.into_iter().flat_map(|key| [(key, false), (key, true)]) {
        let order = Order { key, descending };
        let planted = (0..60).map(|_| random(&house, &mut dice, &owners));
        house.run(Plant(planted.collect())).await.unwrap();
        let passing = (0..60).map(|_| random(&house, &mut dice, &owners));
        let mut passing = house.run(Plant(passing.collect())).await.unwrap();
        let leaving: HashSet<_> = passing.iter().map(|one| one.id).collect();
        let mut filter = PageFilter {
            limit: 100,
            ..all_of(&house, order)
        };
        let before = paged(&house, filter.clone()).await;
        let stays = before.iter().map(|one| one.id);
        let stays: Vec<_> = stays.filter(|id| !leaving.contains(id)).collect();
        filter.limit = 9;
        let mut found = Vec::new();
        loop {
            let page = house.store.booking_page(&filter).await.unwrap();
            found.extend(page.items);
            let more = (0..3).map(|_| random(&house, &mut dice, &owners));
            house.run(Plant(more.collect())).await.unwrap();
            for gone in passing.drain(..passing.len().min(3)) {
                if gone.state.is_open() {
                    let cancel = Cancel {
                        booking: gone.id,
                        scope: SeriesScope::This,
                        dates: None,
                        expected_version: None,
                        reason: None,
                        override_rules: Override::WherePossible,
                    };
                    house.run(cancel).await.unwrap();
                }
            }
            match page.next {
                Some(next) => filter.after = Some(next),
                None => break,
            }
        }
        let ids: Vec<_> = found.iter().map(|one| one.id).collect();
        let once: HashSet<_> = ids.iter().collect();
        assert_eq!(once.len(), ids.len(), "{order:?}");
        assert!(found.is_sorted_by(|one, other| compare(order, one, other).is_le()));
        let stays_once: Vec<_> = ids.into_iter().filter(|id| stays.contains(id)).collect();
        assert_eq!(stays_once, stays, "{order:?}");
    }
}
