//! Random histories of commands against slow, obvious models.

use std::collections::{BTreeMap, HashMap};

use domain::booking::{Booking, Claim, Item};
use domain::catalog::ObjectKind;
use domain::decide::{Amendment, Cancel, Override, Restore, SeriesScope, Wanted};
use domain::ids::{BookingId, ResourceId, UserId};
use domain::recurrence::Rule as Recurrence;
use domain::refusal::{Refusal, Rule};
use domain::rules::peak_units;
use domain::time::{Interval, Zone, civil};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::json;

use super::series::check_series;
use super::world::*;

/// So many minutes after the Monday's midnight in Berlin, for so many minutes.
fn minutes(start: i64, length: i64) -> Interval {
    let midnight = at("2027-03-22T00:00:00+01:00");
    let from = midnight + SignedDuration::from_mins(start);
    Interval::new(from, Some(from + SignedDuration::from_mins(length))).unwrap()
}

/// What each item's claims take together at an instant.
fn taken_at(world: &World, item: Item, instant: Timestamp) -> u32 {
    let live = world.bookings.values().filter(|b| b.state.occupies());
    live.flat_map(Booking::claims)
        .filter(|claim| claim.item == item && claim.occupied.contains(instant))
        .map(|claim| claim.units)
        .sum()
}

/// V1, the obvious way: at each instant at which a claim begins, nothing is over its units, and of a family only one
/// side is in use; without buffers for all, and with buffers for those whose buffers were not set aside.
fn check_capacity(world: &World) {
    let live = || world.bookings.values().filter(|b| b.state.occupies());
    let bare = live().flat_map(Booking::claims).map(|claim| claim.bare());
    check_claims(world, &bare.collect::<Vec<Claim>>());
    let loose = |b: &&Booking| b.details.resources.iter().all(|booked| !booked.tight);
    let loose = live().filter(loose).flat_map(Booking::claims);
    check_claims(world, &loose.collect::<Vec<Claim>>());
}

fn check_claims(world: &World, claims: &[Claim]) {
    for claim in claims {
        let at = claim.occupied.start();
        let Item::Resource(id) = claim.item else {
            continue;
        };
        let units = world.catalog.resource(id).unwrap().units;
        let here = claims
            .iter()
            .filter(|c| c.item == claim.item && c.occupied.contains(at));
        assert!(here.map(|c| c.units).sum::<u32>() <= units, "{id} at {at}");
        for other in world.catalog.family(id) {
            let others = claims.iter().filter(|c| {
                c.item == Item::Resource(other)
                    && c.booking != claim.booking
                    && c.occupied.contains(at)
            });
            assert_eq!(others.count(), 0, "{id} beside {other} at {at}");
        }
    }
}

fn check_money(world: &World, in_credit: bool) {
    let mut net: HashMap<BookingId, Decimal> = HashMap::new();
    for entry in &world.ledger {
        if let Some(booking) = entry.booking {
            *net.entry(booking).or_default() += entry.amount;
        }
    }
    for (id, booking) in &world.bookings {
        let net = net.get(id).copied().unwrap_or_default();
        assert!(
            net <= Decimal::ZERO,
            "{id} gave back more than it took: {net}"
        );
        let taken = booking.details.credits.unwrap_or_default();
        assert_eq!(taken, -net, "{id} in state {:?}", booking.state);
    }
    for user in [ANNA, BEN].into_iter().filter(|_| in_credit) {
        assert!(world.balance(user) >= Decimal::ZERO, "balance of {user}");
    }
}

#[derive(Clone, Debug)]
enum Step {
    Book {
        who: i64,
        resource: i64,
        units: u32,
        start: i64,
        length: i64,
        aside: bool,
    },
    Series {
        who: i64,
        start: i64,
        rule: usize,
    },
    Amend {
        who: i64,
        pick: usize,
        scope: usize,
        by: i64,
        length: i64,
        aside: bool,
    },
    Swap {
        pick: usize,
        scope: usize,
        resource: i64,
        units: u32,
    },
    Recur {
        pick: usize,
        scope: usize,
        rule: Option<usize>,
    },
    Hand {
        pick: usize,
        scope: usize,
        to: i64,
    },
    Cancel {
        who: i64,
        pick: usize,
        scope: usize,
        range: bool,
    },
    Restore {
        pick: usize,
        excluded: usize,
    },
    Wait {
        minutes: i64,
    },
}

