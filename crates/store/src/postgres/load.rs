//! Reading what a command needs to see.

use std::sync::{Arc, LazyLock};

use domain::booking::{Holding, Item};
use domain::decide::{BookingTarget, People, Probe, Snapshot, Targets};
use domain::ids::{
    BookingId, InvoiceId, OrganisationId, SeriesId, SubscriptionId, TokenId, UserId,
};
use domain::time::{Interval, micros};
use tokio_postgres::Row;

use super::flight::{Flight, Param, params};
use super::rows::{self, get};
use super::{money, subscriptions, tokens};
use crate::StoreError;
use crate::classes::{self, MAX_BUFFER};
use crate::codec::{self, BOOKING_COLUMNS, item_key};

/// A series as text.
pub(super) const SERIES: &str = "SELECT body FROM series WHERE id = $1 AND organisation = $2";

/// Those of the users that exist.
pub(super) const USERS: &str = "SELECT p.id, p.uuid, p.version, p.body FROM person p
     WHERE p.id = ANY ($1::bigint[]) AND p.organisation = $2 AND p.state < 3";

/// One booking.
pub(super) static BOOKING: LazyLock<String> = LazyLock::new(|| {
    format!("SELECT {BOOKING_COLUMNS} FROM booking b WHERE b.id = $1 AND b.organisation = $2")
});

/// Those of these bookings that exist, by id.
pub(super) static BOOKINGS_BY_IDS: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT {BOOKING_COLUMNS} FROM booking b WHERE b.id = ANY ($1::bigint[]) AND b.organisation = $2 ORDER BY b.id"
    )
});

/// All bookings of a series, by start.
pub(super) static BOOKINGS_OF_SERIES: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT {BOOKING_COLUMNS} FROM booking b WHERE b.series = $1 AND b.organisation = $2 ORDER BY b.start, b.id"
    )
});

/// A booking; with those of its series, if $3.
static TARGET: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT {BOOKING_COLUMNS} FROM booking b WHERE b.id = $1 AND b.organisation = $2
         UNION ALL
         SELECT {BOOKING_COLUMNS} FROM booking b
         WHERE $3 AND b.series = (SELECT series FROM booking WHERE id = $1 AND organisation = $2)
           AND b.organisation = $2 AND b.id <> $1"
    )
});

const TARGET_SERIES: &str = "SELECT s.body FROM series s
     WHERE s.id = (SELECT series FROM booking WHERE id = $1 AND organisation = $2) AND s.organisation = $2";

/// The users named, and the owners of the bookings that [`TARGET`] finds.
const TARGET_USERS: &str = "SELECT p.id, p.uuid, p.version, p.body FROM person p
     WHERE p.organisation = $2 AND p.state < 3 AND p.id IN (
         SELECT unnest($4::bigint[])
         UNION SELECT owner FROM booking WHERE id = $1 AND organisation = $2
         UNION SELECT owner FROM booking
         WHERE $3 AND organisation = $2
           AND series = (SELECT series FROM booking WHERE id = $1 AND organisation = $2))";

/// One bounded range per item, window and class; see [`classes`]. A claim may begin up to a buffer, and no more
/// than its whole span, before its booking. `OFFSET 0` keeps the ranges what the innermost loop looks up.
pub(super) static CLAIMS: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT c.* FROM unnest($1::bigint[]) AS item(id)
         CROSS JOIN unnest($2::bigint[], $3::bigint[]) AS probe(from_, to_)
         CROSS JOIN (VALUES {}) AS class(id, span)
         CROSS JOIN LATERAL (
             SELECT c.item, c.class, c.start, c.booking, c.\"end\", c.before, c.after, c.units, c.exclusive, c.legacy
             FROM claim c
             WHERE c.item = item.id AND c.live AND c.class = class.id
               AND c.start > probe.from_ - class.span AND c.start < probe.to_ + least(class.span, {MAX_BUFFER})
               AND c.start - c.before < probe.to_ AND c.\"end\" + c.after > probe.from_
             OFFSET 0) AS c",
        classes::values()
    )
});

