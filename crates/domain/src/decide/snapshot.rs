//! What a decision sees, and how it says what it needs to see.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;

use super::HeldToken;
use crate::booking::{Booking, Claim, Holding, Item, Series};
use crate::catalog::{Catalog, Object, ObjectKind};
use crate::ids::{
    BookingId, InvoiceId, ResourceId, SeriesId, SiteId, SubscriptionId, TokenId, UserId,
};
use crate::money::{Invoice, OpenCharge, Pot};
use crate::people::{User, UserKey};
use crate::subscription::Subscription;
use crate::time::Interval;

/// What must be loaded first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Targets {
    /// Bookings.
    pub bookings: BookingTarget,
    /// Users; those that do not exist in the organisation are missing from the snapshot.
    pub users: Vec<UserId>,
    /// Others, found by what is true of them.
    pub people: People,
    /// An invoice.
    pub invoice: Option<InvoiceId>,
    /// A token.
    pub token: Option<TokenId>,
    /// Whose charges that stand on no invoice, of bookings that begin in this month or before.
    pub open_charges: Option<(Vec<UserId>, Date)>,
    /// The site whose subscriptions are named.
    pub subscriptions: Option<SiteId>,
}

/// Which people must be loaded first, beside those that are named.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum People {
    /// None.
    #[default]
    None,
    /// Those who have this key.
    With(UserKey),
    /// All.
    Everybody,
}

/// Which bookings must be loaded first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum BookingTarget {
    /// None.
    #[default]
    None,
    /// One.
    One(BookingId),
    /// One, with its series and all bookings of that.
    WithSeries(BookingId),
    /// Those of a person that occupy something and end after an instant, with their series.
    OwnedBy(UserId, Timestamp),
    /// Those that take a resource and end after an instant, with their series.
    Taking(ResourceId, Timestamp),
    /// Several, without their series.
    Many(Vec<BookingId>),
}

/// How a command holds the organisation's catalog.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CatalogLock {
    /// It must not change meanwhile; many can hold it so.
    #[default]
    Shared,
    /// It is going to be changed; nobody else decides meanwhile.
    Exclusive,
}

/// Something that only one command may be about at a time. Always taken in the order defined here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lock {
    /// Users as such: their unique names.
    People,
    /// A series with its bookings.
    Series(SeriesId),
    /// A booking.
    Booking(BookingId),
    /// A resource or an accessory.
    Item(Item),
    /// A user: what they hold and own.
    User(UserId),
}

/// The bookings of a person to load: those that overlap one of the windows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holdings {
    /// The person.
    pub owner: UserId,
    /// The windows.
    pub windows: Vec<Interval>,
}

/// What else must be locked and loaded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Probe {
    /// How the catalog is held.
    pub catalog: CatalogLock,
    /// What to lock; the store sorts it. Items in `items` need not be named.
    pub locks: Vec<Lock>,
    /// Whose claims to lock and load: those that overlap one of the windows.
    pub items: Vec<Item>,
    /// The windows.
    pub windows: Vec<Interval>,
    /// Whose bookings to load, each person once.
    pub holdings: Vec<Holdings>,
    /// Whose credit balances to load.
    pub balances: Vec<UserId>,
    /// Whose pots to load.
    pub pots: Vec<UserId>,
    /// How many fresh booking ids are needed.
    pub new_bookings: usize,
    /// How many fresh series ids are needed.
    pub new_series: usize,
    /// The kind of which a fresh object id is needed.
    pub new_object: Option<ObjectKind>,
    /// How many fresh user ids are needed.
    pub new_users: usize,
    /// How many fresh token ids are needed.
    pub new_tokens: usize,
    /// Whether a fresh subscription id is needed.
    pub new_subscription: bool,
    /// How many fresh invoice ids are needed.
    pub new_invoices: usize,
    /// The year of which the last number of an invoice is needed.
    pub invoices_of: Option<i16>,
    /// A user name and an address whose other holders are to be counted.
    pub names: Option<(String, String)>,
}

/// Ids that have never been used.
#[derive(Clone, Debug, Default)]
pub struct Fresh {
    /// For bookings.
    pub bookings: Vec<BookingId>,
    /// For series.
    pub series: Vec<SeriesId>,
    /// For an object of the kind asked for.
    pub object: Option<i64>,
    /// For users.
    pub users: Vec<UserId>,
    /// For tokens.
    pub tokens: Vec<TokenId>,
    /// For a subscription.
    pub subscription: Option<SubscriptionId>,
    /// For invoices.
    pub invoices: Vec<InvoiceId>,
}

/// The stored state, as far as a command needs to see it; nothing in it changes before the command is through.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The organisation's catalog.
    pub catalog: Arc<Catalog>,
    /// The targeted bookings, by start and id.
    pub bookings: Vec<Booking>,
    /// The series of the targeted booking, where one was named.
    pub series: Option<Series>,
    /// The series of the targeted bookings, where they are a person's or a resource's.
    pub several_series: Vec<Series>,
    /// The ids of all bookings of that series, by start.
    pub siblings: Vec<BookingId>,
    /// The targeted users.
    pub users: HashMap<UserId, Arc<Object<User>>>,
    /// The targeted people, by id.
    pub people: Vec<Arc<Object<User>>>,
    /// The claims that count, on the probed items in the probed windows.
    pub claims: Vec<Claim>,
    /// The probed holdings; a booking may stand there more than once.
    pub holdings: Vec<Holding>,
    /// The probed balances.
    pub balances: HashMap<UserId, Decimal>,
    /// The pots of the people probed, with what is in them.
    pub pots: HashMap<UserId, Vec<(Pot, Decimal)>>,
    /// The targeted invoice, and whether it was taken back.
    pub invoice: Option<(Invoice, bool)>,
    /// The targeted token.
    pub token: Option<HeldToken>,
    /// The targeted charges, by number.
    pub open_charges: Vec<OpenCharge>,
    /// The targeted subscriptions, by id.
    pub subscriptions: Vec<Subscription>,
    /// The last number of an invoice in the probed year; 0 if there is none.
    pub last_invoice: i64,
    /// Whether the probed names are held by others: user name, address.
    pub taken: (Option<UserId>, Option<UserId>),
    /// The fresh ids.
    pub fresh: Fresh,
}

impl Snapshot {
    /// A snapshot with a catalog and nothing else.
    pub fn new(catalog: Arc<Catalog>) -> Self {
        Self {
            catalog,
            bookings: Vec::new(),
            series: None,
            several_series: Vec::new(),
            siblings: Vec::new(),
            users: HashMap::new(),
            people: Vec::new(),
            claims: Vec::new(),
            holdings: Vec::new(),
            balances: HashMap::new(),
            pots: HashMap::new(),
            invoice: None,
            token: None,
            open_charges: Vec::new(),
            subscriptions: Vec::new(),
            last_invoice: 0,
            taken: (None, None),
            fresh: Fresh::default(),
        }
    }

    /// The targeted booking with this id.
    pub fn booking(&self, id: BookingId) -> Option<&Booking> {
        self.bookings.iter().find(|booking| booking.id == id)
    }
}
