//! Prices: which rule counts, what it comes to, and what becomes of it when a booking changes.

use domain::booking::Booking;
use domain::catalog::ObjectKind;
use domain::decide::{Amendment, Quote, SeriesScope};
use domain::ids::UserId;
use domain::money::{Currency, FrozenPrice, OwnPrice};
use domain::refusal::{Forbidden, Refusal, Rule};
use domain::time::Interval;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::world::*;

const DAY: &str = "2027-03-02";

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

/// A price rule in euros with 19 percent of tax inside, edited as `body` says.
fn rule(world: &mut World, id: i64, body: Value) {
    let mut whole = json!({
        "name": format!("Rule {id}"), "currency": "EUR",
        "tax": {"rate": "19", "treatment": "inclusive"},
    });
    for (key, value) in body.as_object().unwrap() {
        whole[key] = value.clone();
    }
    world.put(ObjectKind::PriceRule, id, whole);
}

fn hourly(amount: &str) -> Value {
    json!({"rate": {"per": "hour", "amount": amount}})
}

fn with(mut body: Value, more: Value) -> Value {
    for (key, value) in more.as_object().unwrap() {
        body[key] = value.clone();
    }
    body
}

/// Room 1 of three units, with these rules.
fn priced(rules: &[Value]) -> World {
    let mut world = World::with_room(json!({"units": 3}));
    for (id, body) in (1..).zip(rules) {
        rule(&mut world, id, body.clone());
    }
    world
}

fn price(booking: &Booking) -> FrozenPrice {
    booking.details.price.clone().expect("a price")
}

fn total(booking: &Booking) -> String {
    price(booking).amounts().total.to_string()
}

/// What Anna pays in room 1.
fn cost(world: &mut World, from: &str, to: &str) -> String {
    total(&world.book(ANNA, 1, berlin(DAY, from, to)).unwrap())
}

#[test]
fn the_trail_says_how_a_price_came_about() {
    let rules = with(
        hourly("10"),
        json!({"name": "Member", "discounts": [{"percent": "20"}], "caps": [{"period": "day", "amount": "22"}]}),
    );
    let mut world = priced(&[rules]);
    let booked = world.book(ANNA, 1, berlin(DAY, "09:00", "12:00")).unwrap();
    let trail =
        "Member: 3 h × 10.00 EUR = 30.00, −20 % = 24.00, day cap 22.00, 19 % tax included 3.51";
    assert_eq!(price(&booked).trail(), [trail]);
    let amounts = price(&booked).amounts();
    assert_eq!(
        (amounts.net, amounts.tax, amounts.total),
        (decimal("18.49"), decimal("3.51"), decimal("22.00"))
    );
    assert_eq!(
        cost(&mut world, "13:00", "14:00"),
        "0.00",
        "the day is paid for"
    );
    assert_eq!(world.owes(ANNA), decimal("22.00"));
}

#[test]
fn a_rate_of_parts_of_a_cent_is_told_as_it_is() {
    let mut world = priced(&[hourly("0.0049")]);
    let booked = world.book(ANNA, 1, berlin(DAY, "08:00", "18:00")).unwrap();
    let told = price(&booked).trail();
    assert_eq!(
        told,
        ["Rule 1: 10 h × 0.0049 EUR = 0.05, 19 % tax included 0.01"]
    );
}

#[test]
fn t6_t7_a_night_costs_the_hours_that_pass() {
    let mut world = priced(&[hourly("10")]);
    let mut night = |from: &str, to: &str| {
        let start = berlin(from, "22:00", "23:00").start();
        let end = berlin(to, "05:00", "06:00").end();
        total(
            &world
                .book(ANNA, 1, Interval::new(start, end).unwrap())
                .unwrap(),
        )
    };
    assert_eq!(night("2027-10-30", "2027-10-31"), "90.00", "T6");
    assert_eq!(night("2027-03-27", "2027-03-28"), "70.00", "T7");
}