const RULES: [&str; 5] = [
    "FREQ=DAILY;COUNT=4",
    "FREQ=WEEKLY;COUNT=3",
    "FREQ=WEEKLY;BYDAY=MO,WE,FR;COUNT=6",
    "FREQ=DAILY;INTERVAL=2;COUNT=4",
    "FREQ=MONTHLY;COUNT=3",
];

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let who = || prop_oneof![Just(ANNA), Just(BEN), Just(ADMIN)];
    let (start, length) = (
        || (0..30_i64).prop_map(|h| h * 60),
        || (1..5_i64).prop_map(|n| n * 30),
    );
    let pick = any::<usize>;
    let step = prop_oneof![
        4 => (who(), 1..5_i64, 1..4_u32, start(), length(), any::<bool>()).prop_map(
            |(who, resource, units, start, length, aside)| Step::Book { who, resource, units, start, length, aside }),
        2 => (who(), start(), 0..RULES.len()).prop_map(|(who, start, rule)| Step::Series { who, start, rule }),
        4 => (who(), pick(), 0..3_usize, -30..30_i64, length(), any::<bool>()).prop_map(
            |(who, pick, scope, by, length, aside)| Step::Amend { who, pick, scope, by: by * 30, length, aside }),
        1 => (pick(), 0..3_usize, 1..5_i64, 1..4_u32)
            .prop_map(|(pick, scope, resource, units)| Step::Swap { pick, scope, resource, units }),
        1 => (pick(), 0..3_usize, prop::option::of(0..RULES.len()))
            .prop_map(|(pick, scope, rule)| Step::Recur { pick, scope, rule }),
        1 => (pick(), 0..3_usize, who()).prop_map(|(pick, scope, to)| Step::Hand { pick, scope, to }),
        2 => (who(), pick(), 0..3_usize, any::<bool>())
            .prop_map(|(who, pick, scope, range)| Step::Cancel { who, pick, scope, range }),
        1 => (pick(), pick()).prop_map(|(pick, excluded)| Step::Restore { pick, excluded }),
        1 => (1..600_i64).prop_map(|minutes| Step::Wait { minutes }),
    ];
    prop::collection::vec(step, 1..30)
}

fn picked(world: &World, pick: usize) -> Option<BookingId> {
    let open: Vec<BookingId> = world
        .bookings
        .values()
        .filter(|b| b.state.is_open())
        .map(|b| b.id)
        .collect();
    (!open.is_empty()).then(|| open[pick % open.len()])
}

fn where_possible(aside: bool) -> Override {
    if aside {
        Override::WherePossible
    } else {
        Override::No
    }
}

const SCOPES: [SeriesScope; 3] = [SeriesScope::This, SeriesScope::Following, SeriesScope::All];

