//! What is charged, and what is in pots, is what the bookings say, whoever books at once.

use std::sync::Arc;

use domain::decide::{Cancel, CloseMonth, GrantCredits, PutObject, SeriesScope, TakeBack};
use domain::ids::{BookingId, MembershipId};
use domain::money::{CreditUnit, Currency, Pot, PotSource, PriceRule};
use domain::people::{Membership, Plan};
use domain::refusal::Rule;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use store::InvoiceFilter;
use tokio::task::JoinSet;

use crate::common::{House, book, put, run, span};

fn from<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

async fn in_pots(house: &House) -> Decimal {
    let pots = house.store.pots(house.admin.id()).await.unwrap();
    pots.into_iter().map(|(_, balance)| balance).sum()
}

async fn charged(house: &House, booking: BookingId) -> Vec<String> {
    let charges = house.store.charges_of(house.organisation, booking);
    let charges = charges.await.unwrap().into_iter();
    charges
        .map(|(charge, _)| charge.amounts.total.to_string())
        .collect()
}

fn cancel(booking: BookingId) -> Cancel {
    Cancel {
        booking,
        scope: SeriesScope::This,
        dates: None,
        expected_version: None,
        reason: None,
        override_rules: false.into(),
    }
}

/// Hours cost 10 euros, and the administrator's plan gives five of them.
pub async fn prices_are_charged_once_and_pots_spent_once(house: House) {
    let rule: PriceRule = from(json!({
        "name": "Hour", "currency": "EUR", "rate": {"per": "hour", "amount": "10"},
        "tax": {"rate": "20", "treatment": "exclusive"},
    }));
    house.run(put(rule)).await.unwrap();
    let plan: Plan = from(json!({"name": "Flex", "credits": [{"amount": "5"}]}));
    let plan = house.run(put(plan)).await.unwrap().id;
    let user = house.admin.id();
    let contract = json!({"name": "Ada", "user": user.0, "plan": plan, "from": "1970-01-01"});
    let contract: Membership = from(contract);
    let contract = house.run(put(contract)).await.unwrap().id;

    let store = Arc::new(&house);
    let mut tasks = JoinSet::new();
    for hour in 0..12 {
        let wish = book(store.resources[0], span(hour * 120, hour * 120 + 120));
        let (database, actor) = (store.store.clone(), store.admin.clone());
        tasks.spawn(async move {
            run(&database, &actor, wish)
                .await
                .unwrap()
                .bookings
                .remove(0)
        });
    }
    let booked = tasks.join_all().await;
    let owed = |booking: &domain::booking::Booking| {
        let price = booking.details.price.as_ref().unwrap();
        assert_eq!(price.membership, Some(MembershipId(contract)));
        price.amounts().total
    };
    // 24 hours, of which five are paid with credits; 20 percent on top.
    assert_eq!(booked.iter().map(owed).sum::<Decimal>(), decimal("228.00"));
    assert_eq!(in_pots(&house).await, Decimal::ZERO);
    for booking in &booked {
        let expected = [owed(booking).to_string()];
        let expected = expected.into_iter().filter(|amount| amount != "0.00");
        assert_eq!(
            charged(&house, booking.id).await,
            expected.collect::<Vec<_>>()
        );
    }
    let mut tasks = JoinSet::new();
    for booking in booked.iter().chain(&booked) {
        let (database, actor, command) =
            (house.store.clone(), house.admin.clone(), cancel(booking.id));
        tasks.spawn(async move { run(&database, &actor, command).await.map(drop) });
    }
    for done in tasks.join_all().await {
        done.unwrap();
    }
    assert_eq!(in_pots(&house).await, decimal("5"), "given back once");
    for booking in &booked {
        let charged = charged(&house, booking.id).await;
        let sum: Decimal = charged.iter().map(|amount| decimal(amount)).sum();
        assert_eq!((sum, charged.len() % 2), (Decimal::ZERO, 0), "{charged:?}");
    }
}

