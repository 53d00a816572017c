//! Judges the stored state, as it is read row by row: whether it keeps the promises.
//!
//! | promise | what is looked at |
//! | --- | --- |
//! | V1 | no resource has more units booked at any instant than it has, and no part is booked beside its whole |
//! | V2 | every time has a start before its end, and an instant that can be stored |
//! | V3 | no accessory is lent out more often than there are |
//! | V4 | balances are the sums of their entries; a booking is charged what it says, and only by override on credit |
//! | V5 | nobody uses more of a quota, nor a schedule more resources, nor a booking more people than was allowed |
//! | V6 | every series has its bookings, all in one organisation, each occurrence once |
//! | V7 | a booking has exactly its claims, and every claim its booking |
//! | V15 | the journal tells once how each booking was made |
//! | V17 | a future booking is when its wall clock says, by the rules of its zone |
//! | V18 | references carry their secret and their booking's number; no number is given twice |
//! | V19 | versions begin at 1 |
//! | V20 | every row can be read, and points to rows that are there |
//!
//! What an administrator allows is no fault: imported overlaps are exempt, and so are those that new rules of time
//! zones made, but they are named; buffers that were set aside do not count; units that were lowered count from then
//! on, and where a resource became part of another, or a stock was lowered, only later bookings count.

mod capacity;
mod ledger;
mod limits;
mod money;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use domain::booking::{Booking, Item};
use domain::catalog::Catalog;
use domain::ids::{BookingId, OrganisationId, ResourceId};
use jiff::Timestamp;
use jiff::civil::DateTime;
use serde::Serialize;
use store::{Inspected, StoredBooking};

use capacity::Limits;
use ledger::Ledger;
use limits::Recount;
use money::Money;

/// Something that breaks a promise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The promise.
    pub invariant: &'static str,
    /// The kind of row.
    pub table: String,
    /// Its number.
    pub id: i64,
    /// What is wrong with it.
    pub detail: String,
}

/// How much was looked at.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Counted {
    /// Bookings.
    pub bookings: u64,
    /// Claims of theirs.
    pub claims: u64,
    /// Series.
    pub series: u64,
    /// Objects of catalogs.
    pub objects: u64,
    /// Users.
    pub users: u64,
    /// Entries of ledgers.
    pub credits: u64,
}

/// Judges rows in the order in which they are read.
pub struct Judge {
    /// How much was looked at.
    pub counted: Counted,
    /// Bookings that are not over and are kept although they overlap others.
    pub kept: Vec<BookingId>,
    now: Timestamp,
    /// The organisations whose future bookings follow the rules that this program knows.
    zones: HashSet<OrganisationId>,
    catalogs: HashMap<OrganisationId, Arc<Catalog>>,
    /// When limits of items changed.
    changed: HashMap<Item, Timestamp>,
    /// Of each such instant, the highest number of a booking made before it.
    before: Vec<(Timestamp, i64)>,
    series: HashSet<i64>,
    occurrences: HashMap<i64, HashSet<DateTime>>,
    /// What a resource's buffers were set aside for.
    tight: HashSet<(BookingId, ResourceId)>,
    /// The claims of families, without buffers and with them.
    families: [capacity::Family; 2],
    /// The drawings that are kept beside the catalogs.
    drawings: HashSet<(OrganisationId, String)>,
    ledger: Ledger,
    money: Money,
    limits: Recount,
    findings: Vec<Finding>,
}

impl Judge {
    /// Judges what is stored at an instant.
    pub fn new(now: Timestamp) -> Self {
        Self {
            counted: Counted::default(),
            kept: Vec::new(),
            now,
            zones: HashSet::new(),
            catalogs: HashMap::new(),
            changed: HashMap::new(),
            before: Vec::new(),
            series: HashSet::new(),
            occurrences: HashMap::new(),
            tight: HashSet::new(),
            families: Default::default(),
            drawings: HashSet::new(),
            ledger: Ledger::default(),
            money: Money::default(),
            limits: Recount::default(),
            findings: Vec::new(),
        }
    }

