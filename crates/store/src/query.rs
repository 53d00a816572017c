//! What can be asked of the store, and the narrow rows that answer.

use domain::catalog::Organisation;
use domain::decide::{ClientGrant, HeldToken, TokenKind};
use domain::ids::{OrganisationId, ResourceId, TokenId, UserId};
use domain::people::{Door, Scopes, UserKey, UserState};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;

/// Which bookings to list: those that overlap a window, by start and id.
#[derive(Clone, Debug)]
pub struct BookingFilter {
    /// Whose.
    pub organisation: OrganisationId,
    /// They end after this.
    pub from: Timestamp,
    /// They start before this.
    pub to: Timestamp,
    /// Only those that take one of these resources; none means all.
    pub resources: Option<Vec<ResourceId>>,
    /// Only this person's own.
    pub owner: Option<UserId>,
    /// Also those that do not occupy anything any more.
    pub include_cancelled: bool,
    /// Only those after this start and id.
    pub after: Option<(Timestamp, i64)>,
    /// At most so many.
    pub limit: usize,
}

/// A piece of a list, with the key of its last row if there is more.
#[derive(Clone, Debug)]
pub struct Page<T, K> {
    /// The rows.
    pub items: Vec<T>,
    /// Where the next piece begins; none at the end.
    pub next: Option<K>,
}

/// Which users to list, by id.
#[derive(Clone, Debug)]
pub struct UserFilter {
    /// Whose.
    pub organisation: OrganisationId,
    /// Only those in this state.
    pub state: Option<UserState>,
    /// Only those who have all of these keys.
    pub keys: Vec<UserKey>,
    /// Only those after this id.
    pub after: i64,
    /// At most so many.
    pub limit: usize,
}

/// Which invoices to list, by id.
#[derive(Clone, Debug)]
pub struct InvoiceFilter {
    /// Whose.
    pub organisation: OrganisationId,
    /// Only this person's.
    pub user: Option<UserId>,
    /// Only those that close this month, by its first day.
    pub month: Option<Date>,
    /// Only those after this id.
    pub after: i64,
    /// At most so many.
    pub limit: usize,
}

/// How a user stands, as far as that changes without anybody changing the user.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// The credits that are left.
    pub credits: Decimal,
    /// When the user last logged in here.
    pub last_login: Option<Timestamp>,
}

/// A token that was found by its hash.
#[derive(Clone, Debug)]
pub struct TokenRow {
    /// Its number.
    pub id: TokenId,
    /// Whose organisation.
    pub organisation: OrganisationId,
    /// Whose it is.
    pub user: UserId,
    /// What it is for.
    pub kind: TokenKind,
    /// The door it is good at.
    pub door: Door,
    /// What it is called.
    pub name: String,
    /// What it may be used for.
    pub scopes: Scopes,
    /// When it was issued.
    pub created_at: Timestamp,
    /// Until when; none for ever.
    pub expires_at: Option<Timestamp>,
    /// By how much each use puts off the end.
    pub idle: Option<SignedDuration>,
    /// Whether limits on the rate of requests do not apply.
    pub unlimited: bool,
    /// How a client came to it; none if no client did.
    pub grant: Option<ClientGrant>,
    /// Whether it was used, and is good for nothing any more.
    pub spent: bool,
}

impl From<TokenRow> for HeldToken {
    fn from(row: TokenRow) -> Self {
        Self {
            id: row.id,
            user: row.user,
            kind: row.kind,
            scopes: row.scopes,
            expires_at: row.expires_at,
            grant: row.grant,
            spent: row.spent,
        }
    }
}

/// An entry of the journal.
#[derive(Clone, Debug)]
pub struct Event {
    /// Its place in the feed.
    pub position: i64,
    /// When it happened.
    pub at: Timestamp,
    /// What happened.
    pub event: String,
    /// The id of what it happened to.
    pub subject: i64,
    /// Who did it; none for the server itself.
    pub actor: Option<UserId>,
    /// Through which door.
    pub door: String,
    /// In which request.
    pub request: String,
    /// What changed, as it was: JSON.
    pub before: Option<String>,
    /// What changed, as it is: JSON.
    pub after: Option<String>,
}

/// An organisation to be made.
#[derive(Clone, Debug)]
pub struct NewOrganisation {
    /// The name in URLs and files.
    pub slug: String,
    /// Its name across installations.
    pub uuid: uuid::Uuid,
    /// What it is.
    pub organisation: Organisation,
    /// When.
    pub now: Timestamp,
}

/// What is stored, as of a moment: as long as this is the same, so is everything that can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version(pub(crate) Box<str>);

/// How busy the way to the database is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Load {
    /// Connections in use; on SQLite the one that writes is not counted.
    pub connections: usize,
    /// Commands or callers that wait.
    pub waiting: usize,
    /// How many may wait before the next is refused; none if only time limits it.
    pub limit: Option<usize>,
}

/// Cuts a list that was read one row too far, and says where it goes on.
pub(crate) fn page<T, K>(mut items: Vec<T>, limit: usize, key: impl Fn(&T) -> K) -> Page<T, K> {
    let more = items.len() > limit;
    items.truncate(limit);
    let next = if more { items.last().map(key) } else { None };
    Page { items, next }
}