#[test]
fn slots_are_begun_flat_is_once_and_tiers_are_chosen_by_the_whole() {
    let tiers = json!([
        {"from": 60, "flat_amount": "5", "unit_amount": "10"},
        {"from": 240, "flat_amount": "60"},
    ]);
    let cases = [
        (
            json!({"per": "slot", "amount": "3", "minutes": 30}),
            "09:00",
            "10:10",
            "9.00",
        ),
        (
            json!({"per": "booking", "amount": "12.5"}),
            "09:00",
            "17:00",
            "12.50",
        ),
        (
            json!({"per": "tiers", "tiers": tiers}),
            "09:00",
            "09:45",
            "0.00",
        ),
        (
            json!({"per": "tiers", "tiers": tiers}),
            "09:00",
            "11:00",
            "25.00",
        ),
        (
            json!({"per": "tiers", "tiers": tiers}),
            "09:00",
            "13:00",
            "60.00",
        ),
    ];
    for (rate, from, to, expected) in cases {
        let mut world = priced(&[json!({"rate": rate})]);
        assert_eq!(cost(&mut world, from, to), expected, "{rate}");
    }
}

#[test]
fn peak_counts_for_its_own_part_of_the_time() {
    let peak = json!({"from": "10:00:00", "to": "12:00:00", "weekdays": [2], "priority": 1});
    let mut world = priced(&[hourly("10"), with(hourly("25"), peak)]);
    let booked = world.book(ANNA, 1, berlin(DAY, "09:00", "13:00")).unwrap();
    assert_eq!(total(&booked), "70.00");
    let trail = price(&booked).trail();
    assert!(
        trail[0].starts_with("Rule 2: 2 h × 25.00 EUR = 50.00"),
        "{trail:?}"
    );
    assert!(
        trail[1].starts_with("Rule 1: 2 h × 10.00 EUR = 20.00"),
        "{trail:?}"
    );
}

#[test]
fn the_most_specific_rule_counts() {
    let mut world = priced(&[]);
    world.put(ObjectKind::Plan, 1, json!({"name": "Flex"}));
    let contract = json!({"name": "Anna", "user": ANNA, "plan": 1, "from": "2027-01-01"});
    world.put(ObjectKind::Membership, 1, contract);
    world.put(ObjectKind::Group, 7, json!({"name": "Friends"}));
    world.user(ANNA, &[7]);
    // Each is more specific than all before it.
    let rules = [
        json!({}),
        json!({"priority": 5}),
        json!({"sites": [1]}),
        json!({"kinds": ["room"]}),
        json!({"resources": [1]}),
        json!({"groups": [7]}),
        json!({"groups": [7], "resources": [1]}),
        json!({"plans": [1]}),
        json!({"memberships": [1]}),
    ];
    for (id, body) in (1..).zip(rules) {
        rule(&mut world, id, with(hourly(&id.to_string()), body));
        let hour = format!("{:02}:00", 8 + id);
        let next = format!("{:02}:00", 9 + id);
        assert_eq!(cost(&mut world, &hour, &next), format!("{id}.00"));
    }
    rule(
        &mut world,
        10,
        with(hourly("99"), json!({"resources": [2]})),
    );
    assert_eq!(cost(&mut world, "20:00", "21:00"), "9.00");
    let ben = world.book(BEN, 1, berlin(DAY, "20:00", "21:00")).unwrap();
    assert_eq!(total(&ben), "5.00", "everybody else");
}

#[test]
fn the_plan_counts_that_is_valid_at_the_booked_time() {
    let mut world = priced(&[hourly("10"), with(hourly("4"), json!({"plans": [1]}))]);
    world.put(ObjectKind::Plan, 1, json!({"name": "Flex"}));
    let contract = json!({"name": "Anna", "user": ANNA, "plan": 1, "from": "2027-03-03"});
    world.put(ObjectKind::Membership, 1, contract);
    assert_eq!(cost(&mut world, "09:00", "10:00"), "10.00");
    let next = world
        .book(ANNA, 1, berlin("2027-03-03", "09:00", "10:00"))
        .unwrap();
    assert_eq!(total(&next), "4.00");
    assert_eq!(price(&next).membership, Some(1.into()));
}