    /// Takes a row in; gives what is wrong with it.
    pub fn judge(&mut self, row: Inspected) -> Vec<Finding> {
        match row {
            Inspected::Catalogs(Ok(catalogs)) => self.catalogs = catalogs,
            Inspected::Catalogs(Err(cause)) => self.find("V20", "organisation", 0, cause),
            Inspected::Zones { organisation, tzdb } => {
                if tzdb == domain::time::tzdb_version() {
                    self.zones.insert(organisation);
                }
            }
            Inspected::Object {
                kind,
                id,
                version,
                body,
            } => {
                self.counted.objects += 1;
                self.row(&kind, id, version, body);
            }
            Inspected::User { id, version, body } => {
                self.counted.users += 1;
                if let Ok(user) = &body {
                    self.limits.user(id, user);
                }
                self.row("user", id, version, body.map(drop));
            }
            Inspected::Edited { kind, id, at } => self.limits.edited(kind, id, at),
            Inspected::Changed { item, at } => {
                let last = self.changed.entry(item).or_insert(at);
                *last = at.max(*last);
                self.before.push((at, 0));
                self.before.sort_unstable();
            }
            Inspected::Series { .. } => self.series(row),
            Inspected::Booking(booking) => self.booking(&booking),
            Inspected::Orphan { item, booking } => {
                let detail = format!("it has a claim on {}, but does not exist", name(item));
                self.find("V7", "booking", booking, detail);
            }
            Inspected::Claims { item, claims } => self.claims(item, claims),
            Inspected::Untold { booking, told } => {
                let detail = format!("the journal tells {told} times that it was made");
                self.find("V15", "booking", booking, detail);
            }
            Inspected::Credit {
                id,
                user,
                pot,
                amount,
                balance,
                booking,
            } => {
                self.counted.credits += 1;
                if let Err((invariant, detail)) =
                    self.ledger.entry(user, &pot, &amount, &balance, booking)
                {
                    self.find(invariant, "credit", id, detail);
                }
            }
            Inspected::Charge {
                id,
                charge,
                invoice,
            } => {
                let wrong = match charge {
                    Ok(charge) => self.money.charge(&charge, invoice),
                    Err(cause) => Some(cause),
                };
                if let Some(detail) = wrong {
                    self.find("V4", "charge", id, detail);
                }
            }
            Inspected::Invoice { id, invoice } => {
                let wrong = match invoice {
                    Ok(invoice) => self.money.invoice(&invoice),
                    Err(cause) => Some(cause),
                };
                if let Some(detail) = wrong {
                    self.find("V4", "invoice", id, detail);
                }
            }
            Inspected::Counter { kind, last, used } if used > last => {
                let detail = format!("numbers were given up to {last}, but this one is in use");
                self.find("V18", &kind, used, detail);
            }
            Inspected::Counter { .. } => {}
            Inspected::Drawing {
                organisation,
                digest,
                sound,
            } => {
                if !sound {
                    self.find(
                        "V20",
                        "drawing",
                        organisation.0,
                        format!("{digest} is damaged"),
                    );
                }
                self.drawings.insert((organisation, digest));
            }
            Inspected::Damage(damage) => self.find("V20", "database", 0, damage),
        }
        std::mem::take(&mut self.findings)
    }

    /// What can be said only once all is read.
    pub fn finish(mut self) -> (Vec<Finding>, Counted) {
        for (table, id, detail) in std::mem::take(&mut self.limits).finish(&self.catalogs) {
            self.find("V5", table, id, detail);
        }
        for family in std::mem::take(&mut self.families) {
            for (item, conflict) in family.conflicts(&self.stock()) {
                self.find("V1", "resource", number(item), conflict);
            }
        }
        for (table, id, detail) in std::mem::take(&mut self.money).finish() {
            self.find("V4", table, id, detail);
        }
        for (booking, detail) in std::mem::take(&mut self.ledger).uncharged() {
            self.find("V4", "booking", booking, detail);
        }
        self.missing_drawings();
        (self.findings, self.counted)
    }

