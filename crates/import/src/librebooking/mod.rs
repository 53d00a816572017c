//! `LibreBooking`: its database, versions 2.8 to 4, and its `config.php`.
//!
//! The source is only read, in one snapshot. [`read`] streams each table once, [`map`] makes of the rows what the
//! domain calls them; that is pure, so that it is tested with rows alone.

mod cell;
mod database;
mod leftovers;
mod map;
mod settings;
mod tables;

use std::collections::HashSet;

use domain::takeover::{Note, Row, Source};
use jiff::Timestamp;

pub use database::{ReadError, read};
pub use map::map;
pub use settings::{Settings, SettingsError};
pub use tables::Tables;

/// What a `LibreBooking` holds.
#[derive(Debug)]
pub struct Mapped {
    /// What can be taken over.
    pub source: Source,
    /// The names under which the contents of attachments are kept, by number.
    pub files: Vec<(i64, String)>,
    /// What can not be taken over, or not as it is.
    pub notes: Vec<Note>,
}

/// The tables without which nothing makes sense.
pub const ESSENTIAL: [&str; 9] = [
    "groups",
    "layouts",
    "reservation_instances",
    "reservation_resources",
    "reservation_series",
    "reservation_users",
    "resources",
    "schedules",
    "users",
];

/// What the import has to know beside the database.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The slug of the organisation.
    pub slug: String,
    /// The time of the import.
    pub now: Timestamp,
    /// Numbers of users and catalog objects that are something else here, or were deleted here.
    pub taken: HashSet<(Row, i64)>,
}