#[test]
fn units_multiply_and_free_time_and_caps_go_over_all_bookings_of_the_month() {
    let body = with(
        hourly("10"),
        json!({"free_minutes": 180, "caps": [{"period": "month", "amount": "25"}]}),
    );
    let mut world = priced(&[body]);
    let mut two = book(&[1], berlin(DAY, "09:00", "11:00"));
    two.resources[0].units = 2;
    let booked = world.run(ANNA, &two).unwrap().bookings[0].clone();
    assert_eq!(total(&booked), "10.00", "of four hours three are free");
    let ids = world.book_series(ANNA, berlin(DAY, "12:00", "13:00"), "FREQ=DAILY;COUNT=3");
    let costs: Vec<String> = ids.iter().map(|id| total(&world.bookings[id])).collect();
    assert_eq!(costs, ["10.00", "10.00", "0.00"]);
    let april = world
        .book(ANNA, 1, berlin("2027-04-01", "09:00", "13:00"))
        .unwrap();
    assert_eq!(total(&april), "10.00", "another month");
    world
        .run(ANNA, &cancel(booked.id, SeriesScope::This))
        .unwrap();
    assert_eq!(cost(&mut world, "15:00", "17:00"), "0.00", "free again");
}

#[test]
fn a_change_is_charged_by_the_difference_and_a_new_title_by_nothing() {
    let mut world = priced(&[hourly("10")]);
    let booked = world.book(ANNA, 1, berlin(DAY, "09:00", "11:00")).unwrap();
    rule(&mut world, 1, hourly("50"));
    let mut title = Amendment::default();
    title.texts.title = Some(Some("Talk".into()));
    world
        .run(ANNA, &amend(booked.id, SeriesScope::This, title))
        .unwrap();
    assert_eq!(world.owes(ANNA), decimal("20"), "frozen");
    rule(&mut world, 1, hourly("12"));
    let longer = to_time(berlin(DAY, "09:00", "12:00"));
    world
        .run(ANNA, &amend(booked.id, SeriesScope::This, longer))
        .unwrap();
    let charged: Vec<String> = world
        .charges
        .iter()
        .map(|c| c.amounts.total.to_string())
        .collect();
    assert_eq!(charged, ["20.00", "16.00"]);
    let handed = Amendment {
        owner: Some(UserId(BEN)),
        ..Amendment::default()
    };
    world
        .run(ADMIN, &amend(booked.id, SeriesScope::This, handed))
        .unwrap();
    assert_eq!(
        (world.owes(ANNA), world.owes(BEN)),
        (decimal("0"), decimal("36"))
    );
}

#[test]
fn b2_only_who_administers_sets_a_price_and_it_is_marked() {
    let mut world = priced(&[with(hourly("10"), json!({"accounting_code": "B1"}))]);
    let own = OwnPrice {
        amount: decimal("7.5"),
        currency: None,
    };
    let mut wish = book(&[1], berlin(DAY, "09:00", "11:00"));
    wish.texts.price = Some(Some(own.clone()));
    let refused = Refusal::Forbidden(Forbidden::SetPrice);
    assert_eq!(world.run(ANNA, &wish).unwrap_err(), refused);
    assert_eq!(
        world.run(ANNA, &Quote { book: wish.clone() }).unwrap_err(),
        refused
    );
    wish.owner = Some(UserId(ANNA));
    let booked = world.run(ADMIN, &wish).unwrap().bookings[0].clone();
    let frozen = price(&booked);
    assert!(frozen.custom);
    assert_eq!(
        (frozen.stated(), frozen.accounting_code()),
        (decimal("7.50"), Some("B1"))
    );
    // An administrator's other change leaves it, the owner's new time is priced by the rules.
    let scope = SeriesScope::This;
    let later = to_time(berlin(DAY, "10:00", "12:00"));
    let moved = world.run(ADMIN, &amend(booked.id, scope, later)).unwrap();
    assert!(price(&moved.booking).custom);
    let longer = to_time(berlin(DAY, "10:00", "16:00"));
    let moved = world.run(ANNA, &amend(booked.id, scope, longer)).unwrap();
    assert_eq!(
        (total(&moved.booking).as_str(), price(&moved.booking).custom),
        ("60.00", false)
    );
    let mut yen = book(&[1], berlin(DAY, "18:00", "19:00"));
    yen.texts.price = Some(Some(OwnPrice {
        currency: Some(Currency::parse("JPY").unwrap()),
        ..own
    }));
    assert!(
        matches!(first(world.run(ADMIN, &yen)), Rule::Invalid { .. }),
        "half a yen"
    );
}