    /// Every drawing that an area names is kept, and no other.
    fn missing_drawings(&mut self) {
        let mut kept = std::mem::take(&mut self.drawings);
        let mut named = HashSet::new();
        let mut missing = Vec::new();
        for (organisation, catalog) in &self.catalogs {
            for area in catalog.areas.values() {
                let image = area.plan.as_ref().and_then(|plan| plan.image.as_ref());
                let Some(image) = image else { continue };
                let key = (*organisation, image.digest.clone());
                if !kept.contains(&key) {
                    missing.push((area.id, image.digest.clone()));
                }
                named.insert(key);
            }
        }
        missing.sort();
        for (area, digest) in missing {
            self.find(
                "V20",
                "area",
                area,
                format!("its drawing {digest} is missing"),
            );
        }
        kept.retain(|key| !named.contains(key));
        let mut left: Vec<_> = kept.into_iter().collect();
        left.sort();
        for (organisation, digest) in left {
            let detail = format!("{digest} belongs to no area");
            self.find("V20", "drawing", organisation.0, detail);
        }
    }

    fn find(&mut self, invariant: &'static str, table: &str, id: i64, detail: String) {
        self.findings.push(Finding {
            invariant,
            table: table.to_owned(),
            id,
            detail,
        });
    }

    fn row(&mut self, table: &str, id: i64, version: i64, body: Result<(), String>) {
        if version < 1 {
            self.find("V19", table, id, format!("its version is {version}"));
        }
        if let Err(cause) = body {
            self.find("V20", table, id, cause);
        }
    }

    fn series(&mut self, row: Inspected) {
        let Inspected::Series {
            id,
            organisation,
            series,
            bookings,
            foreign,
        } = row
        else {
            return;
        };
        self.counted.series += 1;
        self.series.insert(id);
        match series {
            Err(cause) => self.find("V20", "series", id, cause),
            Ok(series) => {
                if series.id.0 != id || series.organisation != organisation {
                    let detail = "its body is that of another series".into();
                    self.find("V6", "series", id, detail);
                }
                self.row("series", id, series.version, Ok(()));
            }
        }
        if foreign > 0 {
            let detail = format!("{foreign} of its bookings are another organisation's");
            self.find("V6", "series", id, detail);
        }
        if bookings == 0 {
            self.find("V6", "series", id, "it has no booking".into());
        }
    }

    fn booking(&mut self, stored: &StoredBooking) {
        self.counted.bookings += 1;
        self.counted.claims += u64::try_from(stored.claims.len()).unwrap_or(0);
        let id = stored.id;
        let booking = match &stored.booking {
            Ok(booking) => booking,
            Err(cause) => return self.find("V2", "booking", id, cause.clone()),
        };
        self.row("booking", id, booking.version, Ok(()));
        if stored.live != booking.state.occupies() {
            let state = booking.state.name();
            self.find(
                "V7",
                "booking",
                id,
                format!("it is {state}, but not kept as that"),
            );
        }
        let resources = booking.details.resources.iter();
        let tight = resources.filter(|booked| booked.tight);
        self.tight
            .extend(tight.map(|booked| (booking.id, booked.resource)));
        self.claims_of(stored, booking);
        self.reference(booking);
        self.occurrence(booking);
        self.time(booking);
        if !self.catalogs.is_empty() && !self.catalogs.contains_key(&booking.organisation) {
            let detail = "its organisation does not exist".into();
            self.find("V20", "booking", id, detail);
        }
        self.ledger.booking(booking);
        if let Some(detail) = self.money.booking(booking) {
            self.find("V4", "booking", id, detail);
        }
        if let Some(catalog) = self.catalogs.get(&booking.organisation).cloned() {
            for (table, id, detail) in self.limits.booking(booking, &catalog) {
                self.find("V5", table, id, detail);
            }
        }
        let later = self
            .before
            .partition_point(|(at, _)| *at <= booking.created_at);
        if let Some((_, highest)) = self.before.get_mut(later) {
            *highest = id.max(*highest);
        }
    }

