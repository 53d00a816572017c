//! Taking over another system's database: everything at once, with the ids it has there, as often as wanted.
//!
//! An importer says what the other system has, in the words of the domain ([`Source`]). The store says what was taken
//! over before and what stands here now ([`Known`]). [`plan`] compares the two and decides, without any I/O, what is
//! to be written: what is new there, what has changed there since, what is gone there. What has been changed *here*
//! since is never overwritten; where both sides changed, the one here stays and a [`Note`] says so.
//!
//! Bookings that overlap are kept, as both exist; their claims are flagged, so that they are exempt from the rule
//! that nothing may be taken twice, and nothing new can join them.

mod ledger;
mod overlaps;
mod plan;
mod report;

use std::collections::{BTreeMap, HashMap, HashSet};

use rust_decimal::Decimal;

pub use overlaps::flag;
pub use plan::{Plan, plan};
pub use report::{Count, Fate, Note, Report};

use crate::booking::{Booking, Series};
use crate::catalog::{Object, ObjectKind, Organisation, StoredObject};
use crate::ids::UserId;
use crate::people::{CreditEntry, User};

/// A kind of row that can be taken over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Row {
    /// An object of the catalog.
    Object(ObjectKind),
    /// A user.
    User,
    /// A user's password, which changes apart from the user.
    Password,
    /// A series.
    Series,
    /// A booking.
    Booking,
    /// A user's credits.
    Credits,
    /// The content of a file that belongs to a booking.
    Attachment,
}

impl Row {
    /// The name it is stored under.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Object(kind) => kind.name(),
            Self::User => "user",
            Self::Password => "password",
            Self::Series => "series",
            Self::Booking => "booking",
            Self::Credits => "credits",
            Self::Attachment => "attachment",
        }
    }

    /// The row of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        [
            Self::User,
            Self::Password,
            Self::Series,
            Self::Booking,
            Self::Credits,
            Self::Attachment,
        ]
        .into_iter()
        .chain(ObjectKind::ALL.map(Self::Object))
        .find(|row| row.name() == name)
    }
}

/// What was taken over of one row of the other system, and as what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The kind of row.
    pub row: Row,
    /// Its number there.
    pub source: i64,
    /// Its number here.
    pub id: i64,
    /// The version it got here: another one means that it was changed here since.
    pub version: i64,
    /// What it was there, in short: a hash, or for credits the balance itself.
    pub fingerprint: String,
}

/// A user of the other system.
#[derive(Clone, Debug)]
pub struct SourceUser {
    /// The number there.
    pub id: UserId,
    /// Who it is.
    pub user: User,
    /// The hash of the password, in a form that the engine can verify; none if nobody can log in with it.
    pub password_hash: Option<String>,
}

/// A user's credits in the other system.
#[derive(Clone, Debug)]
pub struct SourceLedger {
    /// Whose.
    pub user: UserId,
    /// How they came about; the sum is the balance.
    pub entries: Vec<CreditEntry>,
}

impl SourceLedger {
    /// What is left.
    pub fn balance(&self) -> Decimal {
        self.entries.iter().map(|entry| entry.amount).sum()
    }
}

/// A file of the other system.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// The number there, which bookings name.
    pub id: i64,
    /// What changes with its content; none if that is not at hand.
    pub fingerprint: Option<String>,
}

/// Everything the other system has, in the words of the domain, with the ids it has there.
///
/// Versions, UUIDs and the organisation's id are filled in when it is stored.
#[derive(Clone, Debug)]
pub struct Source {
    /// The name of the organisation in URLs and files: it is made, or brought up to date.
    pub slug: String,
    /// The organisation itself.
    pub organisation: Organisation,
    /// The other objects of the catalog.
    pub objects: Vec<StoredObject>,
    /// Users.
    pub users: Vec<SourceUser>,
    /// Series.
    pub series: Vec<Series>,
    /// Bookings, one for each occurrence. One without a reference gets one of ours.
    pub bookings: Vec<Booking>,
    /// Credits.
    pub ledgers: Vec<SourceLedger>,
    /// Files.
    pub files: Vec<SourceFile>,
    /// The highest number of each kind that was ever given there: none of them is given here to anything else.
    pub highest: BTreeMap<Row, i64>,
}

/// What stands here now.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// What was taken over before, by kind and number there.
    pub marks: HashMap<(Row, i64), Mark>,
    /// The objects of the organisation's catalog, deleted ones included.
    pub objects: HashMap<(ObjectKind, i64), StoredObject>,
    /// Its users, but for deleted ones.
    pub users: HashMap<i64, Object<User>>,
    /// Its series.
    pub series: HashMap<i64, Series>,
    /// Its bookings.
    pub bookings: HashMap<i64, Booking>,
    /// Numbers that others have: other organisations', or those of deleted users.
    pub taken: HashSet<(Row, i64)>,
}
