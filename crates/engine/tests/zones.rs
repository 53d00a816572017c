//! New rules of time zones: future bookings keep their time on the wall clock, on both databases.
//!
//! What an older server stored is planted: the wall clock, and the instant that it meant by the rules of then.

#[path = "../../store/tests/common/mod.rs"]
mod common;

use std::sync::Arc;

use common::{House, Place, Plant};
use domain::booking::{BookedResource, Booking, Claim, Details, Item, State};
use domain::decide::Rederive;
use domain::ids::{BookingId, OrganisationId, ResourceId};
use domain::time::{CivilSpan, Interval, Zone, tzdb_version};
use engine::{Clock, Engine, Request, SystemRandom, operator, rederive};
use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp, ToSpan};
use store::Event;

/// It is always that instant.
struct Always(Timestamp);

impl Clock for Always {
    fn now(&self) -> Timestamp {
        self.0
    }
}

fn hour(start: Timestamp) -> Interval {
    Interval::new(start, Some(start + SignedDuration::from_hours(1))).unwrap()
}

fn at(instant: &str) -> Interval {
    hour(instant.parse().unwrap())
}

/// An hour of a room by a wall clock, and when that was by the rules of then.
fn planted(house: &House, room: usize, (zone, civil, then): (&str, DateTime, &str)) -> Booking {
    let zone = Zone::parse(zone).unwrap();
    Booking {
        id: BookingId(0),
        uuid: uuid::Uuid::nil(),
        reference: String::new(),
        organisation: house.organisation,
        version: 1,
        state: State::Confirmed,
        owner: house.admin.id(),
        created_by: house.admin.id(),
        interval: at(then),
        civil: CivilSpan::lenient(civil, Some(civil + 1.hour()), &zone).unwrap(),
        series: None,
        occurrence: None,
        created_at: common::minute(0),
        updated_at: common::minute(0),
        details: Details {
            resources: vec![BookedResource {
                resource: house.resources[room],
                units: 1,
                before: 0,
                after: 0,
                exclusive: room < 2,
                tight: false,
                legacy: false,
            }],
            ..Details::default()
        },
    }
}

fn civil(text: &str) -> DateTime {
    text.parse().unwrap()
}

/// The server that comes after the one which stored the bookings, with the rules of today.
struct Next {
    engine: Engine,
    place: Place,
    organisation: OrganisationId,
    resources: Vec<ResourceId>,
}

impl Next {
    /// It is the twentieth of November 2026.
    async fn after(house: House) -> Self {
        let House {
            mut place,
            store,
            organisation,
            resources,
            ..
        } = house;
        drop(store);
        place.tzdb = tzdb_version();
        // The connections of the server before close soon.
        let store = loop {
            match store::Store::open_with_zones(&place.address, true, place.tzdb).await {
                Ok(store) => break store,
                Err(store::StoreError::OtherZones { .. }) => tokio::task::yield_now().await,
                Err(error) => panic!("{error}"),
            }
        };
        let now = "2026-11-20T12:00Z".parse().unwrap();
        let engine = Engine::new(store, Arc::new(Always(now)), Arc::new(SystemRandom));
        Self {
            engine,
            place,
            organisation,
            resources,
        }
    }

    async fn booking(&self, id: BookingId) -> Booking {
        let found = self.engine.store().booking(self.organisation, id).await;
        found.unwrap().unwrap()
    }

    /// What takes the first room.
    async fn claims(&self, window: Interval) -> Vec<Claim> {
        let store = self.engine.store();
        store.claims(&self.resources[..1], &[window]).await.unwrap()
    }

    /// What the journal tells of changes of bookings.
    async fn changes(&self) -> Vec<Event> {
        let events = self
            .engine
            .store()
            .events(self.organisation, 0, 10_000, true);
        let mut events = events.await.unwrap();
        events.retain(|event| event.event == "booking.changed");
        events
    }
}

async fn old(mut place: Place) -> House {
    place.tzdb = "2025b";
    House::build(place).await
}

async fn t24_t25_t28_the_wall_clock_stays(place: Place) {
    let house = old(place).await;
    let [morning, spring] = ["2026-12-01T09:00", "2026-03-02T09:00"].map(civil);
    let bookings = [
        planted(
            &house,
            0,
            ("America/Vancouver", morning, "2026-12-01T17:00Z"),
        ),
        planted(
            &house,
            1,
            ("Africa/Casablanca", morning, "2026-12-01T08:00Z"),
        ),
        planted(
            &house,
            2,
            ("America/Edmonton", morning, "2026-12-01T16:00Z"),
        ),
        planted(&house, 2, ("Europe/Berlin", morning, "2026-12-01T08:00Z")),
        // What has begun is history, whatever the rules say now.
        planted(
            &house,
            0,
            ("America/Vancouver", spring, "2026-03-02T11:00Z"),
        ),
    ];
    let before = house.run(Plant(bookings.into())).await.unwrap();
    let next = Next::after(house).await;

    let moved = rederive(&next.engine).await.unwrap();
    assert_eq!((moved.len(), &*moved[0].from), (1, "2025b"));
    assert_eq!(
        (moved[0].bookings.moved, moved[0].bookings.kept.len()),
        (3, 0)
    );
    let now = ["16:00", "09:00", "15:00"].map(|time| at(&format!("2026-12-01T{time}Z")));
    for (before, interval) in before.iter().zip(now) {
        let after = next.booking(before.id).await;
        assert_eq!((after.interval, after.version), (interval, 2));
        assert_eq!(after.civil, before.civil);
    }
    for before in &before[3..] {
        assert_eq!(next.booking(before.id).await, *before);
    }
    let changes = next.changes().await;
    assert_eq!(changes.len(), 3);
    assert!(changes.iter().all(|event| event.door == "job"));

    // The place that was left is free, the one that was taken is not.
    assert_eq!(next.claims(at("2026-12-01T16:30Z")).await.len(), 1);
    assert!(next.claims(at("2026-12-01T17:00Z")).await.is_empty());

    let dump = next.place.dump().await;
    assert!(rederive(&next.engine).await.unwrap().is_empty());
    assert_eq!(next.place.dump().await, dump);
}

