//! What an inspection of the stored state reads: row by row, in one snapshot, without judging it.

use std::collections::HashMap;
use std::sync::Arc;

use domain::booking::{Booking, Claim, Item, Series};
use domain::catalog::{
    Accessory, Announcement, Area, Attribute, Blackout, Catalog, ObjectKind, Organisation,
    Resource, ResourceGroup, ResourceType, Schedule, Site, StateReason, WaitingRequest,
};
use domain::ids::OrganisationId;
use domain::money::{Charge, Invoice, PriceRule};
use domain::people::{Client, Group, Membership, Plan, Quota, User};
use jiff::Timestamp;
use serde::de::DeserializeOwned;

use crate::codec::ClaimRow;

/// A database, as it presents itself.
#[derive(Clone, Debug)]
pub struct Database {
    /// Product and version.
    pub product: String,
    /// The schema it has.
    pub schema: i64,
    /// The newest schema this program knows.
    pub known: i64,
    /// What time it is there, if it has a clock of its own.
    pub clock: Option<Timestamp>,
    /// The versions of the time-zone database by which future bookings have their instants; none if the schema is
    /// another than this program's.
    pub zones: Vec<String>,
    /// How many bookings that are not over are kept although they overlap others.
    pub kept: i64,
}

/// A claim as it is stored.
#[derive(Clone, Debug)]
pub struct StoredClaim {
    /// Whether it is stored as one that counts.
    pub live: bool,
    /// The duration class it is stored under.
    pub class: i64,
    /// What it says; the reason, if that makes no sense.
    pub claim: Result<Claim, String>,
}

/// A booking as it is stored.
#[derive(Clone, Debug)]
pub struct StoredBooking {
    /// Its number.
    pub id: i64,
    /// Whose it is.
    pub organisation: OrganisationId,
    /// Whether it is stored as one whose claims count.
    pub live: bool,
    /// What it says; the reason, if that makes no sense.
    pub booking: Result<Booking, String>,
    /// Its claims, in no order.
    pub claims: Vec<StoredClaim>,
    /// What its claims should be, in the order of [`Booking::claims`]: whether they count, and their classes.
    pub expected: Vec<(bool, i64)>,
}

/// A piece of the stored state. They come in the order of this list.
#[derive(Debug)]
pub enum Inspected {
    /// All catalogs; the reason, if one of them makes no sense.
    Catalogs(Result<HashMap<OrganisationId, Arc<Catalog>>, String>),
    /// By which version of the time-zone database an organisation's future bookings have their instants.
    Zones {
        /// The organisation.
        organisation: OrganisationId,
        /// The version.
        tzdb: String,
    },
    /// An object of a catalog, deleted ones included.
    Object {
        /// Its kind.
        kind: String,
        /// Its number.
        id: i64,
        /// Its version.
        version: i64,
        /// Whether its body makes sense.
        body: Result<(), String>,
    },
    /// When the units or the parent of a resource, or the stock of an accessory, last changed, or it was deleted.
    Changed {
        /// What.
        item: Item,
        /// When.
        at: Timestamp,
    },
    /// When an object of a catalog, or a user, was made or last changed.
    Edited {
        /// Its kind.
        kind: String,
        /// Its number.
        id: i64,
        /// When.
        at: Timestamp,
    },
    /// A user, deleted ones included.
    User {
        /// Its number.
        id: i64,
        /// Its version.
        version: i64,
        /// Who it is; the reason, if that makes no sense.
        body: Result<Box<User>, String>,
    },
    /// A series.
    Series {
        /// Its number.
        id: i64,
        /// Whose it is.
        organisation: OrganisationId,
        /// What it says; the reason, if that makes no sense.
        series: Result<Series, String>,
        /// How many bookings it has.
        bookings: i64,
        /// How many of them are another organisation's.
        foreign: i64,
    },
    /// A booking, by id.
    Booking(Box<StoredBooking>),
    /// A claim of a booking that does not exist.
    Orphan {
        /// What it is on.
        item: Item,
        /// The booking.
        booking: i64,
    },
    /// All claims that count on one item, in no order.
    Claims {
        /// What they are on.
        item: Item,
        /// The claims that make sense.
        claims: Vec<Claim>,
    },
    /// A booking that the journal does not say once to have been made.
    Untold {
        /// Its number.
        booking: i64,
        /// How often it says so.
        told: i64,
    },
    /// An entry of a ledger, by user, pot and place.
    Credit {
        /// Its number.
        id: i64,
        /// Whose ledger.
        user: i64,
        /// Of which of their pots; empty for their credits.
        pot: String,
        /// What is added.
        amount: String,
        /// The balance that is stored with it.
        balance: String,
        /// The booking it is for.
        booking: Option<i64>,
    },
    /// What is charged for a booking, by number.
    Charge {
        /// Its number.
        id: i64,
        /// The charge; the reason, if it can not be read.
        charge: Result<Box<Charge>, String>,
        /// The invoice that it stands on.
        invoice: Option<i64>,
    },
    /// An invoice, by organisation, year and number; after all charges.
    Invoice {
        /// Its number among all.
        id: i64,
        /// The invoice; the reason, if it can not be read.
        invoice: Result<Box<Invoice>, String>,
    },
    /// The highest number ever given to a kind, and the highest one in use.
    Counter {
        /// The kind.
        kind: String,
        /// The highest given.
        last: i64,
        /// The highest in use.
        used: i64,
    },
    /// A drawing that is kept beside the catalog.
    Drawing {
        /// Whose it is.
        organisation: OrganisationId,
        /// The digest it is kept under.
        digest: String,
        /// Whether that is the digest of its content.
        sound: bool,
    },
    /// What the database itself finds wrong with its pages and constraints.
    Damage(String),
}

