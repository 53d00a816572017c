//! No history makes a ledger differ from what bookings say, charges twice, or gives back what was not taken.

use std::collections::{BTreeMap, BTreeSet};

use domain::booking::Booking;
use domain::catalog::ObjectKind;
use domain::decide::{Amendment, CloseMonth, SeriesScope, TakeBack, Wanted};
use domain::ids::{BookingId, InvoiceId, UserId};
use domain::money::{Amounts, Currency, OwnPrice, Pot, PotSource, Tax, TaxTreatment};
use domain::time::Interval;
use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp, ToSpan};
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::json;

use super::world::*;

#[derive(Clone, Debug)]
enum Step {
    /// Book so many units, from so many hours after the beginning, for so many quarters of an hour, on so many days.
    Book {
        who: i64,
        room: i64,
        units: u32,
        from: u32,
        quarters: u32,
        dates: u32,
    },
    /// Give the booking at this place another time.
    Move {
        which: usize,
        who: i64,
        from: u32,
        quarters: u32,
    },
    /// Other units.
    Units { which: usize, units: u32 },
    /// Another owner.
    HandOver { which: usize, to: i64 },
    /// A price by hand, or by the rules again.
    Own { which: usize, cents: Option<u32> },
    /// Call it off; by an administrator with limits set aside.
    Cancel { which: usize, aside: bool },
    /// Another rate for all hours.
    Reprice { rule: i64, cents: u32 },
    /// Another grant of the plan, and perhaps another last day of Anna's contract.
    Replan { hours: u32, until: Option<i8> },
    /// Time passes.
    Wait { hours: u32 },
    /// Close the month before this one.
    Close,
    /// Take an invoice back.
    TakeBack { which: usize },
}

fn step() -> impl Strategy<Value = Step> {
    let who = || prop_oneof![Just(ANNA), Just(BEN)];
    let from = || 0u32..1500;
    let quarters = || 1u32..120;
    let which = || 0usize..12;
    prop_oneof![
        6 => (who(), 1i64..=2, 1u32..4, from(), quarters(), 1u32..4).prop_map(
            |(who, room, units, from, quarters, dates)| Step::Book { who, room, units, from, quarters, dates }
        ),
        3 => (which(), prop_oneof![Just(ANNA), Just(BEN), Just(ADMIN)], from(), quarters())
            .prop_map(|(which, who, from, quarters)| Step::Move { which, who, from, quarters }),
        1 => (which(), 1u32..4).prop_map(|(which, units)| Step::Units { which, units }),
        1 => (which(), who()).prop_map(|(which, to)| Step::HandOver { which, to }),
        1 => (which(), prop::option::of(0u32..5000)).prop_map(|(which, cents)| Step::Own { which, cents }),
        3 => (which(), any::<bool>()).prop_map(|(which, aside)| Step::Cancel { which, aside }),
        1 => (1i64..=3, 0u32..3000).prop_map(|(rule, cents)| Step::Reprice { rule, cents }),
        1 => (0u32..9, prop::option::of(1i8..28)).prop_map(|(hours, until)| Step::Replan { hours, until }),
        2 => (1u32..400).prop_map(|hours| Step::Wait { hours }),
        1 => Just(Step::Close),
        1 => which().prop_map(|which| Step::TakeBack { which }),
    ]
}

fn rule(world: &mut World, id: i64, cents: u32) {
    let amount = Decimal::new(cents.into(), 2).to_string();
    let mut body = json!({
        "name": format!("Rule {id}"), "currency": "EUR",
        "tax": {"rate": "19", "treatment": if id == 2 { "exclusive" } else { "inclusive" }},
    });
    let more = match id {
        1 => json!({
            "rate": {"per": "hour", "amount": amount}, "free_minutes": 90, "caps": [
                {"period": "day", "amount": "40"}, {"period": "week", "amount": "90"},
                {"period": "month", "amount": "150"}],
            "cancellation": {"hours": 24, "percent": "33"},
        }),
        2 => json!({"rate": {"per": "slot", "amount": amount, "minutes": 30}, "plans": [1],
            "discounts": [{"percent": "12.5", "from": 120}], "from": "09:00:00", "to": "17:00:00"}),
        _ => {
            json!({"rate": {"per": "booking", "amount": amount}, "resources": [2], "weekdays": [6, 7]})
        }
    };
    for (key, value) in more.as_object().unwrap() {
        body[key] = value.clone();
    }
    world.put(ObjectKind::PriceRule, id, body);
}

