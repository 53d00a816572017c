//! Invoices: what is open is billed once, numbers have no gaps, and what was wrong is taken back.

use domain::catalog::ObjectKind;
use domain::decide::{CloseMonth, SeriesScope, TakeBack};
use domain::ids::{InvoiceId, UserId};
use domain::money::{Invoice, InvoiceKind};
use domain::refusal::{Forbidden, Missing, Refusal, Rule};
use jiff::civil::date;
use rust_decimal::Decimal;
use serde_json::json;

use super::world::*;

/// Ten euros an hour, with 19 percent on top; Anna has a contract from 15 March on.
fn priced() -> World {
    let mut world = World::with_room(json!({"units": 3}));
    let rule = json!({
        "name": "Hour", "currency": "EUR", "rate": {"per": "hour", "amount": "10"},
        "tax": {"rate": "19", "treatment": "exclusive"},
    });
    world.put(ObjectKind::PriceRule, 1, rule);
    world.put(ObjectKind::Plan, 1, json!({"name": "Flex"}));
    let contract = json!({"name": "Anna Ltd", "user": ANNA, "plan": 1, "from": "2027-03-15"});
    world.put(ObjectKind::Membership, 1, contract);
    world
}

fn close(world: &mut World, month: i8) -> Vec<Invoice> {
    let payers = vec![UserId(ANNA), UserId(BEN)];
    let month = date(2027, month, 1);
    world.run(ADMIN, &CloseMonth { month, payers }).unwrap()
}

fn totals(invoices: &[Invoice]) -> Vec<(String, String)> {
    let total = |i: &Invoice| (i.code(), i.amounts().total.to_string());
    invoices.iter().map(total).collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    let own = |(code, total): &(&str, &str)| ((*code).to_owned(), (*total).to_owned());
    expected.iter().map(own).collect()
}

#[test]
fn a_month_is_billed_once_to_each_person_and_membership() {
    let mut world = priced();
    for day in ["2027-03-02", "2027-03-16", "2027-04-02"] {
        world.book(ANNA, 1, berlin(day, "09:00", "11:00")).unwrap();
    }
    world
        .book(BEN, 1, berlin("2027-03-31", "23:00", "24:00"))
        .unwrap();
    let early = CloseMonth {
        month: date(2027, 3, 1),
        payers: vec![UserId(ANNA)],
    };
    assert!(
        matches!(first(world.run(ADMIN, &early)), Rule::Invalid { .. }),
        "not over"
    );
    world.now = at("2027-04-01T00:00:00+02:00");
    let by_anna = world.run(ANNA, &early).unwrap_err();
    assert_eq!(by_anna, Refusal::Forbidden(Forbidden::Administer));
    let made = close(&mut world, 3);
    let expected = [
        ("2027-00001", "23.80"),
        ("2027-00002", "23.80"),
        ("2027-00003", "11.90"),
    ];
    assert_eq!(totals(&made), pairs(&expected));
    let names: Vec<&str> = made.iter().map(|invoice| invoice.name.as_str()).collect();
    assert_eq!(names, ["User 2", "Anna Ltd", "User 3"]);
    assert!(close(&mut world, 3).is_empty(), "once");
    world.now = at("2027-05-01T00:00:00+02:00");
    assert_eq!(
        totals(&close(&mut world, 4)),
        pairs(&[("2027-00004", "23.80")])
    );
}

#[test]
fn what_changes_later_is_billed_by_the_difference() {
    let mut world = priced();
    let when = berlin("2027-03-02", "09:00", "11:00");
    let booked = world.book(ANNA, 1, when).unwrap();
    world.book(BEN, 1, when).unwrap();
    world.now = at("2027-04-01T00:00:00+02:00");
    close(&mut world, 3);
    let mut own = domain::decide::Amendment::default();
    own.texts.price = Some(Some(domain::money::OwnPrice {
        amount: 5.into(),
        currency: None,
    }));
    let mut set = amend(booked.id, SeriesScope::This, own);
    set.override_rules = true.into();
    world.run(ADMIN, &set).unwrap();
    let made = close(&mut world, 3);
    assert_eq!(totals(&made), pairs(&[("2027-00003", "-17.85")]));
    assert_eq!(made[0].kind, InvoiceKind::CreditNote);
    assert_eq!(
        (world.owes(ANNA), world.owes(BEN)),
        ("5.95".parse().unwrap(), "23.8".parse().unwrap())
    );
}

#[test]
fn an_invoice_is_taken_back_once_and_billed_anew() {
    let mut world = priced();
    world
        .book(ANNA, 1, berlin("2027-03-02", "09:00", "11:00"))
        .unwrap();
    world.now = at("2027-04-01T00:00:00+02:00");
    let made = close(&mut world, 3);
    let back = |id| TakeBack {
        invoice: id,
        reason: "the wrong address".into(),
    };
    let by_anna = world.run(ANNA, &back(made[0].id)).unwrap_err();
    assert_eq!(by_anna, Refusal::Forbidden(Forbidden::Administer));
    let missing = Refusal::NotFound(Missing::Invoice);
    assert_eq!(world.run(BEN, &back(made[0].id)).unwrap_err(), missing);
    assert_eq!(world.run(ADMIN, &back(InvoiceId(77))).unwrap_err(), missing);
    let note = world.run(ADMIN, &back(made[0].id)).unwrap();
    assert_eq!(
        totals(std::slice::from_ref(&note)),
        pairs(&[("2027-00002", "-23.80")])
    );
    assert!(matches!(
        first(world.run(ADMIN, &back(made[0].id))),
        Rule::Taken { .. }
    ));
    assert!(matches!(
        first(world.run(ADMIN, &back(note.id))),
        Rule::Invalid { .. }
    ));
    assert_eq!(
        totals(&close(&mut world, 3)),
        pairs(&[("2027-00003", "23.80")])
    );
    assert_eq!(world.owes(ANNA), "23.8".parse::<Decimal>().unwrap());
}
