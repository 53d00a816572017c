//! One meaning on two databases: each test runs on both.

mod common;

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;
use std::time::Duration;

use common::{House, Place, Plant, book, envelope, minute, person, put, run, span};
use domain::booking::{BookedResource, Booking, Details, State};
use domain::catalog::{Policy, Resource};
use domain::decide::{
    Amend, Amendment, Book, Booked, Cancel, IssueToken, NewToken, PutObject, RevokeToken,
    SeriesScope, TokenKind,
};
use domain::ids::ResourceId;
use domain::people::Scopes;
use domain::refusal::{Forbidden, Refusal};
use domain::time::{CivilSpan, Interval, Zone};
use jiff::Timestamp;
use store::{Answer, BookingFilter, Executed, Idempotency, UserFilter};
use tokio::task::JoinSet;

macro_rules! on_both {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::on(super::Place::sqlite(), super::$name).await;
            })*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::on(super::Place::postgres(), super::$name).await;
            })*
        }
    };
}

async fn on<F: Future<Output = ()>>(place: Option<Place>, test: impl FnOnce(House) -> F) {
    if let Some(place) = place {
        test(House::build(place).await).await;
    }
}

on_both!(
    a_booking_is_found_again,
    a_conflict_changes_nothing,
    what_is_forbidden_is_only_noted,
    three_of_sixteen_get_three_units,
    one_of_sixteen_gets_one_unit,
    what_is_cancelled_is_listed_on_request,
    what_is_moved_makes_room,
    pages_are_what_a_filter_finds,
    a_reader_of_events_misses_none_and_sees_none_twice,
    a_repeated_request_has_one_effect,
    fifty_repeated_requests_have_one_effect,
    a_revoked_token_is_gone,
    users_are_found_by_name_and_unique,
    a_catalog_is_read_again,
    old_answers_are_purged,
    many_bookings_are_stored_at_once,
);