    fn claims_of(&mut self, stored: &StoredBooking, booking: &Booking) {
        let mut wanted: Vec<_> = booking.claims().into_iter().zip(&stored.expected).collect();
        wanted.sort_unstable_by_key(|(claim, _)| claim.item);
        let mut held = Vec::new();
        for claim in &stored.claims {
            match &claim.claim {
                Ok(content) => held.push((content, (claim.live, claim.class))),
                Err(cause) => self.find("V2", "booking", stored.id, format!("a claim: {cause}")),
            }
        }
        held.sort_unstable_by_key(|(claim, _)| claim.item);
        let same = wanted.len() == held.len()
            && wanted
                .iter()
                .zip(&held)
                .all(|((a, kept), (b, found))| a == *b && *kept == found);
        if !same {
            let list = |items: Vec<Item>| {
                let names: Vec<String> = items.into_iter().map(name).collect();
                names.join(", ")
            };
            let detail = format!(
                "its claims are not its own: it should hold {}, and holds {}, or for another time or number",
                list(wanted.iter().map(|(claim, _)| claim.item).collect()),
                list(held.iter().map(|(claim, _)| claim.item).collect()),
            );
            self.find("V7", "booking", stored.id, detail);
        }
    }

    fn time(&mut self, booking: &Booking) {
        if !booking.state.occupies() || booking.is_over(self.now) {
            return;
        }
        if booking.claims().iter().any(|claim| claim.legacy) {
            self.kept.push(booking.id);
        }
        let moved = booking
            .civil
            .moved_by_new_rules(&booking.interval, self.now);
        if self.zones.contains(&booking.organisation) && moved != Ok(None) {
            let (start, zone) = (booking.civil.start(), booking.zone());
            let detail = format!(
                "it is for {start} in {zone}, but begins at {}",
                booking.interval.start()
            );
            self.find("V17", "booking", booking.id.0, detail);
        }
    }

    fn reference(&mut self, booking: &Booking) {
        // An imported reference is another system's business, and shorter than any of ours.
        let ours = booking.reference.len() >= 27;
        if booking.reference.is_empty()
            || (ours && domain::reference::booking_id(&booking.reference) != Some(booking.id))
        {
            let detail = "its reference is not one that belongs to it".into();
            self.find("V18", "booking", booking.id.0, detail);
        }
    }

    fn occurrence(&mut self, booking: &Booking) {
        let Some(series) = booking.series else { return };
        if !self.series.contains(&series.0) {
            let detail = format!("its series {series} does not exist");
            self.find("V6", "booking", booking.id.0, detail);
        }
        if let Some(occurrence) = booking.occurrence.filter(|_| booking.state.is_open())
            && !self
                .occurrences
                .entry(series.0)
                .or_default()
                .insert(occurrence)
        {
            let detail = format!("it is the second of series {series} at {occurrence}");
            self.find("V6", "booking", booking.id.0, detail);
        }
    }

    fn stock(&self) -> Limits<'_> {
        Limits {
            catalogs: &self.catalogs,
            changed: &self.changed,
            before: &self.before,
        }
    }

    fn claims(&mut self, item: Item, mut claims: Vec<domain::booking::Claim>) {
        claims.retain(|claim| !claim.legacy);
        let (invariant, table) = match item {
            Item::Resource(_) => ("V1", "resource"),
            Item::Accessory(_) => ("V3", "accessory"),
        };
        // What is booked must fit; and with buffers, what no buffers were set aside for.
        let bare: Vec<_> = claims.iter().map(domain::booking::Claim::bare).collect();
        if let Item::Resource(id) = item {
            claims.retain(|claim| !self.tight.contains(&(claim.booking, id)));
        }
        let mut excesses = capacity::excesses(item, &bare, &self.stock());
        if excesses.is_empty() {
            excesses = capacity::excesses(item, &claims, &self.stock());
        }
        for excess in excesses {
            self.find(invariant, table, number(item), excess);
        }
        if let Item::Resource(id) = item {
            let [without, with] = &mut self.families;
            without.keep(id, bare, &self.catalogs);
            with.keep(id, claims, &self.catalogs);
        }
    }
}

fn name(item: Item) -> String {
    match item {
        Item::Resource(id) => format!("resource {id}"),
        Item::Accessory(id) => format!("accessory {id}"),
    }
}

fn number(item: Item) -> i64 {
    match item {
        Item::Resource(id) => id.0,
        Item::Accessory(id) => id.0,
    }
}

/// Bookings, as a message names them.
pub fn names(bookings: impl IntoIterator<Item = BookingId>) -> String {
    let names: Vec<String> = bookings.into_iter().map(|id| id.to_string()).collect();
    names.join(", ")
}