fn plan(world: &mut World, hours: u32, until: Option<i8>) {
    let plan = json!({"name": "Flex", "credits": [
        {"amount": hours.to_string(), "kinds": ["room"]},
        {"amount": "1", "unit": "passes"},
        {"amount": "7.5", "unit": "amount", "currency": "EUR", "permanent": true},
    ]});
    world.put(ObjectKind::Plan, 1, plan);
    let until = until.map(|day| date(2027, 5, day));
    let contract =
        json!({"name": "Anna", "user": ANNA, "plan": 1, "from": "2027-01-31", "until": until});
    world.put(ObjectKind::Membership, 1, contract);
}

fn begin() -> World {
    let mut world = World::new();
    world.resource(1, json!({"units": 5}));
    world.resource(2, json!({"units": 2}));
    for id in 1..=3 {
        rule(&mut world, id, 1234);
    }
    plan(&mut world, 4, None);
    world
}

fn span(from: u32, quarters: u32) -> Interval {
    let start = at("2027-03-01T09:00:00+01:00") + SignedDuration::from_hours(from.into());
    let end = start + SignedDuration::from_mins(i64::from(quarters) * 15);
    Interval::new(start, Some(end)).unwrap()
}

/// Plays a step; that it may be refused is no matter.
fn play(world: &mut World, step: &Step) {
    let nth = |world: &World, which: usize| world.bookings.keys().nth(which).copied();
    let scope = SeriesScope::This;
    let change = |world: &mut World, which, who, amendment: Amendment| {
        if let Some(id) = nth(world, which) {
            let mut command = amend(id, scope, amendment);
            command.override_rules = (who == ADMIN).into();
            let _ = world.run(who, &command);
        }
    };
    match step.clone() {
        Step::Book {
            who,
            room,
            units,
            from,
            quarters,
            dates,
        } => {
            let mut wish = book(&[room], span(from, quarters));
            wish.resources[0].units = units;
            let zone = domain::time::Zone::parse("Europe/Berlin").unwrap();
            let start = domain::time::civil(wish.interval.start(), &zone).0;
            if dates > 1 {
                let text = format!("FREQ=DAILY;INTERVAL=3;COUNT={dates}");
                wish.recurrence = domain::recurrence::Rule::parse(&text, start, &zone).ok();
            }
            let _ = world.run(who, &wish);
        }
        Step::Move {
            which,
            who,
            from,
            quarters,
        } => {
            change(world, which, who, to_time(span(from, quarters)));
        }
        Step::Units { which, units } => {
            let Some(booking) = nth(world, which).map(|id| &world.bookings[&id]) else {
                return;
            };
            let resource = booking.details.resources[0].resource;
            let resources = Some(vec![Wanted { resource, units }]);
            change(
                world,
                which,
                ADMIN,
                Amendment {
                    resources,
                    ..Amendment::default()
                },
            );
        }
        Step::HandOver { which, to } => {
            let owner = Some(UserId(to));
            change(
                world,
                which,
                ADMIN,
                Amendment {
                    owner,
                    ..Amendment::default()
                },
            );
        }
        Step::Own { which, cents } => {
            let mut amendment = Amendment::default();
            amendment.texts.price = Some(cents.map(|cents| OwnPrice {
                amount: Decimal::new(cents.into(), 2),
                currency: None,
            }));
            change(world, which, ADMIN, amendment);
        }
        Step::Cancel { which, aside } => {
            let Some(id) = nth(world, which) else { return };
            let owner = world.bookings[&id].owner.0;
            let mut command = cancel(id, scope);
            command.override_rules = aside.into();
            let who = if aside { ADMIN } else { owner };
            if world.run(who, &command).is_ok() {
                let before = (world.charges.len(), world.ledger.len());
                world.run(who, &command).unwrap();
                assert_eq!(
                    (world.charges.len(), world.ledger.len()),
                    before,
                    "given back once"
                );
            }
        }
        Step::Reprice { rule: id, cents } => rule(world, id, cents),
        Step::Replan { hours, until } => plan(world, hours, until),
        Step::Wait { hours } => world.now += SignedDuration::from_hours(hours.into()),
        Step::Close => {
            let today: Timestamp = world.now;
            let today = today.to_zoned(jiff::tz::TimeZone::UTC).date();
            let month = today.first_of_month().checked_sub(1.month()).unwrap();
            let payers = vec![UserId(ANNA), UserId(BEN), UserId(ADMIN)];
            let _ = world.run(ADMIN, &CloseMonth { month, payers });
        }
        Step::TakeBack { which } => {
            if let Some(invoice) = world.invoices.get(which).map(|invoice| invoice.id) {
                let _ = world.run(
                    ADMIN,
                    &TakeBack {
                        invoice,
                        reason: String::new(),
                    },
                );
            }
        }
    }
}