#[test]
fn calling_off_late_costs_the_fee_once_and_early_nothing() {
    let terms = json!({"cancellation": {"hours": 24, "percent": "50", "amount": "8"}});
    let mut world = priced(&[with(hourly("10"), terms)]);
    let mut book = |date: &str, to| world.book(ANNA, 1, berlin(date, "09:00", to)).unwrap().id;
    let (early, late, short) = (
        book("2027-03-03", "11:00"),
        book(DAY, "11:00"),
        book(DAY, "10:00"),
    );
    world.now = at("2027-03-02T08:00:00+01:00");
    assert_eq!(world.owes(ANNA), decimal("50"));
    world.run(ANNA, &cancel(early, SeriesScope::This)).unwrap();
    assert_eq!(world.owes(ANNA), decimal("30"));
    for _ in 0..2 {
        world.run(ANNA, &cancel(late, SeriesScope::This)).unwrap();
        assert_eq!(world.owes(ANNA), decimal("20"));
    }
    world.run(ANNA, &cancel(short, SeriesScope::This)).unwrap();
    assert_eq!(world.owes(ANNA), decimal("18"), "at least 8");
    let kept = price(&world.bookings[&late]).trail();
    assert_eq!(
        kept,
        ["Rule 1: called off late: 10.00 EUR, 19 % tax included 1.60"]
    );
}

#[test]
fn what_is_too_late_to_call_off_free_of_charge_can_not_be_moved_away_first() {
    let terms = json!({"cancellation": {"hours": 24, "percent": "50"}});
    let mut world = priced(&[with(hourly("10"), terms)]);
    let booked = world.book(ANNA, 1, berlin(DAY, "09:00", "11:00")).unwrap();
    let scope = SeriesScope::This;
    let far = to_time(berlin("2027-06-01", "09:00", "11:00"));
    let shorter = to_time(berlin(DAY, "09:00", "09:15"));
    let longer = to_time(berlin(DAY, "08:00", "12:00"));
    world.now = at("2027-03-01T08:00:00+01:00");
    let early = world.run(
        ANNA,
        &amend(booked.id, scope, to_time(berlin(DAY, "09:00", "10:00"))),
    );
    assert_eq!(total(&early.unwrap().booking), "10.00", "in time");
    world.now = at("2027-03-01T12:00:00+01:00");
    for given_up in [far.clone(), shorter] {
        let refused = world.run(ANNA, &amend(booked.id, scope, given_up));
        let earliest = at("2027-03-02T12:00:00+01:00");
        assert_eq!(first(refused), Rule::Notice { earliest });
    }
    let more = world.run(ANNA, &amend(booked.id, scope, longer)).unwrap();
    assert_eq!(total(&more.booking), "40.00", "more is always welcome");
    let mut by_admin = amend(booked.id, scope, far);
    by_admin.override_rules = true.into();
    world.run(ADMIN, &by_admin).unwrap();
    world.run(ANNA, &cancel(booked.id, scope)).unwrap();
    assert_eq!(world.owes(ANNA), decimal("0"));
}