/// The claims that take an item at an instant, and the first that begin after it, by item and class.
pub(super) static CLAIMS_AROUND: LazyLock<String> = LazyLock::new(|| {
    let columns = "c.item, c.class, c.start, c.booking, c.\"end\", c.before, c.after, c.units, c.exclusive, c.legacy";
    format!(
        "SELECT c.* FROM unnest($1::bigint[]) AS item(id)
         CROSS JOIN (VALUES {}) AS class(id, span)
         CROSS JOIN LATERAL (
             (SELECT {columns} FROM claim c
              WHERE c.item = item.id AND c.live AND c.class = class.id
                AND c.start > $2::bigint - class.span AND c.start < $2 + 1 AND c.\"end\" > $2)
             UNION ALL
             (SELECT {columns} FROM claim c
              WHERE c.item = item.id AND c.live AND c.class = class.id AND c.start > $2
              ORDER BY c.start, c.booking LIMIT 1)) AS c",
        classes::values()
    )
});

/// What people hold, each overlapping one of their windows.
static HELD: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT DISTINCT b.* FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS probe(owner, from_, to_)
         CROSS JOIN (VALUES {}) AS class(id, span)
         CROSS JOIN LATERAL (
             SELECT b.id, b.owner, b.start, b.\"end\", b.details FROM booking b
             WHERE b.owner = probe.owner AND b.live AND b.class = class.id
               AND b.start > probe.from_ - class.span AND b.start < probe.to_ AND b.\"end\" > probe.from_
             OFFSET 0) AS b",
        classes::values()
    )
});

/// The ids of the bookings of a booking's series, by start.
const SIBLINGS: &str = "SELECT b.id FROM booking anchor JOIN booking b ON b.series = anchor.series
     WHERE anchor.id = $1 AND anchor.organisation = $2 ORDER BY b.start, b.id";

/// The balance of each of some people.
pub(super) const BALANCES: &str =
    "SELECT wanted.id, coalesce(c.balance, '0') FROM unnest($1::bigint[]) AS wanted(id)
     LEFT JOIN LATERAL (SELECT balance FROM credit WHERE person = wanted.id AND pot = ''
         ORDER BY id DESC LIMIT 1) AS c ON true";

/// The pots of some people, each with what is in it.
pub(super) const POTS: &str =
    "SELECT wanted.id, c.pot, c.balance FROM unnest($1::bigint[]) AS wanted(id)
     CROSS JOIN LATERAL (SELECT DISTINCT ON (pot) pot, balance FROM credit
         WHERE person = wanted.id AND pot > '' ORDER BY pot, id DESC) AS c";

const TAKEN: &str = "SELECT
     (SELECT id FROM person WHERE organisation = $1 AND username_key = $2),
     (SELECT id FROM person WHERE organisation = $1 AND email_key = $3)";

/// The arguments of two arrays: starts and ends.
pub(super) fn windows(windows: &[Interval]) -> (Vec<i64>, Vec<i64>) {
    windows.iter().map(classes::bounds).unzip()
}

/// The bookings of a person that end after an instant.
const OWNED: &str = "b.owner = $1 AND b.live AND b.\"end\" > $3 AND b.organisation = $2";

/// Those that take an item.
const TAKING: &str =
    "b.id IN (SELECT c.booking FROM claim c WHERE c.item = $1 AND c.live AND c.\"end\" > $3)
     AND b.organisation = $2";

/// People by what is true of them.
const PEOPLE: &str =
    "SELECT p.id, p.uuid, p.version, p.body FROM person_key k JOIN person p ON p.id = k.person
     WHERE k.organisation = $1 AND k.field = $2 AND k.value = $3 AND p.state < 3 ORDER BY p.id";