async fn a_booking_is_found_again(house: House) {
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

async fn a_conflict_changes_nothing(house: House) {
    house.book(0, span(60, 120)).await.unwrap();
    let before = house.place.dump().await;
    assert!(house.book(0, span(119, 121)).await.is_err());
    assert_eq!(house.place.dump().await, before);
    house.book(0, span(120, 180)).await.unwrap();
}

async fn what_is_forbidden_is_only_noted(house: House) {
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
    let other = match house.place.is_postgres() {
        true => Arc::new(house.place.open().await),
        false => house.store.clone(),
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

async fn three_of_sixteen_get_three_units(house: House) {
    assert_eq!(at_once(&house, 2).await, 3);
    let claims = house
        .store
        .claims(&house.resources, &[span(0, 1000)])
        .await
        .unwrap();
    assert_eq!(claims.len(), 3);
}

async fn one_of_sixteen_gets_one_unit(house: House) {
    assert_eq!(at_once(&house, 0).await, 1);
}

fn cancel(booking: &Booking) -> Cancel {
    Cancel {
        booking: booking.id,
        scope: SeriesScope::This,
        dates: None,
        expected_version: None,
        reason: None,
        override_rules: false,
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

async fn what_is_cancelled_is_listed_on_request(house: House) {
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
    assert_eq!(page.items, [kept.clone()]);
    let filter = BookingFilter {
        include_cancelled: true,
        ..filter
    };
    let page = house.store.bookings(&filter).await.unwrap();
    assert_eq!(page.items, [kept, gone]);
    house.book(0, span(120, 180)).await.unwrap();
}

async fn what_is_moved_makes_room(house: House) {
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
        civil: CivilSpan::of(interval, &Zone::utc()),
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

async fn pages_are_what_a_filter_finds(house: House) {
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

async fn a_reader_of_events_misses_none_and_sees_none_twice(house: House) {
    let begun = house.store.newest_event().await.unwrap();
    let mut writers = JoinSet::new();
    for writer in 0..16 {
        let (store, actor, room) = (house.store.clone(), house.admin.clone(), house.resources[0]);
        writers.spawn(async move {
            for n in 0..10 {
                let start = (writer * 10 + n) * 10;
                run(&store, &actor, book(room, span(start, start + 10)))
                    .await
                    .unwrap();
            }
        });
    }
    let mut readers = JoinSet::new();
    for _ in 0..2 {
        let (store, organisation) = (house.store.clone(), house.organisation);
        readers.spawn(async move {
            let (mut after, mut seen) = (begun, Vec::new());
            while seen.len() < 160 {
                for event in store.events(organisation, after, 7, false).await.unwrap() {
                    assert_eq!(event.position, after + 1, "no gap and no repetition");
                    after = event.position;
                    seen.push(event.subject);
                }
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            seen
        });
    }
    writers.join_all().await;
    let seen = readers.join_all().await;
    assert_eq!(seen[0], seen[1]);
    assert_eq!(seen[0].iter().collect::<BTreeSet<_>>().len(), 160);
    let newest = house.store.newest_event().await.unwrap();
    assert!(
        house
            .store
            .events(house.organisation, newest, 10, true)
            .await
            .unwrap()
            .is_empty()
    );
}

fn keyed(house: &House, fingerprint: u8) -> store::Envelope<Booked> {
    let render = |result: Result<&Booked, &Refusal>| Answer {
        status: if result.is_ok() { 201 } else { 409 },
        headers: vec![("location".into(), "there".into())],
        body: result.map_or_else(
            |_| Vec::new(),
            |made| made.bookings[0].reference.clone().into_bytes(),
        ),
    };
    store::Envelope {
        idempotency: Some(Idempotency {
            key: "key".into(),
            fingerprint: [fingerprint; 32],
            render: Box::new(render),
        }),
        ..envelope(&house.admin)
    }
}

fn wanted(house: &House) -> Book {
    book(house.resources[0], span(60, 120))
}

async fn a_repeated_request_has_one_effect(house: House) {
    let first = house
        .store
        .execute(wanted(&house), keyed(&house, 1))
        .await
        .unwrap();
    let Executed::Fresh(Ok(_), Some(answer)) = first else {
        panic!("{first:?}")
    };
    let before = house.place.dump().await;
    let again = house
        .store
        .execute(wanted(&house), keyed(&house, 1))
        .await
        .unwrap();
    assert!(matches!(again, Executed::Replayed(replayed) if replayed == answer));
    let other = house
        .store
        .execute(wanted(&house), keyed(&house, 2))
        .await
        .unwrap();
    assert!(matches!(other, Executed::KeyReused));
    assert_eq!(house.place.dump().await, before);
}

async fn fifty_repeated_requests_have_one_effect(house: House) {
    let house = Arc::new(house);
    let mut tasks = JoinSet::new();
    for _ in 0..50 {
        let house = house.clone();
        tasks.spawn(async move {
            match house
                .store
                .execute(wanted(&house), keyed(&house, 1))
                .await
                .unwrap()
            {
                Executed::Fresh(Ok(_), Some(answer)) => (1, answer),
                Executed::Replayed(answer) => (0, answer),
                other => panic!("{other:?}"),
            }
        });
    }
    let answers = tasks.join_all().await;
    assert_eq!(answers.iter().map(|(fresh, _)| fresh).sum::<i32>(), 1);
    assert!(answers.iter().all(|(_, answer)| *answer == answers[0].1));
}

async fn a_revoked_token_is_gone(house: House) {
    let hash = [9; 32];
    let new = NewToken {
        user: house.admin.id(),
        kind: TokenKind::Api,
        name: "program".into(),
        hash,
        scopes: Scopes::ALL,
        expires_at: Some(minute(1000)),
        unlimited: false,
    };
    let generation = house.store.people_generation();
    let id = house.run(IssueToken(new)).await.unwrap();
    assert!(house.store.people_generation() > generation);
    let found = house.store.token_by_hash(&hash).await.unwrap().unwrap();
    assert_eq!(
        (found.id, found.user, found.scopes),
        (id, house.admin.id(), Scopes::ALL)
    );
    assert_eq!(found.expires_at, Some(minute(1000)));
    assert_eq!(
        house.store.tokens_of(house.admin.id()).await.unwrap().len(),
        1
    );
    let generation = house.store.people_generation();
    house
        .run(RevokeToken {
            id,
            owner: house.admin.id(),
        })
        .await
        .unwrap();
    assert!(house.store.people_generation() > generation);
    assert!(house.store.token_by_hash(&hash).await.unwrap().is_none());
    assert!(house.store.token(id).await.unwrap().is_none());
}

async fn users_are_found_by_name_and_unique(house: House) {
    let made = house.run(person("Somebody")).await.unwrap();
    assert!(house.run(person("somebody")).await.is_err());
    let store = &house.store;
    for login in ["SOMEBODY", "somebody@Example.org"] {
        let (found, hash) = store
            .user_by_login(house.organisation, login)
            .await
            .unwrap()
            .unwrap();
        assert_eq!((found, hash), (made.clone(), None));
    }
    let mut filter = UserFilter {
        organisation: house.organisation,
        state: None,
        after: 0,
        limit: 1,
    };
    let page = store.users(&filter).await.unwrap();
    filter.after = page.next.unwrap();
    let page = store.users(&filter).await.unwrap();
    assert_eq!((page.items, page.next), (vec![made.clone()], None));
    let found = store
        .users_by_id(house.organisation, &[made.id.into(), 99.into()])
        .await
        .unwrap();
    assert_eq!(found.len(), 1);
    assert!(store.balance(made.id.into()).await.unwrap().is_zero());
}

async fn a_catalog_is_read_again(house: House) {
    let known = house.store.catalog(house.organisation).unwrap();
    let room = known.resource(house.resources[0]).unwrap();
    let mut body: Resource = room.body.clone();
    body.policy = Policy {
        buffer_after: Some(30),
        ..Policy::default()
    };
    let change = PutObject {
        id: Some(room.id),
        expected_version: Some(1),
        body: body.clone(),
    };
    house.run(change).await.unwrap();
    let known = house.store.catalog(house.organisation).unwrap();
    assert_eq!(known.resource(house.resources[0]).unwrap().body, body);
    let mut other = body;
    other.name = "Annex".into();
    let new = house.run(put(other)).await.unwrap();
    assert_eq!(house.store.catalogs().len(), 1);
    let revision = house.store.catalog(house.organisation).unwrap().revision;
    let House {
        place,
        store,
        organisation,
        ..
    } = house;
    drop(store);
    // SQLite's writer gives up the file as soon as it has stopped.
    let again = loop {
        match store::Store::open(&place.address, false).await {
            Ok(store) => break store,
            Err(store::StoreError::Locked(_)) => {
                tokio::time::sleep(Duration::from_millis(10)).await
            }
            Err(error) => panic!("{error}"),
        }
    };
    let read = again.catalog(organisation).unwrap();
    assert_eq!(read.revision, revision);
    assert_eq!(read.resource(new.id.into()).unwrap().name, "Annex");
}

async fn old_answers_are_purged(house: House) {
    house
        .store
        .execute(wanted(&house), keyed(&house, 1))
        .await
        .unwrap();
    assert_eq!(house.store.purge(minute(0)).await.unwrap(), 0);
    assert_eq!(house.store.purge(minute(1)).await.unwrap(), 1);
    let again = house
        .store
        .execute(wanted(&house), keyed(&house, 2))
        .await
        .unwrap();
    assert!(matches!(again, Executed::Fresh(Err(_), Some(_))));
}

async fn many_bookings_are_stored_at_once(house: House) {
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
    let _: Timestamp = made[0].created_at;
}
