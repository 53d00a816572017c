//! Persistence: snapshots in, changes out, on SQLite and PostgreSQL.
//!
//! [`Store::execute`] carries a command out in one transaction: lock, load, decide, write, commit. Everything else
//! here reads. Behaviour never depends on which database it is; one suite of tests runs against both.

mod classes;
mod codec;
mod envelope;
mod error;
mod inspect;
mod journal;
mod pages;
mod postgres;
mod query;
mod sqlite;
mod store;
mod takeover;

pub use envelope::{Answer, Envelope, Executed, Idempotency, Render};
pub use error::StoreError;
pub use inspect::{Database, Inspected, Sink, StoredBooking, StoredClaim};
pub use pages::{Bounds, OnMembership, Order, PageFilter, SortKey, Spot};
pub use postgres::PostgresStore;
pub use query::{
    BookingFilter, Event, InvoiceFilter, Load, NewOrganisation, Page, Standing, TokenRow,
    UserFilter, Version,
};
pub use sqlite::SqliteStore;
pub use store::Store;
pub use takeover::{Content, Progress, TakeOver};