const EVERYBODY: &str = "SELECT p.id, p.uuid, p.version, p.body FROM person p
     WHERE p.organisation = $1 AND p.state < 3 ORDER BY p.id";

/// The statements that read the targets, and where their rows will be.
#[derive(Default)]
pub(super) struct TargetSteps {
    bookings: Option<usize>,
    series: Option<usize>,
    several_series: Option<usize>,
    siblings: Option<usize>,
    users: Option<usize>,
    people: Option<usize>,
    invoice: Option<usize>,
    token: Option<usize>,
    open_charges: Option<usize>,
    subscriptions: Option<usize>,
}

/// Whether there is anything to read.
pub(super) fn any(targets: &Targets) -> bool {
    *targets != Targets::default()
}

/// Adds the reading of the targets; with the owners of the bookings, where one is named.
pub(super) fn targets(
    flight: &mut Flight,
    organisation: OrganisationId,
    targets: &Targets,
) -> TargetSteps {
    let own = organisation.0;
    let wanted: Vec<i64> = targets.users.iter().map(|id| id.0).collect();
    let mut steps = TargetSteps::default();
    let mut anchored = |flight: &mut Flight, id: i64, whole: bool| {
        steps.bookings = Some(flight.add(TARGET.as_str(), params![id, own, whole]));
        steps.series = Some(flight.add(TARGET_SERIES, params![id, own]));
        steps.siblings = Some(flight.add(SIBLINGS, params![id, own]));
        let users = params![id, own, whole, wanted.clone()];
        steps.users = Some(flight.add(TARGET_USERS, users));
    };
    match &targets.bookings {
        BookingTarget::One(id) => anchored(flight, id.0, false),
        BookingTarget::WithSeries(id) => anchored(flight, id.0, true),
        BookingTarget::None => {}
        BookingTarget::Many(ids) => {
            let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
            steps.bookings = Some(flight.add(BOOKINGS_BY_IDS.as_str(), params![ids, own]));
        }
        BookingTarget::OwnedBy(owner, after) => several(flight, &mut steps, OWNED, || {
            params![owner.0, own, micros(*after)]
        }),
        BookingTarget::Taking(resource, after) => {
            let item = item_key(Item::Resource(*resource));
            several(flight, &mut steps, TAKING, || {
                params![item, own, micros(*after)]
            });
        }
    }
    if steps.users.is_none() && !wanted.is_empty() {
        steps.users = Some(flight.add(USERS, params![wanted, own]));
    }
    steps.people = match &targets.people {
        People::None => None,
        People::Everybody => Some(flight.add(EVERYBODY, params![own])),
        People::With(key) => {
            let key = params![own, rows::plain(&key.field), rows::plain(&key.value)];
            Some(flight.add(PEOPLE, key))
        }
    };
    if let Some(id) = targets.invoice {
        steps.invoice = Some(flight.add(money::INVOICE, params![id.0, own]));
    }
    steps.token = targets.token.map(|id| tokens::target(flight, own, id));
    if let Some((payers, month)) = &targets.open_charges {
        let payers: Vec<i64> = payers.iter().map(|id| id.0).collect();
        let values = params![own, payers, month.to_string()];
        steps.open_charges = Some(flight.add(money::OPEN, values));
    }
    if let Some(site) = targets.subscriptions {
        steps.subscriptions = Some(flight.add(subscriptions::OF_SITE, params![own, site.0]));
    }
    steps
}

/// Adds the reading of the bookings that fit a condition, and of all their series.
fn several(
    flight: &mut Flight,
    steps: &mut TargetSteps,
    condition: &str,
    values: impl Fn() -> Vec<Param>,
) {
    let sql = format!("SELECT {BOOKING_COLUMNS} FROM booking b WHERE {condition}");
    steps.bookings = Some(flight.add(sql, values()));
    let sql = format!(
        "SELECT s.body FROM series s WHERE s.id IN (SELECT b.series FROM booking b WHERE {condition}) ORDER BY s.id"
    );
    steps.several_series = Some(flight.add(sql, values()));
}

