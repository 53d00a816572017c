//! A small world that keeps what commands change, and shows each only what it asked for.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use domain::booking::{Booking, Claim, Holding, Series};
use domain::catalog::{Catalog, Object, ObjectKind, StoredObject};
use domain::decide::{
    Amend, Amendment, Book, BookingTarget, Cancel, Command, Context, OnConflict, Override, People,
    SeriesScope, Snapshot, Texts, Wanted,
};
use domain::entropy::Entropy;
use domain::ids::{BookingId, InvoiceId, OrganisationId, ResourceId, SeriesId, UserId};
use domain::money::{Charge, Invoice, OpenCharge, Pot};
use domain::people::{Actor, CreditEntry, Door, Scopes, User, UserField, UserKey};
use domain::recurrence::Rule as Recurrence;
use domain::refusal::{Refusal, Rule};
use domain::time::{Interval, Zone};
use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use uuid::Uuid;

pub const ADMIN: i64 = 1;
pub const ANNA: i64 = 2;
pub const BEN: i64 = 3;
pub const ADMINS: i64 = 1;

pub struct World {
    pub catalog: Catalog,
    pub users: HashMap<UserId, Arc<Object<User>>>,
    pub bookings: BTreeMap<BookingId, Booking>,
    pub series: BTreeMap<SeriesId, Series>,
    pub ledger: Vec<CreditEntry>,
    pub charges: Vec<Charge>,
    /// Of each charge, the invoice that it stands on.
    pub billed: Vec<Option<InvoiceId>>,
    pub invoices: Vec<Invoice>,
    pub now: Timestamp,
    drawn: u8,
}

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// From and to on one date in Berlin's winter or summer time, as the date has it.
pub fn berlin(date: &str, from: &str, to: &str) -> Interval {
    let zone = Zone::parse("Europe/Berlin").unwrap();
    let instant = |time: &str| {
        let (date, time) = if time == "24:00" {
            let date: jiff::civil::Date = date.parse().unwrap();
            (date.tomorrow().unwrap().to_string(), "00:00")
        } else {
            (date.to_owned(), time)
        };
        let civil: jiff::civil::DateTime = format!("{date}T{time}").parse().unwrap();
        zone.rules().to_timestamp(civil).unwrap()
    };
    Interval::new(instant(from), Some(instant(to))).unwrap()
}

pub fn rules(refusal: &Refusal) -> Vec<&Rule> {
    match refusal {
        Refusal::Rules(violations) => violations.iter().map(|v| &v.rule).collect(),
        other => panic!("no rules: {other:?}"),
    }
}

/// The rule that is named first.
pub fn first<T: std::fmt::Debug>(result: Result<T, Refusal>) -> Rule {
    let refusal = result.expect_err("a refusal");
    rules(&refusal)[0].clone()
}

impl World {
    /// Berlin, with one area, an administrator, Anna and Ben. It is Monday, 1 March 2027, 08:00.
    pub fn new() -> Self {
        let organisation = json!({"name": "Acme", "zone": "Europe/Berlin"});
        let organisation = Object {
            id: 1,
            uuid: Uuid::nil(),
            version: 1,
            body: serde_json::from_value(organisation).unwrap(),
        };
        let mut world = Self {
            catalog: Catalog::new(OrganisationId(1), "acme", organisation),
            users: HashMap::new(),
            bookings: BTreeMap::new(),
            series: BTreeMap::new(),
            ledger: Vec::new(),
            charges: Vec::new(),
            billed: Vec::new(),
            invoices: Vec::new(),
            now: at("2027-03-01T08:00:00+01:00"),
            drawn: 0,
        };
        let site = json!({"name": "Mitte", "zone": "Europe/Berlin"});
        world.put(ObjectKind::Site, 1, site);
        world.put(
            ObjectKind::Area,
            1,
            json!({"name": "First floor", "site": 1}),
        );
        let admins = json!({"name": "Admins", "roles": ["application_administrator"]});
        world.put(ObjectKind::Group, ADMINS, admins);
        world.user(ADMIN, &[ADMINS]);
        world.user(ANNA, &[]);
        world.user(BEN, &[]);
        world
    }

    /// With room 1, edited as `body` says.
    pub fn with_room(body: Value) -> Self {
        let mut world = Self::new();
        world.resource(1, body);
        world
    }