fn perform(world: &mut World, step: &Step) -> Result<(), Refusal> {
    match *step {
        Step::Book {
            who,
            resource,
            units,
            start,
            length,
            aside,
        } => {
            let mut wish = book(&[resource], minutes(start, length));
            wish.resources[0].units = if resource == 4 { units } else { 1 };
            wish.override_rules = where_possible(aside);
            world.run(who, &wish).map(drop)
        }
        Step::Series { who, start, rule } => {
            let when = minutes(start, 60);
            let zone = Zone::parse("Europe/Berlin").unwrap();
            let rule = Recurrence::parse(RULES[rule], civil(when.start(), &zone).0, &zone);
            let wish = domain::decide::Book {
                recurrence: Some(rule.unwrap()),
                ..book(&[1], when)
            };
            world.run(who, &wish).map(drop)
        }
        Step::Amend {
            who,
            pick,
            scope,
            by,
            length,
            aside,
        } => {
            let Some(id) = picked(world, pick) else {
                return Ok(());
            };
            let from = world.bookings[&id].interval.start() + SignedDuration::from_mins(by);
            let when = Interval::new(from, Some(from + SignedDuration::from_mins(length))).unwrap();
            let mut moved = amend(id, SCOPES[scope], to_time(when));
            moved.override_rules = where_possible(aside);
            world.run(who, &moved).map(drop)
        }
        Step::Swap {
            pick,
            scope,
            resource,
            units,
        } => {
            let Some(id) = picked(world, pick) else {
                return Ok(());
            };
            let resources = Some(vec![Wanted {
                resource: ResourceId(resource),
                units,
            }]);
            let swap = Amendment {
                resources,
                ..Amendment::default()
            };
            world.run(ADMIN, &amend(id, SCOPES[scope], swap)).map(drop)
        }
        Step::Recur { pick, scope, rule } => {
            let Some(id) = picked(world, pick) else {
                return Ok(());
            };
            let zone = Zone::parse("Europe/Berlin").unwrap();
            let start = world.bookings[&id].civil.start();
            let recurrence = rule.map(|rule| Recurrence::parse(RULES[rule], start, &zone).unwrap());
            let recur = Amendment {
                recurrence: Some(recurrence),
                ..Amendment::default()
            };
            world.run(ADMIN, &amend(id, SCOPES[scope], recur)).map(drop)
        }
        Step::Hand { pick, scope, to } => {
            let Some(id) = picked(world, pick) else {
                return Ok(());
            };
            let hand = Amendment {
                owner: Some(UserId(to)),
                ..Amendment::default()
            };
            world.run(ADMIN, &amend(id, SCOPES[scope], hand)).map(drop)
        }
        Step::Cancel {
            who,
            pick,
            scope,
            range,
        } => {
            let Some(id) = picked(world, pick) else {
                return Ok(());
            };
            let first = world.bookings[&id].civil.start().date();
            let last = first.saturating_add(jiff::Span::new().days(7));
            let command = Cancel {
                dates: range.then_some((first, last)),
                ..cancel(id, SCOPES[scope])
            };
            world.run(who, &command).map(drop)
        }
        Step::Restore { pick, excluded } => {
            let Some(id) = picked(world, pick) else {
                return Ok(());
            };
            let Some(series) = world.bookings[&id].series else {
                return Ok(());
            };
            let except: Vec<_> = world.series[&series].rule.except.iter().copied().collect();
            if except.is_empty() {
                return Ok(());
            }
            let restore = Restore {
                booking: id,
                date: except[excluded % except.len()],
                terms_accepted: false,
                override_rules: Override::No,
            };
            world.run(ADMIN, &restore).map(drop)
        }
        Step::Wait { minutes } => {
            world.now = world
                .now
                .checked_add(SignedDuration::from_mins(minutes))
                .unwrap();
            Ok(())
        }
    }
}