impl TargetSteps {
    /// Puts what was read into the snapshot.
    pub(super) fn land(
        &self,
        rows: &[Vec<Row>],
        snapshot: &mut Snapshot,
    ) -> Result<(), StoreError> {
        let of = |step: Option<usize>| {
            step.and_then(|step| rows.get(step))
                .map_or(&[][..], Vec::as_slice)
        };
        snapshot.bookings = rows::bookings(of(self.bookings))?;
        snapshot
            .bookings
            .sort_by_key(|booking| (booking.interval.start(), booking.id));
        let series = of(self.series).first().map(series);
        snapshot.series = series.transpose()?;
        let several = of(self.several_series).iter().map(self::series);
        snapshot.several_series = several.collect::<Result<_, _>>()?;
        let people = of(self.people).iter();
        let people = people.map(|row| rows::user(row).map(Arc::new));
        snapshot.people = people.collect::<Result<_, _>>()?;
        let sibling = |row: &Row| get(row, 0).map(BookingId);
        snapshot.siblings = of(self.siblings)
            .iter()
            .map(sibling)
            .collect::<Result<_, _>>()?;
        snapshot.users = rows::users(of(self.users))?;
        let invoice = of(self.invoice).first().map(money::invoice);
        snapshot.invoice = invoice.transpose()?;
        let token = of(self.token).first().map(tokens::token).transpose()?;
        snapshot.token = token.map(Into::into);
        let open = of(self.open_charges).iter().map(money::open_charge);
        snapshot.open_charges = open.collect::<Result<_, _>>()?;
        let wanted = of(self.subscriptions).iter();
        let wanted = wanted.map(subscriptions::subscription);
        snapshot.subscriptions = wanted.collect::<Result<_, _>>()?;
        Ok(())
    }
}

/// A series out of its only column.
pub(super) fn series(row: &Row) -> Result<domain::booking::Series, StoreError> {
    serde_json::from_str(get(row, 0)?).map_err(StoreError::corrupt)
}

/// Where the rows of what a probe asks for will be.
#[derive(Default)]
pub(super) struct ProbeSteps {
    claims: Option<usize>,
    holdings: Option<usize>,
    balances: Option<usize>,
    pots: Option<usize>,
    names: Option<usize>,
    bookings: Option<usize>,
    series: Option<usize>,
    object: Option<usize>,
    users: Option<usize>,
    tokens: Option<usize>,
    subscription: Option<usize>,
    invoices: Option<usize>,
    last_invoice: Option<usize>,
}

/// Adds the reading of what a probe asks for.
pub(super) fn probed(
    flight: &mut Flight,
    organisation: OrganisationId,
    probe: &Probe,
) -> Result<ProbeSteps, StoreError> {
    let mut steps = ProbeSteps::default();
    if !probe.items.is_empty() && !probe.windows.is_empty() {
        let items: Vec<i64> = probe.items.iter().map(|item| item_key(*item)).collect();
        let (from, to) = windows(&probe.windows);
        steps.claims = Some(flight.add(CLAIMS.as_str(), params![items, from, to]));
    }
    if !probe.holdings.is_empty() {
        let (mut owners, mut from, mut to) = (Vec::new(), Vec::new(), Vec::new());
        for holdings in &probe.holdings {
            let (starts, ends) = windows(&holdings.windows);
            owners.extend(starts.iter().map(|_| holdings.owner.0));
            from.extend(starts);
            to.extend(ends);
        }
        steps.holdings = Some(flight.add(HELD.as_str(), params![owners, from, to]));
    }
    if !probe.balances.is_empty() {
        let people: Vec<i64> = probe.balances.iter().map(|id| id.0).collect();
        steps.balances = Some(flight.add(BALANCES, params![people]));
    }
    if !probe.pots.is_empty() {
        let people: Vec<i64> = probe.pots.iter().map(|id| id.0).collect();
        steps.pots = Some(flight.add(POTS, params![people]));
    }
    if let Some((username, email)) = &probe.names {
        let names = params![
            organisation.0,
            rows::plain(&username.to_lowercase()),
            rows::plain(&email.to_lowercase())
        ];
        steps.names = Some(flight.add(TAKEN, names));
    }
    let mut fresh = |kind: &str, count: usize| {
        let count = i64::try_from(count).map_err(StoreError::corrupt)?;
        Ok::<_, StoreError>((count > 0).then(|| flight.add(ids_sql(kind), params![count])))
    };
    steps.bookings = fresh("booking", probe.new_bookings)?;
    steps.series = fresh("series", probe.new_series)?;
    if let Some(kind) = probe.new_object {
        steps.object = fresh(kind.name(), 1)?;
    }
    steps.users = fresh("user", probe.new_users)?;
    steps.tokens = fresh("token", probe.new_tokens)?;
    steps.subscription = fresh("subscription", probe.new_subscription.into())?;
    steps.invoices = fresh("invoice", probe.new_invoices)?;
    if let Some(year) = probe.invoices_of {
        let values = params![organisation.0, i64::from(year)];
        steps.last_invoice = Some(flight.add(money::LAST, values));
    }
    Ok(steps)
}