    pub fn put(&mut self, kind: ObjectKind, id: i64, body: Value) {
        let stored = StoredObject {
            kind,
            id,
            uuid: Uuid::nil(),
            version: 1,
            body: Some(body.to_string()),
        };
        let revision = self.catalog.revision + 1;
        self.catalog = self.catalog.with(revision, &[stored]).unwrap();
    }

    pub fn resource(&mut self, id: i64, body: Value) {
        let mut whole = json!({"name": format!("Room {id}"), "area": 1, "kind": "room"});
        let whole_map = whole.as_object_mut().unwrap();
        for (key, value) in body.as_object().unwrap() {
            whole_map.insert(key.clone(), value.clone());
        }
        self.put(ObjectKind::Resource, id, whole);
    }

    pub fn user(&mut self, id: i64, groups: &[i64]) {
        let body = User {
            username: format!("user{id}"),
            email: format!("user{id}@example.com"),
            first_name: format!("User {id}"),
            groups: groups.iter().map(|id| (*id).into()).collect(),
            ..User::default()
        };
        let user = Object {
            id,
            uuid: Uuid::nil(),
            version: 1,
            body,
        };
        self.users.insert(UserId(id), Arc::new(user));
    }

    pub fn context(&self, actor: i64) -> Context {
        Context {
            now: self.now,
            actor: Actor {
                organisation: OrganisationId(1),
                user: self.users[&UserId(actor)].clone(),
                scopes: Scopes::ALL,
                token: None,
                door: Door::Api,
            },
            entropy: Entropy::new([self.drawn; 32]),
        }
    }

    pub fn balance(&self, user: i64) -> Decimal {
        let own = self
            .ledger
            .iter()
            .filter(|entry| entry.user.0 == user && entry.pot.is_none());
        own.map(|entry| entry.amount).sum()
    }

    /// What is in each of a person's pots.
    pub fn pots(&self, user: i64) -> BTreeMap<Pot, Decimal> {
        let mut pots = BTreeMap::new();
        for entry in self.ledger.iter().filter(|entry| entry.user.0 == user) {
            if let Some(pot) = &entry.pot {
                *pots.entry(pot.clone()).or_default() += entry.amount;
            }
        }
        pots
    }

    /// What a person owes.
    pub fn owes(&self, user: i64) -> Decimal {
        let own = self.charges.iter().filter(|charge| charge.user.0 == user);
        own.map(|charge| charge.amounts.total).sum()
    }

    pub fn grant(&mut self, user: i64, amount: i64) {
        let grant = domain::decide::GrantCredits {
            user: UserId(user),
            pot: None,
            amount: amount.into(),
            note: "welcome".into(),
        };
        self.run(ADMIN, &grant).unwrap();
    }

    /// Carries a command out as a store does.
    pub fn run<C: Command>(&mut self, actor: i64, command: &C) -> Result<C::Outcome, Refusal> {
        self.drawn = self.drawn.wrapping_add(1);
        let context = self.context(actor);
        let snapshot = self.snapshot(&context, command)?;
        let decision = command.decide(&context, &snapshot)?;
        let changes = decision.changes;
        self.ledger.extend(changes.credit_entries(self.now));
        self.charges.extend(changes.charges(self.now));
        self.billed.resize(self.charges.len(), None);
        for change in changes.invoices.clone() {
            for billed in &mut self.billed {
                *billed = billed.filter(|id| Some(*id) != change.invoice.corrects);
            }
            for id in change.charges {
                let billed = &mut self.billed[usize::try_from(id).unwrap()];
                assert_eq!(*billed, None, "billed once");
                *billed = Some(change.invoice.id);
            }
            self.invoices.push(change.invoice);
        }
        for change in changes.bookings {
            let stored = self.bookings.get(&change.after.id);
            assert_eq!(stored, change.before.as_ref(), "what was there before");
            assert!(change.after.id.0 > 0, "a fresh id");
            self.bookings.insert(change.after.id, change.after);
        }
        for change in changes.series {
            assert_eq!(self.series.get(&change.after.id), change.before.as_ref());
            self.series.insert(change.after.id, change.after);
        }
        for object in changes.objects {
            let revision = self.catalog.revision + 1;
            self.catalog = self.catalog.with(revision, &[object.after]).unwrap();
        }
        for change in changes.users {
            if let Some(before) = change.before {
                let stored = self.users.remove(&UserId(before.id));
                assert_eq!(stored.as_deref(), Some(&before), "what was there before");
            }
            if let Some(user) = change.after {
                self.users.insert(UserId(user.id), Arc::new(user));
            }
        }
        Ok(decision.outcome)
    }