/// Room 1 with the parts 2 and 3, and the desks 4, of which there are three; all cost, some have buffers.
fn furnished() -> World {
    let mut world = World::new();
    world.now = at("2027-03-21T12:00:00+01:00");
    let price = json!({"off_peak": "1"});
    world.resource(1, json!({"credits": price}));
    world.resource(
        2,
        json!({"parent": 1, "credits": price, "policy": {"buffer_after": 30}}),
    );
    world.resource(
        3,
        json!({"parent": 1, "credits": {"off_peak": "2", "per_booking": true}}),
    );
    world.resource(
        4,
        json!({"units": 3, "credits": price, "policy": {"buffer_before": 15}}),
    );
    for user in [ADMIN, ANNA, BEN] {
        world.grant(user, 40);
    }
    world
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_capacity_series_and_money_are_right(steps in steps()) {
        let mut world = furnished();
        let aside = |step: &Step| {
            matches!(step, Step::Book { aside: true, .. } | Step::Amend { aside: true, .. })
        };
        let in_credit = !steps.iter().any(aside);
        for step in &steps {
            let before = (world.bookings.clone(), world.series.clone(), world.ledger.clone());
            if perform(&mut world, step).is_err() {
                let after = (world.bookings.clone(), world.series.clone(), world.ledger.clone());
                prop_assert_eq!(before, after, "a refusal changes nothing");
            }
            check_capacity(&world);
            check_series(&world);
            check_money(&world, in_credit);
        }
    }

    #[test]
    fn the_peak_is_what_counting_each_minute_gives(
        claims in prop::collection::vec((0..60_i64, 1..40_i64, 1..5_u32, prop::bool::weighted(0.1)), 0..12),
        window in (0..60_i64, 1..40_i64),
    ) {
        let claims: Vec<Claim> = claims.iter().map(|(start, length, units, open)| {
            let occupied = minutes(*start, *length);
            let end = occupied.end().filter(|_| !open);
            Claim {
                item: Item::Resource(ResourceId(1)),
                booking: BookingId(1),
                core: occupied,
                occupied: Interval::new(occupied.start(), end).unwrap(),
                units: *units,
                exclusive: false,
                legacy: false,
            }
        }).collect();
        let window = minutes(window.0, window.1);
        let slow = (0..100).map(|minute| minutes(minute, 1).start())
            .filter(|instant| window.contains(*instant))
            .map(|instant| claims.iter().filter(|c| c.occupied.contains(instant)).map(|c| c.units).sum::<u32>())
            .max();
        prop_assert_eq!(peak_units(claims.iter(), &window), slow.unwrap_or(0));
    }

    #[test]
    fn who_asks_alone_gets_exactly_what_is_free(
        wishes in prop::collection::vec((0..48_i64, 1..8_i64, 1..4_u32), 1..14),
    ) {
        let mut world = World::with_room(json!({"units": 3}));
        for (start, length, units) in wishes {
            let when = minutes(start * 30, length * 30);
            let mut wish = book(&[1], when);
            wish.resources[0].units = units;
            let most = (0..length * 30).map(|minute| minutes(start * 30 + minute, 1).start())
                .map(|instant| taken_at(&world, Item::Resource(ResourceId(1)), instant))
                .max().unwrap();
            match world.run(ANNA, &wish) {
                Ok(_) => prop_assert!(most + units <= 3),
                Err(refusal) => {
                    let expected = Rule::Occupied { free: 3 - most, requested: units };
                    prop_assert_eq!(rules(&refusal)[0], &expected);
                    prop_assert!(most + units > 3);
                }
            }
        }
    }

    #[test]
    fn hours_are_counted_as_a_person_with_a_calendar_would(
        wishes in prop::collection::vec((0..9 * 48_i64, 1..80_i64), 1..10),
        week in any::<bool>(),
        evening in any::<bool>(),
    ) {
        let mut world = World::with_room(json!({"units": 99}));
        let limit = if week { 24 } else { 7 };
        let period = if week { "week" } else { "day" };
        let mut quota = json!({"limit": limit.to_string(), "unit": "hours", "period": period});
        if evening {
            quota["from"] = json!("18:00:00");
            quota["weekdays"] = json!([1, 3, 6, 7]);
        }
        world.put(ObjectKind::Quota, 1, quota);
        let zone = Zone::parse("Europe/Berlin").unwrap();
        let mut used: BTreeMap<(i16, i16), i64> = BTreeMap::new();
        for (start, length) in wishes {
            let mut next = used.clone();
            let mut touched = Vec::new();
            for minute in 0..length * 30 {
                let shown = civil(minutes(start * 30 + minute, 1).start(), &zone).0;
                let day = i16::from(shown.weekday().to_monday_one_offset());
                if evening && (shown.hour() < 18 || ![1, 3, 6, 7].contains(&day)) {
                    continue;
                }
                let week_of = shown.date().iso_week_date();
                let day = if week { i16::from(week_of.week()) } else { shown.date().day_of_year() };
                let key = (shown.year(), day);
                *next.entry(key).or_default() += 1;
                touched.push(key);
            }
            let fits = touched.iter().all(|key| next[key] <= limit * 60);
            let booked = world.book(ANNA, 1, minutes(start * 30, length * 30));
            prop_assert_eq!(booked.is_ok(), fits, "{:?}", booked);
            if fits {
                used = next;
            }
        }
    }
}
