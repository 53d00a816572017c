//! The store: one of the two databases, with one meaning.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use domain::booking::{Booking, Claim, Series};
use domain::catalog::{Catalog, Object};
use domain::decide::Command;
use domain::ids::{
    BookingId, InvoiceId, OrganisationId, ResourceId, SeriesId, SiteId, TokenId, UserId,
};
use domain::money::{Charge, Invoice, OpenCharge, Pot};
use domain::people::User;
use domain::subscription::Subscription;
use domain::takeover::{Report, Row};
use domain::time::Interval;
use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::{
    BookingFilter, Database, Envelope, Event, Executed, InvoiceFilter, Load, NewOrganisation, Page,
    PageFilter, PostgresStore, Sink, Spot, SqliteStore, Standing, StoreError, TakeOver, TokenRow,
    UserFilter, Version,
};

/// One of the two databases. What each method does is told where SQLite's is written.
pub enum Store {
    /// A file.
    Sqlite(SqliteStore),
    /// A PostgreSQL server.
    Postgres(PostgresStore),
}

macro_rules! delegate {
    ($($(#[$doc:meta])* fn $name:ident($($arg:ident: $ty:ty),*) -> $out:ty;)*) => {$(
        $(#[$doc])*
        ///
        /// # Errors
        /// If the database can not be read or written.
        pub async fn $name(&self, $($arg: $ty),*) -> Result<$out, StoreError> {
            match self {
                Self::Sqlite(store) => store.$name($($arg),*).await,
                Self::Postgres(store) => store.$name($($arg),*).await,
            }
        }
    )*};
}

impl Store {
    /// Opens the database at an address: `sqlite:PATH` or `postgres://…`.
    ///
    /// # Errors
    /// If the address is none, or the database can not be opened; see [`StoreError`].
    pub async fn open(address: &str, migrate: bool) -> Result<Self, StoreError> {
        Self::open_with_zones(address, migrate, domain::time::tzdb_version()).await
    }

    /// As [`Self::open`], where instants are derived by this version of the time-zone database.
    ///
    /// # Errors
    /// As of [`Self::open`].
    pub async fn open_with_zones(
        address: &str,
        migrate: bool,
        tzdb: &'static str,
    ) -> Result<Self, StoreError> {
        match address.split_once(':') {
            Some(("sqlite", path)) => {
                let store = SqliteStore::open(Path::new(path), migrate, tzdb)?;
                Ok(Self::Sqlite(store))
            }
            Some(("postgres" | "postgresql", _)) => {
                let store = PostgresStore::open(address, migrate, tzdb).await?;
                Ok(Self::Postgres(store))
            }
            _ => Err(StoreError::Address(address.to_owned())),
        }
    }

    /// Tells the sink everything that is stored in the database at an address, in one snapshot, also beside running
    /// servers.
    ///
    /// # Errors
    /// If it can not be read, or its schema is another than this program's.
    pub async fn inspect(address: &str, sink: &mut Sink<'_>) -> Result<(), StoreError> {
        match address.split_once(':') {
            Some(("sqlite", path)) => SqliteStore::inspect(Path::new(path), sink),
            Some(("postgres" | "postgresql", _)) => PostgresStore::inspect(address, sink).await,
            _ => Err(StoreError::Address(address.to_owned())),
        }
    }

    /// How the database at an address presents itself, also beside running servers.
    ///
    /// # Errors
    /// If it can not be reached.
    pub async fn look(address: &str, now: Timestamp) -> Result<Database, StoreError> {
        match address.split_once(':') {
            Some(("sqlite", path)) => SqliteStore::look(Path::new(path), now),
            Some(("postgres" | "postgresql", _)) => PostgresStore::look(address, now).await,
            _ => Err(StoreError::Address(address.to_owned())),
        }
    }

    /// The catalog of an organisation, as of the last commit known here.
    pub fn catalog(&self, id: OrganisationId) -> Option<Arc<Catalog>> {
        match self {
            Self::Sqlite(store) => store.catalog(id),
            Self::Postgres(store) => store.catalog(id),
        }
    }

    /// All catalogs, by the ids of their organisations.
    pub fn catalogs(&self) -> HashMap<OrganisationId, Arc<Catalog>> {
        match self {
            Self::Sqlite(store) => store.catalogs(),
            Self::Postgres(store) => store.catalogs(),
        }
    }

    /// A number that grows whenever users or tokens may have changed.
    pub fn people_generation(&self) -> u64 {
        match self {
            Self::Sqlite(store) => store.people_generation(),
            Self::Postgres(store) => store.people_generation(),
        }
    }

    /// How busy the way to the database is.
    pub fn load(&self) -> Load {
        match self {
            Self::Sqlite(store) => store.load(),
            Self::Postgres(store) => store.load(),
        }
    }

    /// Carries a command out in one transaction, and answers once that is safe on disk.
    ///
    /// # Errors
    /// [`StoreError::Overloaded`] if too many wait, [`StoreError::Unknown`] if the commit failed.
    pub async fn execute<C: Command>(
        &self,
        command: C,
        envelope: Envelope<C::Outcome>,
    ) -> Result<Executed<C::Outcome>, StoreError> {
        match self {
            Self::Sqlite(store) => store.execute(command, envelope).await,
            Self::Postgres(store) => store.execute(command, envelope).await,
        }
    }

    /// The version of the time-zone database by which instants are derived here.
    pub fn tzdb(&self) -> &'static str {
        match self {
            Self::Sqlite(store) => store.tzdb(),
            Self::Postgres(store) => store.tzdb(),
        }
    }

    delegate! {
        /// Takes over what another system has, in one transaction; says what became of it.
        fn take_over(wanted: TakeOver) -> Report;
        /// What of an organisation did not come from another system: the numbers of users and objects that are
        /// something else here, or were deleted here. None if nothing in it did.
        fn claimed_beside_import(organisation: OrganisationId) -> Option<HashSet<(Row, i64)>>;
        /// Makes an organisation, with nothing in it.
        fn create_organisation(new: NewOrganisation) -> OrganisationId;
        /// One booking.
        fn booking(organisation: OrganisationId, id: BookingId) -> Option<Booking>;
        /// Those of these bookings that exist, by id.
        fn bookings_by_ids(organisation: OrganisationId, ids: &[BookingId]) -> Vec<Booking>;
        /// The booking with a reference that was imported from another system.
        fn booking_by_foreign_reference(organisation: OrganisationId, reference: &str) -> Option<Booking>;
        /// The booking with a UUID.
        fn booking_by_uuid(organisation: OrganisationId, uuid: Uuid) -> Option<Booking>;
        /// Bookings that overlap a window, by start and id.
        fn bookings(filter: &BookingFilter) -> Page<Booking, (Timestamp, i64)>;
        /// A page of bookings in an order.
        fn booking_page(filter: &PageFilter) -> Page<Booking, Spot>;
        /// The content of a file that belongs to a booking.
        fn attachment(organisation: OrganisationId, id: i64) -> Option<Vec<u8>>;
        /// The content of the drawing with this digest.
        fn drawing(organisation: OrganisationId, digest: &str) -> Option<Vec<u8>>;
        /// A series.
        fn series(organisation: OrganisationId, id: SeriesId) -> Option<Series>;
        /// The bookings of a series, by start.
        fn bookings_of_series(organisation: OrganisationId, id: SeriesId) -> Vec<Booking>;
        /// The ids of the bookings of each of these series, by start.
        fn series_members(series: &[SeriesId]) -> HashMap<SeriesId, Vec<BookingId>>;
        /// The claims that count, on these resources, overlapping one of these windows.
        fn claims(resources: &[ResourceId], windows: &[Interval]) -> Vec<Claim>;
        /// Those of the users that exist.
        fn users_by_id(organisation: OrganisationId, ids: &[UserId]) -> HashMap<UserId, Arc<Object<User>>>;
        /// How often the addresses of a person's calendars were renewed; none if there is no such person.
        fn calendars_of(organisation: OrganisationId, user: UserId) -> Option<i64>;
        /// The organisation's secret; `fresh` becomes it, if it has none yet.
        fn secret(organisation: OrganisationId, fresh: [u8; 32]) -> [u8; 32];
        /// Users, by id.
        fn users(filter: &UserFilter) -> Page<Object<User>, i64>;
        /// How each of these users stands; those who do not exist are missing.
        fn standings(users: &[UserId]) -> HashMap<UserId, Standing>;
        /// The user with this name or address, and the hash of the password.
        fn user_by_login(organisation: OrganisationId, login: &str) -> Option<(Object<User>, Option<String>)>;
        /// The claims that count, on these resources: those that take one at an instant, buffers aside, and those by which
        /// each is taken next.
        fn claims_around(resources: &[ResourceId], at: Timestamp) -> Vec<Claim>;
        /// The token whose secret has this hash.
        fn token_by_hash(hash: &[u8; 32]) -> Option<TokenRow>;
        /// A token by its number.
        fn token(id: TokenId) -> Option<TokenRow>;
        /// A person's tokens and sessions, but for codes and what is spent.
        fn tokens_of(user: UserId) -> Vec<TokenRow>;
        /// Puts off the end of a token that each use prolongs.
        fn prolong(id: TokenId, until: Timestamp) -> ();
        /// The journal from a position on; without those that only tell of denied attempts, unless asked for.
        fn events(organisation: OrganisationId, after: i64, limit: usize, with_denied: bool) -> Vec<Event>;
        /// The position of the newest entry of the journal.
        fn newest_event() -> i64;
        /// A person's credits.
        fn balance(user: UserId) -> Decimal;
        /// A person's pots, each with what is in it.
        fn pots(user: UserId) -> Vec<(Pot, Decimal)>;
        /// What was charged for a booking and given back, in order; with the invoice that each stands on.
        fn charges_of(organisation: OrganisationId, booking: BookingId) -> Vec<(Charge, Option<InvoiceId>)>;
        /// The invoice on which what was charged for each of these bookings stands, by its UUID: the last of several.
        fn invoices_of(organisation: OrganisationId, bookings: &[BookingId]) -> HashMap<BookingId, Uuid>;
        /// Those whose charges of this month or before stand on no invoice.
        fn payers(organisation: OrganisationId, month: Date) -> Vec<UserId>;
        /// The charges of a person that stand on no invoice, by number.
        fn open_charges(organisation: OrganisationId, user: UserId) -> Vec<OpenCharge>;
        /// What other programs want to be told of at a site, by id.
        fn subscriptions(organisation: OrganisationId, site: SiteId) -> Vec<Subscription>;
        /// An invoice, and whether it was taken back.
        fn invoice(organisation: OrganisationId, id: InvoiceId) -> Option<(Invoice, bool)>;
        /// Invoices, by id.
        fn invoices(filter: &InvoiceFilter) -> Page<Invoice, i64>;
        /// Forgets the answers that were kept for repeated requests before an instant; says how many.
        fn purge(before: Timestamp) -> u64;
        /// The organisations whose future bookings have their instants by another version of the time-zone database
        /// than this program's, each with that version.
        fn other_zones() -> Vec<(OrganisationId, String)>;
        /// Remembers that the future bookings of an organisation have their instants by this program's version.
        fn follows_zones(organisation: OrganisationId) -> ();
        /// What is stored, as of now: two that are equal had nothing committed between them, by anybody.
        fn version() -> Version;
        /// Whether the database answers.
        fn ping() -> ();
        /// The bookings that began between these instants, for the release job.
        fn begun_between(organisation: OrganisationId, from: Timestamp, to: Timestamp) -> Vec<Booking>;
    }
}