    pub fn snapshot<C: Command>(
        &self,
        context: &Context,
        command: &C,
    ) -> Result<Snapshot, Refusal> {
        let mut snapshot = Snapshot::new(Arc::new(self.catalog.clone()));
        let targets = command.targets(context);
        let anchor = match &targets.bookings {
            BookingTarget::None => None,
            BookingTarget::One(id) | BookingTarget::WithSeries(id) => self.bookings.get(id),
            BookingTarget::Many(ids) => {
                let wanted = self.bookings.values().filter(|b| ids.contains(&b.id));
                snapshot.bookings = wanted.cloned().collect();
                None
            }
            BookingTarget::OwnedBy(owner, after) => {
                self.several(&mut snapshot, *after, |b| b.owner == *owner)
            }
            BookingTarget::Taking(resource, after) => {
                self.several(&mut snapshot, *after, |b| b.takes(*resource))
            }
        };
        if let Some(anchor) = anchor {
            let series = anchor.series;
            snapshot.series = series.map(|id| self.series[&id].clone());
            let whole = matches!(targets.bookings, BookingTarget::WithSeries(_));
            let wanted = |b: &&Booking| {
                b.id == anchor.id || (whole && series.is_some() && b.series == series)
            };
            snapshot.bookings = self.bookings.values().filter(wanted).cloned().collect();
            snapshot
                .bookings
                .sort_by_key(|b| (b.interval.start(), b.id));
        }
        let owners = snapshot.bookings.iter().map(|booking| booking.owner);
        for id in targets.users.iter().copied().chain(owners) {
            if let Some(user) = self.users.get(&id) {
                snapshot.users.insert(id, user.clone());
            }
        }
        let mut people: Vec<_> = match &targets.people {
            People::None => Vec::new(),
            People::Everybody => self.users.values().cloned().collect(),
            People::With(key) => {
                let found = self.users.values().filter(|u| u.keys().contains(key));
                found.cloned().collect()
            }
        };
        people.sort_by_key(|user| user.id);
        snapshot.people = people;
        if let Some((payers, month)) = &targets.open_charges {
            let charges = self.charges.iter().zip(&self.billed).enumerate();
            let open = charges.filter(|(_, (charge, billed))| {
                billed.is_none() && charge.month <= *month && payers.contains(&charge.user)
            });
            let open = open.map(|(id, (charge, _))| OpenCharge {
                id: i64::try_from(id).unwrap(),
                charge: charge.clone(),
            });
            snapshot.open_charges = open.collect();
        }
        if let Some(id) = targets.invoice {
            let taken_back = self.invoices.iter().any(|i| i.corrects == Some(id));
            let found = self.invoices.iter().find(|invoice| invoice.id == id);
            snapshot.invoice = found.map(|invoice| (invoice.clone(), taken_back));
        }
        let probe = command.probe(context, &snapshot)?;
        if let Some(year) = probe.invoices_of {
            let of_year = self.invoices.iter().filter(|invoice| invoice.year == year);
            snapshot.last_invoice = of_year.map(|invoice| invoice.number).max().unwrap_or(0);
        }
        let last = i64::try_from(self.invoices.len()).unwrap();
        let ids = (1..).take(probe.new_invoices).map(|n| InvoiceId(last + n));
        snapshot.fresh.invoices = ids.collect();
        if let Some((username, email)) = &probe.names {
            let holder = |field, value: &str| {
                let key = UserKey::of(field, value);
                let mut holders = self.users.iter().filter(|(_, u)| u.keys().contains(&key));
                holders.next().map(|(id, _)| *id)
            };
            snapshot.taken = (
                holder(UserField::Username, username),
                holder(UserField::Email, email),
            );
        }
        let live = || self.bookings.values().filter(|b| b.state.occupies());
        let asked = |claim: &Claim| {
            probe.items.contains(&claim.item)
                && probe.windows.iter().any(|w| w.overlaps(&claim.occupied))
        };
        snapshot.claims = live().flat_map(Booking::claims).filter(asked).collect();
        for person in &probe.holdings {
            let held = live().filter(|b| {
                b.owner == person.owner && person.windows.iter().any(|w| w.overlaps(&b.interval))
            });
            snapshot.holdings.extend(held.map(|b| Holding {
                booking: b.id,
                owner: b.owner,
                interval: b.interval,
                resources: b.resource_ids().collect(),
                price: b.details.price.clone(),
            }));
        }
        for user in &probe.balances {
            snapshot.balances.insert(*user, self.balance(user.0));
        }
        for user in &probe.pots {
            let pots = self.pots(user.0).into_iter().collect();
            snapshot.pots.insert(*user, pots);
        }
        let last = self.bookings.keys().last().map_or(0, |id| id.0);
        let ids = (1..).take(probe.new_bookings).map(|n| BookingId(last + n));
        snapshot.fresh.bookings = ids.collect();
        let last = self.series.keys().last().map_or(0, |id| id.0);
        let ids = (1..).take(probe.new_series).map(|n| SeriesId(last + n));
        snapshot.fresh.series = ids.collect();
        snapshot.fresh.object = probe.new_object.map(|_| 900);
        let last = self.users.keys().map(|id| id.0).max().unwrap_or(0);
        let first = last.max(899) + 1;
        snapshot.fresh.users = (first..).map(UserId).take(probe.new_users).collect();
        Ok(snapshot)
    }