/// The next $1 ids of a kind.
pub(super) fn ids_sql(kind: &str) -> String {
    format!("SELECT nextval('id_{kind}') FROM generate_series(1, $1::bigint)")
}

impl ProbeSteps {
    /// Puts what was read into the snapshot.
    pub(super) fn land(
        &self,
        rows: &[Vec<Row>],
        snapshot: &mut Snapshot,
    ) -> Result<(), StoreError> {
        let of = |step: Option<usize>| {
            step.and_then(|step| rows.get(step))
                .map_or(&[][..], Vec::as_slice)
        };
        let ids = |step| {
            of(step)
                .iter()
                .map(|row| get(row, 0))
                .collect::<Result<Vec<i64>, _>>()
        };
        snapshot.claims = rows::claims(of(self.claims))?;
        snapshot.holdings = of(self.holdings)
            .iter()
            .map(holding)
            .collect::<Result<_, _>>()?;
        for row in of(self.balances) {
            let balance = get::<&str>(row, 1)?.parse().map_err(StoreError::corrupt)?;
            snapshot.balances.insert(UserId(get(row, 0)?), balance);
        }
        for row in of(self.pots) {
            let pot = codec::pot(get(row, 1)?, get(row, 2)?)?;
            let pots = snapshot.pots.entry(UserId(get(row, 0)?));
            pots.or_default().push(pot);
        }
        if let Some(row) = of(self.names).first() {
            let holder = |column| Ok::<_, StoreError>(get::<Option<i64>>(row, column)?.map(UserId));
            snapshot.taken = (holder(0)?, holder(1)?);
        }
        let fresh = &mut snapshot.fresh;
        fresh.bookings = ids(self.bookings)?.into_iter().map(BookingId).collect();
        fresh.series = ids(self.series)?.into_iter().map(SeriesId).collect();
        fresh.object = ids(self.object)?.pop();
        fresh.users = ids(self.users)?.into_iter().map(UserId).collect();
        fresh.tokens = ids(self.tokens)?.into_iter().map(TokenId).collect();
        fresh.subscription = ids(self.subscription)?.pop().map(SubscriptionId);
        fresh.invoices = ids(self.invoices)?.into_iter().map(InvoiceId).collect();
        if let Some(row) = of(self.last_invoice).first() {
            snapshot.last_invoice = get(row, 0)?;
        }
        Ok(())
    }
}

fn holding(row: &Row) -> Result<Holding, StoreError> {
    let owner = UserId(get(row, 1)?);
    codec::holding(
        get(row, 0)?,
        owner,
        get(row, 2)?,
        get(row, 3)?,
        get(row, 4)?,
    )
}