pub async fn pots_are_granted_and_read_again(house: House) {
    let user = house.admin.id();
    let pot = |unit, currency: Option<&str>| Pot {
        source: PotSource::Granted {
            name: "Zehnerkarte \"10\"".into(),
        },
        unit,
        currency: currency.map(|code| Currency::parse(code).unwrap()),
        kinds: Vec::new(),
        first_day: None,
        last_day: Some(jiff::civil::date(2027, 12, 31)),
    };
    let grant = |amount: i64, pot| GrantCredits {
        user,
        pot,
        amount: amount.into(),
        note: "bought".into(),
    };
    let passes = pot(CreditUnit::Passes, None);
    let euros = pot(CreditUnit::Amount, Some("EUR"));
    for (amount, pot) in [
        (10, Some(&passes)),
        (50, Some(&euros)),
        (3, None),
        (-4, Some(&passes)),
    ] {
        house.run(grant(amount, pot.cloned())).await.unwrap();
    }
    let refused = house
        .run(grant(-7, Some(passes.clone())))
        .await
        .unwrap_err();
    let (required, balance) = (7.into(), 6.into());
    let rule = Rule::Credits { required, balance };
    assert_eq!(refused, domain::refusal::Refusal::rule(rule));
    let mut found = house.store.pots(user).await.unwrap();
    found.sort();
    let mut expected = vec![(passes, 6.into()), (euros, 50.into())];
    expected.sort();
    assert_eq!(found, expected);
    assert_eq!(house.store.balance(user).await.unwrap(), 3.into());
    let standing = house.store.standings(&[user]).await.unwrap();
    assert_eq!(standing[&user].credits, 3.into());
    let again = house.place.dump().await;
    let nonsense: Pot = pot(CreditUnit::Amount, None);
    assert!(house.run(grant(1, Some(nonsense))).await.is_err());
    let no_such = PutObject::<PriceRule> {
        id: Some(77),
        expected_version: None,
        body: from(
            json!({"name": "x", "currency": "EUR", "rate": {"per": "booking", "amount": "1"}}),
        ),
    };
    assert!(house.run(no_such).await.is_err());
    assert_eq!(house.place.dump().await, again);
}

pub async fn a_month_is_billed_once_however_often_it_is_closed(house: House) {
    let rule: PriceRule = from(json!({
        "name": "Hour", "currency": "JPY", "rate": {"per": "hour", "amount": "999.5"},
        "accounting_code": "B1",
    }));
    house.run(put(rule)).await.unwrap();
    for hour in 1..4 {
        let mut wish = book(house.resources[0], span(hour * -60, hour * -60 + 60));
        wish.override_rules = true.into();
        house.run(wish).await.unwrap();
    }
    let user = house.admin.id();
    let month = jiff::civil::date(2029, 12, 1);
    let payers = house.store.payers(house.organisation, month).await.unwrap();
    assert_eq!(payers, [user]);
    let open = house
        .store
        .open_charges(house.organisation, user)
        .await
        .unwrap();
    assert_eq!(open.len(), 3);
    let mut tasks = JoinSet::new();
    for _ in 0..4 {
        let (store, actor) = (house.store.clone(), house.admin.clone());
        let close = CloseMonth {
            month,
            payers: payers.clone(),
        };
        tasks.spawn(async move { run(&store, &actor, close).await.unwrap() });
    }
    let mut made: Vec<_> = tasks.join_all().await.into_iter().flatten().collect();
    assert_eq!(made.len(), 1, "once");
    let invoice = made.remove(0);
    assert_eq!(
        (invoice.code().as_str(), invoice.amounts().total),
        ("2030-00001", 3000.into())
    );
    let store = &house.store;
    let stored = async |id| store.invoice(house.organisation, id).await.unwrap();
    assert_eq!(stored(invoice.id).await, Some((invoice.clone(), false)));
    assert!(
        store
            .payers(house.organisation, month)
            .await
            .unwrap()
            .is_empty()
    );
    let charges = store
        .charges_of(house.organisation, invoice.lines[0].booking)
        .await
        .unwrap();
    assert_eq!(charges[0].1, Some(invoice.id));

    let back = TakeBack {
        invoice: invoice.id,
        reason: "address".into(),
    };
    let note = house.run(back.clone()).await.unwrap();
    assert_eq!((note.number, note.amounts().total), (2, (-3000).into()));
    assert_eq!(stored(invoice.id).await, Some((invoice.clone(), true)));
    let before = house.place.dump().await;
    assert!(house.run(back).await.is_err());
    assert_eq!(house.place.dump().await, before);
    let again = house.run(CloseMonth { month, payers }).await.unwrap();
    assert_eq!(again[0].number, 3);
    let filter = |user, after| InvoiceFilter {
        organisation: house.organisation,
        user,
        month: Some(month),
        after,
        limit: 2,
    };
    let page = store.invoices(&filter(Some(user), 0)).await.unwrap();
    assert_eq!(page.items, [invoice, note]);
    let page = store
        .invoices(&filter(None, page.next.unwrap()))
        .await
        .unwrap();
    assert_eq!((page.items, page.next), (again, None));
    let nobody = store.invoices(&filter(Some(999.into()), 0)).await.unwrap();
    assert!(nobody.items.is_empty());
}