/// What is true after every step, recounted from nothing.
fn recount(world: &World) {
    let whole = |amounts: Amounts| amounts.net + amounts.tax == amounts.total;
    let mut charged: BTreeMap<(BookingId, UserId), Amounts> = BTreeMap::new();
    for charge in &world.charges {
        assert!(whole(charge.amounts), "{charge:?}");
        let sum = charged.entry((charge.booking, charge.user)).or_default();
        *sum = *sum + charge.amounts;
    }
    for booking in world.bookings.values() {
        let price = booking.details.price.as_ref();
        let price = price
            .map(domain::money::FrozenPrice::amounts)
            .unwrap_or_default();
        assert!(whole(price));
        for user in [ADMIN, ANNA, BEN].map(UserId) {
            let charged = charged
                .get(&(booking.id, user))
                .copied()
                .unwrap_or_default();
            let expected = if user == booking.owner {
                price
            } else {
                Amounts::default()
            };
            assert_eq!(charged, expected, "one net charge: {booking:?}");
        }
    }
    pots(world);
    invoices(world);
}

fn pots(world: &World) {
    let mut balances: BTreeMap<(UserId, &Pot), Decimal> = BTreeMap::new();
    let mut granted: BTreeSet<(UserId, &PotSource)> = BTreeSet::new();
    let mut taken: BTreeMap<(UserId, &Pot, BookingId), Decimal> = BTreeMap::new();
    for entry in &world.ledger {
        let pot = entry.pot.as_ref().unwrap();
        let balance = balances.entry((entry.user, pot)).or_default();
        *balance += entry.amount;
        assert!(*balance >= Decimal::ZERO, "never below zero: {entry:?}");
        match entry.booking {
            None => assert!(
                granted.insert((entry.user, &pot.source)),
                "filled once: {entry:?}"
            ),
            Some(booking) => *taken.entry((entry.user, pot, booking)).or_default() -= entry.amount,
        }
    }
    taken.retain(|_, amount| !amount.is_zero());
    let mut paid: BTreeMap<(UserId, &Pot, BookingId), Decimal> = BTreeMap::new();
    for Booking {
        id, owner, details, ..
    } in world.bookings.values()
    {
        for part in details
            .price
            .iter()
            .flat_map(domain::money::FrozenPrice::paid)
        {
            *paid.entry((*owner, &part.pot, *id)).or_default() += part.amount;
        }
    }
    assert_eq!(taken, paid, "what was taken is what bookings say");
}