/// When what limits depend on was made or last changed, by event and number: the same words on both databases.
pub(crate) const EDITED: &str = "SELECT event, subject, max(at) FROM journal WHERE event IN ('quota.created',
         'quota.changed', 'schedule.created', 'schedule.changed', 'resource.created', 'resource.changed',
         'resource_type.changed', 'resource_group.changed', 'area.changed', 'site.changed', 'organisation.changed',
         'user.created', 'user.changed')
     GROUP BY event, subject ORDER BY event, subject";

/// A row of [`EDITED`].
pub(crate) fn edited(event: &str, id: i64, at: Timestamp) -> Inspected {
    let kind = event.split('.').next().unwrap_or_default().to_owned();
    Inspected::Edited { kind, id, at }
}

/// A drawing as it is kept.
pub(crate) fn kept_drawing(organisation: i64, digest: String, content: &[u8]) -> Inspected {
    Inspected::Drawing {
        organisation: OrganisationId(organisation),
        sound: domain::catalog::digest(content) == digest,
        digest,
    }
}

/// Who is told.
pub type Sink<'a> = dyn FnMut(Inspected) + Send + 'a;

/// A body as a `T`; the reason, if it is none.
pub(crate) fn decodes<T: DeserializeOwned>(body: &str) -> Result<T, String> {
    serde_json::from_str(body).map_err(|error| error.to_string())
}

/// Whether the body of an object is what its kind says.
pub(crate) fn judge_body(kind: &str, body: Option<&str>) -> Result<(), String> {
    let known = ObjectKind::from_name(kind).ok_or_else(|| format!("there is no kind {kind}"))?;
    let Some(body) = body else { return Ok(()) };
    match known {
        ObjectKind::Organisation => decodes::<Organisation>(body).map(drop),
        ObjectKind::Site => decodes::<Site>(body).map(drop),
        ObjectKind::Area => decodes::<Area>(body).map(drop),
        ObjectKind::Resource => decodes::<Resource>(body).map(drop),
        ObjectKind::ResourceType => decodes::<ResourceType>(body).map(drop),
        ObjectKind::ResourceGroup => decodes::<ResourceGroup>(body).map(drop),
        ObjectKind::Schedule => decodes::<Schedule>(body).map(drop),
        ObjectKind::Blackout => decodes::<Blackout>(body).map(drop),
        ObjectKind::Accessory => decodes::<Accessory>(body).map(drop),
        ObjectKind::Attribute => decodes::<Attribute>(body).map(drop),
        ObjectKind::Group => decodes::<Group>(body).map(drop),
        ObjectKind::Plan => decodes::<Plan>(body).map(drop),
        ObjectKind::Membership => decodes::<Membership>(body).map(drop),
        ObjectKind::Quota => decodes::<Quota>(body).map(drop),
        ObjectKind::PriceRule => decodes::<PriceRule>(body).map(drop),
        ObjectKind::StateReason => decodes::<StateReason>(body).map(drop),
        ObjectKind::Announcement => decodes::<Announcement>(body).map(drop),
        ObjectKind::WaitingRequest => decodes::<WaitingRequest>(body).map(drop),
        ObjectKind::Client => decodes::<Client>(body).map(drop),
    }
}

/// A booking with its claims, and what these should be.
pub(crate) fn stored(
    id: i64,
    organisation: OrganisationId,
    live: bool,
    booking: Result<Booking, String>,
    claims: Vec<StoredClaim>,
) -> StoredBooking {
    let expected = match &booking {
        Ok(booking) => ClaimRow::of(booking)
            .iter()
            .map(|row| (booking.state.occupies(), row.class))
            .collect(),
        Err(_) => Vec::new(),
    };
    StoredBooking {
        id,
        organisation,
        live,
        booking,
        claims,
        expected,
    }
}
