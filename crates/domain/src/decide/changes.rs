//! What a decision changes. The store writes it all, each with its journal entry, or nothing.

use std::collections::BTreeSet;

use super::{ClientGrant, NewToken};
use crate::booking::{Booking, Series};
use crate::catalog::{Content, Object, StoredObject};
use crate::ids::{ClientId, SeriesId, TokenId, UserId};
use crate::money::{self, Charge, InvoiceChange};
use crate::people::{CreditEntry, User};
use crate::subscription::Subscription;
use jiff::Timestamp;

/// A booking that is made or changed.
#[derive(Clone, Debug)]
pub struct BookingChange {
    /// What happened, as the journal says it: `booking.created`, `booking.cancelled`, …
    pub event: &'static str,
    /// As it was; none for a new one.
    pub before: Option<Booking>,
    /// As it is to be.
    pub after: Booking,
}

/// A series that is made or changed.
#[derive(Clone, Debug)]
pub struct SeriesChange {
    /// As it was; none for a new one.
    pub before: Option<Series>,
    /// As it is to be.
    pub after: Series,
}

/// An object of the catalog that is made, changed or (without a body) deleted.
#[derive(Clone, Debug)]
pub struct ObjectChange {
    /// As it was; none for a new one.
    pub before: Option<StoredObject>,
    /// As it is to be.
    pub after: StoredObject,
}

/// A user who is made, changed or deleted.
#[derive(Clone, Debug)]
pub struct UserChange {
    /// As they were; none for a new one.
    pub before: Option<Object<User>>,
    /// As they are to be; none if they are deleted.
    pub after: Option<Object<User>>,
    /// The hash of a new password; none leaves the present one.
    pub password_hash: Option<String>,
    /// Whether their tokens and sessions end, and the addresses of their calendars with them.
    pub end_sessions: bool,
    /// Whether the addresses of their calendars end.
    pub renew_calendars: bool,
}

/// A token that is issued or revoked.
#[derive(Clone, Debug)]
pub enum TokenChange {
    /// It is issued.
    Issued {
        /// Its number.
        id: TokenId,
        /// What it is.
        token: NewToken,
        /// How a client came to it; none if no client did.
        grant: Option<ClientGrant>,
    },
    /// It is revoked.
    Revoked {
        /// Its number.
        id: TokenId,
        /// Whose it was.
        user: UserId,
    },
    /// A client has used what can be used once. What has expired of the same family goes.
    Spent {
        /// Its number.
        id: TokenId,
        /// Its family.
        family: TokenId,
        /// Whose it is.
        user: UserId,
    },
    /// Everything that came of one consent is revoked.
    FamilyEnded {
        /// The token that it began with.
        family: TokenId,
        /// Whose they were.
        user: UserId,
    },
    /// All that a client was given is revoked.
    ClientEnded {
        /// The client.
        client: ClientId,
    },
}

/// A drawing that is kept beside the catalog, or is no longer.
#[derive(Clone, Debug)]
pub enum DrawingChange {
    /// It is kept under its digest; one that is there already stays.
    Kept {
        /// SHA-256 of its content.
        digest: String,
        /// Its content.
        content: Content,
    },
    /// Nothing names it any more.
    Dropped {
        /// SHA-256 of its content.
        digest: String,
    },
}

/// A subscription that is made or ends.
#[derive(Clone, Debug)]
pub enum SubscriptionChange {
    /// It is made.
    Made(Subscription),
    /// It ends.
    Ended(Subscription),
}

/// What a decision changes.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// Bookings.
    pub bookings: Vec<BookingChange>,
    /// Series.
    pub series: Vec<SeriesChange>,
    /// Entries of credit ledgers.
    pub credits: Vec<CreditEntry>,
    /// Objects of the catalog.
    pub objects: Vec<ObjectChange>,
    /// Users.
    pub users: Vec<UserChange>,
    /// Tokens.
    pub tokens: Vec<TokenChange>,
    /// Invoices.
    pub invoices: Vec<InvoiceChange>,
    /// Subscriptions.
    pub subscriptions: Vec<SubscriptionChange>,
    /// Drawings; the journal tells of them with the objects that name them.
    pub drawings: Vec<DrawingChange>,
}

impl Changes {
    /// The series that bookings leave; one that its last booking leaves is no more.
    pub fn left_series(&self) -> BTreeSet<SeriesId> {
        let left = |change: &BookingChange| {
            let before = change.before.as_ref()?.series?;
            (change.after.series != Some(before)).then_some(before)
        };
        self.bookings.iter().filter_map(left).collect()
    }

    /// All entries of credit ledgers: those that are told, and those by which what bookings are paid with comes out of
    /// pots or goes back into them. What is put in comes first, so that no balance is below the last one in between.
    pub fn credit_entries(&self, now: Timestamp) -> Vec<CreditEntry> {
        let pots = self.bookings.iter();
        let pots = pots.flat_map(|c| money::pot_entries(c.before.as_ref(), &c.after, now));
        let (back, taken): (Vec<_>, Vec<_>) = pots.partition(|e| e.amount.is_sign_positive());
        let told = self.credits.iter().cloned();
        told.chain(back).chain(taken).collect()
    }

    /// What is charged for the bookings, or given back: entries by which each booking's come to its price.
    pub fn charges(&self, now: Timestamp) -> Vec<Charge> {
        let charges = self.bookings.iter();
        let charges = charges.flat_map(|c| money::charges(c.before.as_ref(), &c.after, now));
        charges.collect()
    }

    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.bookings.is_empty()
            && self.series.is_empty()
            && self.credits.is_empty()
            && self.objects.is_empty()
            && self.users.is_empty()
            && self.tokens.is_empty()
            && self.invoices.is_empty()
            && self.drawings.is_empty()
    }
}