fn invoices(world: &World) {
    let mut last: BTreeMap<i16, i64> = BTreeMap::new();
    let mut back: BTreeSet<InvoiceId> = BTreeSet::new();
    for invoice in &world.invoices {
        let number = last.entry(invoice.year).or_default();
        *number += 1;
        assert_eq!(invoice.number, *number, "no gap");
        let amounts = invoice.amounts();
        assert_eq!(amounts.net + amounts.tax, amounts.total);
        assert_eq!(invoice.by_tax().into_values().sum::<Amounts>(), amounts);
        if let Some(corrected) = invoice.corrects {
            assert!(back.insert(corrected), "taken back once");
            let corrected = world
                .invoices
                .iter()
                .find(|other| other.id == corrected)
                .unwrap();
            assert_eq!(amounts, -corrected.amounts());
        }
    }
    for invoice in world
        .invoices
        .iter()
        .filter(|invoice| invoice.corrects.is_none())
    {
        let charges = world.charges.iter().zip(&world.billed);
        let stands = charges.filter(|(_, billed)| **billed == Some(invoice.id));
        let stands: Amounts = stands.map(|(charge, _)| charge.amounts).sum();
        let expected = if back.contains(&invoice.id) {
            Amounts::default()
        } else {
            invoice.amounts()
        };
        assert_eq!(stands, expected, "{}", invoice.code());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn no_history_loses_or_makes_money(steps in prop::collection::vec(step(), 1..40)) {
        let mut world = begin();
        for step in &steps {
            play(&mut world, step);
            recount(&world);
        }
    }

    #[test]
    fn net_and_tax_come_to_the_total_in_every_currency(
        code in prop::sample::select(vec!["JPY", "EUR", "KWD", "CLP", "USD", "TND"]),
        millis in prop::collection::vec(-10_000_000i64..10_000_000, 1..30),
        rate in 0u32..10_000,
        treatment in prop::sample::select(vec![TaxTreatment::Inclusive, TaxTreatment::Exclusive, TaxTreatment::Exempt]),
    ) {
        let currency = Currency::parse(code).unwrap();
        let tax = Tax { rate: Decimal::new(rate.into(), 2), treatment };
        let parts: Vec<Amounts> =
            millis.iter().map(|millis| tax.split(Decimal::new(*millis, 3), currency)).collect();
        for (part, millis) in parts.iter().zip(&millis) {
            prop_assert_eq!(part.net + part.tax, part.total);
            for amount in [part.net, part.tax, part.total] {
                prop_assert_eq!(amount.scale(), currency.minor_units());
            }
            // No more than half a unit is lost or won, and what is given back is what was taken.
            let half = Decimal::new(5, currency.minor_units() + 1);
            prop_assert!((part.stated(treatment) - Decimal::new(*millis, 3)).abs() <= half);
            prop_assert_eq!(tax.split(-Decimal::new(*millis, 3), currency), -*part);
        }
        let sum: Amounts = parts.into_iter().sum();
        prop_assert_eq!(sum.net + sum.tax, sum.total);
    }

    /// Against a model that looks at every quarter of an hour by itself.
    #[test]
    fn the_winning_rule_is_the_models(
        rules in prop::collection::vec((0u32..5000, 0i8..24, 1i8..24, 0u8..8, -2i32..3, 0u8..4), 0..8),
        from in 0u32..700, quarters in 1u32..300, units in 1u32..4,
    ) {
        let mut world = World::new();
        world.resource(1, json!({"units": 5}));
        world.put(ObjectKind::Group, 7, json!({"name": "Friends"}));
        world.user(ANNA, &[7]);
        for (id, (cents, begin, length, weekday, priority, special)) in (1..).zip(&rules) {
            let end = (begin + length).min(24) % 24;
            let mut body = json!({
                "name": "R", "currency": "KWD", "priority": priority,
                "rate": {"per": "hour", "amount": Decimal::new((*cents).into(), 2).to_string()},
                "from": format!("{begin:02}:00:00"), "to": format!("{end:02}:00:00"),
            });
            if *weekday > 0 { body["weekdays"] = json!([weekday]); }
            if special & 1 != 0 { body["kinds"] = json!(["room"]); }
            if special & 2 != 0 { body["groups"] = json!([7]); }
            world.put(ObjectKind::PriceRule, id, body);
        }
        let when = span(from, quarters);
        let mut wish = book(&[1], when);
        wish.resources[0].units = units;
        let booked = world.run(ANNA, &wish).unwrap().bookings.remove(0);
        let zone = jiff::tz::TimeZone::get("Europe/Berlin").unwrap();
        let mut counts: BTreeMap<usize, u32> = BTreeMap::new();
        for quarter in 0..quarters {
            let wall = (when.start() + SignedDuration::from_mins(i64::from(quarter) * 15)).to_zoned(zone.clone());
            let holds = |(_, (_, begin, length, weekday, _, _)): &(usize, &(u32, i8, i8, u8, i32, u8))| {
                let day: Date = wall.date();
                let on = *weekday == 0 || i16::from(*weekday) == i16::from(day.weekday().to_monday_one_offset());
                on && *begin <= wall.hour() && wall.hour() < begin + length
            };
            let rank = |(place, (_, _, _, _, priority, special)): &(usize, &(u32, i8, i8, u8, i32, u8))| {
                (special & 2, special & 1, *priority, *place)
            };
            if let Some((place, _)) = rules.iter().enumerate().filter(holds).max_by_key(rank) {
                *counts.entry(place).or_default() += 1;
            }
        }
        let currency = Currency::parse("KWD").unwrap();
        let cost = |(place, quarters): (&usize, &u32)| {
            let hours = Decimal::from(*quarters) / Decimal::from(4);
            currency.round(Decimal::new(rules[*place].0.into(), 2) * hours * Decimal::from(units))
        };
        let expected: Decimal = counts.iter().map(cost).sum();
        let total = booked.details.price.map_or(Decimal::ZERO, |price| price.amounts().total);
        prop_assert_eq!(total, expected);
    }
}