#[test]
fn who_manages_can_give_back_what_was_paid_for_time_that_is_over() {
    let mut world = priced(&[hourly("10")]);
    let mistaken = world
        .book(ANNA, 1, berlin(DAY, "09:00", "11:00"))
        .unwrap()
        .id;
    let used = world
        .book(ANNA, 1, berlin(DAY, "12:00", "13:00"))
        .unwrap()
        .id;
    world.now = at("2027-03-03T08:00:00+01:00");
    let mut give_back = cancel(mistaken, SeriesScope::This);
    give_back.override_rules = true.into();
    world.run(ADMIN, &give_back).unwrap();
    assert_eq!(world.owes(ANNA), decimal("10"));
    assert!(world.run(ANNA, &cancel(used, SeriesScope::This)).is_err());
    assert_eq!(world.owes(ANNA), decimal("10"));
}

#[test]
fn a_booking_never_costs_two_currencies() {
    let mut world = priced(&[with(hourly("10"), json!({"resources": [1]}))]);
    world.resource(2, json!({}));
    rule(
        &mut world,
        2,
        with(hourly("900"), json!({"resources": [2], "currency": "JPY"})),
    );
    let both = book(&[1, 2], berlin(DAY, "09:00", "10:00"));
    assert!(matches!(
        first(world.run(ANNA, &both)),
        Rule::Currencies { .. }
    ));
    let quoted = world.run(ANNA, &Quote { book: both }).unwrap();
    assert!(matches!(
        quoted.dates[0].violations[0].rule,
        Rule::Currencies { .. }
    ));
    assert!(world.charges.is_empty());
}

#[test]
fn a_quote_shows_the_price_of_each_date() {
    let body = with(
        hourly("10"),
        json!({"caps": [{"period": "week", "amount": "15"}]}),
    );
    let mut world = priced(&[body]);
    let mut wish = book(&[1], berlin(DAY, "09:00", "10:00"));
    let zone = domain::time::Zone::parse("Europe/Berlin").unwrap();
    let start = domain::time::civil(wish.interval.start(), &zone).0;
    let rule = domain::recurrence::Rule::parse("FREQ=DAILY;COUNT=3", start, &zone);
    wish.recurrence = Some(rule.unwrap());
    let quoted = world.run(ANNA, &Quote { book: wish.clone() }).unwrap();
    let quoted: Vec<String> = quoted
        .dates
        .iter()
        .map(|date| total(&date.booking))
        .collect();
    assert_eq!(quoted, ["10.00", "5.00", "0.00"]);
    assert!(world.charges.is_empty() && world.bookings.is_empty());
    let booked = world.run(ANNA, &wish).unwrap().bookings;
    let booked: Vec<String> = booked.iter().map(total).collect();
    assert_eq!(booked, quoted);
}

#[test]
fn without_an_end_nothing_is_sold() {
    let mut world = priced(&[hourly("10")]);
    world.resource(1, json!({"policy": {"open_end": true}}));
    let open = Interval::new(berlin(DAY, "09:00", "10:00").start(), None).unwrap();
    assert_eq!(first(world.book(ANNA, 1, open)), Rule::OpenEnd);
}

/// A world in which Anna's plan gives what `credits` says, from 15 January on.
fn on_plan(credits: Value, rules: &[Value]) -> World {
    let mut world = priced(rules);
    world.put(
        ObjectKind::Plan,
        1,
        json!({"name": "Flex", "credits": credits}),
    );
    let contract = json!({"name": "Anna", "user": ANNA, "plan": 1, "from": "2027-01-15"});
    world.put(ObjectKind::Membership, 1, contract);
    world
}