async fn what_lands_on_another_is_kept(place: Place) {
    let house = old(place).await;
    let morning = civil("2026-12-01T09:00");
    let by_instant = civil("2026-12-01T16:30");
    let vancouver = ("America/Vancouver", morning, "2026-12-01T17:30Z");
    let bookings = [
        planted(&house, 0, ("UTC", by_instant, "2026-12-01T16:30Z")),
        planted(&house, 0, vancouver),
        // Of three units, there are enough.
        planted(&house, 2, ("UTC", by_instant, "2026-12-01T16:30Z")),
        planted(&house, 2, vancouver),
    ];
    let before = house.run(Plant(bookings.into())).await.unwrap();
    let next = Next::after(house).await;
    let moved = rederive(&next.engine).await.unwrap().remove(0).bookings;
    let room = Item::Resource(next.resources[0]);
    assert_eq!((moved.moved, moved.kept), (2, vec![(before[1].id, room)]));
    let kept = next.booking(before[1].id).await;
    assert_eq!(kept.interval, at("2026-12-01T16:00Z"));
    assert!(kept.details.resources[0].legacy);
    assert!(!next.booking(before[0].id).await.details.resources[0].legacy);
    assert!(!next.booking(before[3].id).await.details.resources[0].legacy);
    let look = store::Store::look(&next.place.address, next.engine.now());
    let look = look.await.unwrap();
    assert_eq!(
        (look.zones, look.kept),
        (vec![tzdb_version().to_owned()], 1)
    );
}

async fn neighbours_move_together(place: Place) {
    let house = old(place).await;
    let mut bookings = Vec::new();
    for hours in 0..250 {
        let start = civil("2026-12-01T00:00") + hours.hours();
        let of = |room: usize, zone: &str, behind: i64| {
            let then: Timestamp = start.in_tz("UTC").unwrap().timestamp();
            let then = then + SignedDuration::from_hours(behind);
            planted(&house, room, (zone, start, &then.to_string()))
        };
        bookings.push(of(0, "America/Vancouver", 8));
        bookings.push(of(1, "Africa/Casablanca", -1));
    }
    house.run(Plant(bookings)).await.unwrap();
    let next = Next::after(house).await;
    let moved = rederive(&next.engine).await.unwrap().remove(0).bookings;
    assert_eq!((moved.moved, moved.kept), (500, Vec::new()));
}

async fn what_was_broken_off_is_taken_up(place: Place) {
    let house = old(place).await;
    let bookings = (1..=20).map(|day| {
        let start = civil(&format!("2026-12-{day:02}T09:00"));
        let then = format!("2026-12-{day:02}T17:00Z");
        planted(&house, 0, ("America/Vancouver", start, &then))
    });
    let before = house.run(Plant(bookings.collect())).await.unwrap();
    let next = Next::after(house).await;
    let actor = Engine::as_job(&operator(&next.engine, next.organisation).unwrap());
    let some = Rederive {
        bookings: before[..7].iter().map(|booking| booking.id).collect(),
    };
    let request = Request::plain("broken off");
    next.engine.execute(&actor, some, request).await.unwrap();
    // Two servers at once take it up.
    let (one, other) = tokio::join!(rederive(&next.engine), rederive(&next.engine));
    let moved = |moved: Vec<engine::Moved>| moved.iter().map(|m| m.bookings.moved).sum::<usize>();
    assert_eq!(moved(one.unwrap()) + moved(other.unwrap()), 13);
    assert_eq!(next.changes().await.len(), 20);
    for before in before {
        let start = before.interval.start() - SignedDuration::from_hours(1);
        assert_eq!(next.booking(before.id).await.interval, hour(start));
    }
}

macro_rules! on_both {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::$name(super::Place::sqlite()).await;
            })*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                if let Some(place) = super::Place::postgres() {
                    super::$name(place).await;
                }
            })*
        }
    };
}

on_both!(
    t24_t25_t28_the_wall_clock_stays,
    what_lands_on_another_is_kept,
    neighbours_move_together,
    what_was_broken_off_is_taken_up,
);