    fn several(
        &self,
        snapshot: &mut Snapshot,
        after: Timestamp,
        wanted: impl Fn(&Booking) -> bool,
    ) -> Option<&Booking> {
        let to_come = |b: &&Booking| b.state.occupies() && !b.is_over(after) && wanted(b);
        snapshot.bookings = self.bookings.values().filter(to_come).cloned().collect();
        let series = self.series.values();
        let series = series.filter(|s| snapshot.bookings.iter().any(|b| b.series == Some(s.id)));
        snapshot.several_series = series.cloned().collect();
        None
    }

    /// Books one thing.
    pub fn book(&mut self, actor: i64, resource: i64, when: Interval) -> Result<Booking, Refusal> {
        let booked = self.run(actor, &book(&[resource], when))?;
        Ok(booked.bookings[0].clone())
    }

    /// Books a series, and gives the ids by start.
    pub fn book_series(&mut self, actor: i64, when: Interval, rule: &str) -> Vec<BookingId> {
        let zone = Zone::parse("Europe/Berlin").unwrap();
        let start = domain::time::civil(when.start(), &zone).0;
        let command = Book {
            recurrence: Some(Recurrence::parse(rule, start, &zone).unwrap()),
            ..book(&[1], when)
        };
        let booked = self.run(actor, &command).unwrap();
        booked.bookings.iter().map(|booking| booking.id).collect()
    }

    /// The wall-clock starts of a series' bookings that hold, by start.
    pub fn starts(&self, series: SeriesId) -> Vec<String> {
        let mut held: Vec<&Booking> = self
            .bookings
            .values()
            .filter(|b| b.series == Some(series) && b.state.occupies())
            .collect();
        held.sort_by_key(|booking| booking.interval.start());
        held.iter().map(|b| b.civil.start().to_string()).collect()
    }
}

/// The wish for some resources, one unit each.
pub fn book(resources: &[i64], when: Interval) -> Book {
    let wanted = |id: &i64| Wanted {
        resource: ResourceId(*id),
        units: 1,
    };
    Book {
        resources: resources.iter().map(wanted).collect(),
        interval: when,
        recurrence: None,
        zone: None,
        owner: None,
        texts: Texts::default(),
        on_conflict: OnConflict::Refuse,
        override_rules: Override::No,
    }
}

pub fn amend(booking: BookingId, scope: SeriesScope, amendment: Amendment) -> Amend {
    Amend {
        booking,
        scope,
        expected_version: None,
        amendment,
        override_rules: Override::No,
    }
}

/// An amendment of the time alone.
pub fn to_time(when: Interval) -> Amendment {
    Amendment {
        start: Some(when.start()),
        end: Some(when.end()),
        ..Amendment::default()
    }
}

pub fn cancel(booking: BookingId, scope: SeriesScope) -> Cancel {
    Cancel {
        booking,
        scope,
        dates: None,
        expected_version: None,
        reason: None,
        override_rules: Override::No,
    }
}