#[test]
fn hours_of_a_plan_pay_first_and_come_back_once() {
    let mut world = on_plan(json!([{"amount": "5", "kinds": ["room"]}]), &[hourly("10")]);
    let booked = world.book(ANNA, 1, berlin(DAY, "09:00", "12:00")).unwrap();
    assert_eq!(total(&booked), "0.00");
    assert_eq!(
        price(&booked).trail(),
        ["Rule 1: 3 h with credits, 19 % tax included 0.00"]
    );
    assert_eq!(
        cost(&mut world, "12:00", "16:00"),
        "20.00",
        "two hours were left"
    );
    let left = |world: &World| world.pots(ANNA).into_values().sum::<Decimal>();
    assert_eq!(left(&world), decimal("0"));
    for _ in 0..2 {
        world
            .run(ANNA, &cancel(booked.id, SeriesScope::This))
            .unwrap();
        assert_eq!(left(&world), decimal("3"));
    }
    // The month of the plan begins on the 15th: what is booked then is paid out of another pot.
    let next = world
        .book(ANNA, 1, berlin("2027-03-15", "09:00", "14:00"))
        .unwrap();
    assert_eq!(total(&next), "0.00");
    assert_eq!(world.pots(ANNA).len(), 2);
    assert_eq!(left(&world), decimal("3"));
    // A shorter booking gives the rest back.
    let shorter = to_time(berlin("2027-03-15", "09:00", "10:00"));
    world
        .run(ANNA, &amend(next.id, SeriesScope::This, shorter))
        .unwrap();
    assert_eq!(left(&world), decimal("7"));
}

#[test]
fn permanent_credits_of_earlier_months_stay_and_amounts_pay_in_money() {
    let credits = json!([{"amount": "10", "unit": "amount", "currency": "EUR", "permanent": true}]);
    let mut world = on_plan(credits, &[hourly("10")]);
    // Since 15 January there were two months: the rest is charged.
    assert_eq!(cost(&mut world, "09:00", "11:30"), "5.00");
    assert_eq!(world.pots(ANNA).len(), 2);
}

#[test]
fn a_pass_pays_for_one_desk_and_one_day_of_any_length() {
    let credits = json!([{"amount": "2", "unit": "passes", "kinds": ["room"]}]);
    let mut world = on_plan(credits, &[hourly("10")]);
    assert_eq!(cost(&mut world, "08:00", "20:00"), "0.00");
    let mut two = book(&[1], berlin("2027-03-03", "09:00", "10:00"));
    two.resources[0].units = 2;
    let booked = world.run(ANNA, &two).unwrap().bookings[0].clone();
    assert_eq!(total(&booked), "20.00", "one is left, two are needed");
    assert_eq!(
        world.pots(ANNA).into_values().sum::<Decimal>(),
        decimal("1")
    );
}

#[test]
fn the_base_rule_is_the_hourly_one_for_everybody_at_any_time() {
    let mut world = World::with_room(json!({}));
    let rule = |amount: &str, more: Value| {
        let mut rule = json!({
            "name": amount, "currency": "EUR", "rate": {"per": "hour", "amount": amount},
        });
        for (field, value) in more.as_object().unwrap() {
            rule[field] = value.clone();
        }
        rule
    };
    let base = |world: &World| {
        let room = world.catalog.resources.get(1).unwrap();
        domain::money::base_rule(room, &world.catalog).map(|rule| rule.name.clone())
    };
    assert_eq!(base(&world), None);
    world.put(ObjectKind::Plan, 1, json!({"name": "Full time"}));
    for (id, amount, more) in [
        (1, "1", json!({"plans": [1]})),
        (2, "2", json!({"weekdays": [1]})),
        (3, "3", json!({"rate": {"per": "booking", "amount": "3"}})),
    ] {
        world.put(ObjectKind::PriceRule, id, rule(amount, more));
    }
    assert_eq!(base(&world), None);
    for (id, amount, more) in [
        (4, "4", json!({})),
        (5, "5", json!({})),
        (6, "6", json!({"priority": 1})),
        (7, "7", json!({"kinds": ["room"]})),
        (8, "8", json!({"resources": [1]})),
        (9, "9", json!({"resources": [2], "priority": 9})),
    ] {
        world.put(ObjectKind::PriceRule, id, rule(amount, more));
        let expected = if id == 9 { "8" } else { amount };
        assert_eq!(base(&world).as_deref(), Some(expected));
    }
}
