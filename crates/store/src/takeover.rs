//! Taking over another system's database: one transaction for everything.

use std::sync::Arc;

use domain::catalog::{Catalog, Object};
use domain::decide::{Changes, Context};
use domain::entropy::Entropy;
use domain::ids::OrganisationId;
use domain::people::{Actor, Door, Scopes, User};
use domain::takeover::{Mark, Plan, Row, Source};
use jiff::Timestamp;

/// How many bookings are written between two words about the progress.
const CHUNK: usize = 1000;

/// Gives the content of a file, by its number.
pub type Content = Box<dyn FnMut(i64) -> std::io::Result<Vec<u8>> + Send>;

/// Who hears how many of how many rows are written.
pub type Progress = Box<dyn FnMut(u64, u64) + Send>;

/// What is to be taken over.
pub struct TakeOver {
    /// What the other system has.
    pub source: Source,
    /// When.
    pub now: Timestamp,
    /// Random bits for it alone.
    pub entropy: Entropy,
    /// Where the contents of files come from.
    pub content: Content,
    /// Only find out what would be written.
    pub dry_run: bool,
    /// Who hears how far it is.
    pub progress: Progress,
}

/// Users and objects that are there and were not taken over, or were taken over and are deleted; `{user}` is the table
/// of users, `{id}` the organisation.
pub(crate) const CLAIMED: &str = "SELECT o.kind, o.id FROM object o LEFT JOIN imported i
         ON i.organisation = o.organisation AND i.kind = o.kind AND i.source = o.id
     WHERE o.organisation = {id} AND (i.id IS NULL OR o.body IS NULL)
     UNION ALL SELECT 'user', u.id FROM {user} u LEFT JOIN imported i
         ON i.organisation = u.organisation AND i.kind = 'user' AND i.source = u.id
     WHERE u.organisation = {id} AND (i.id IS NULL OR u.state = 3)";

/// The id under which it stands in the journal.
pub(crate) const REQUEST: &str = "import";

/// The context of what is taken over: nobody's, by the door of imports.
pub(crate) fn context(organisation: OrganisationId, now: Timestamp, entropy: Entropy) -> Context {
    let user = Object {
        id: 0,
        uuid: uuid::Uuid::nil(),
        version: 1,
        body: User::default(),
    };
    let actor = Actor {
        organisation,
        user: Arc::new(user),
        scopes: Scopes::ALL,
        token: None,
        door: Door::Import,
    };
    Context {
        now,
        actor,
        entropy,
    }
}

/// The catalog of an organisation that is yet to be made.
pub(crate) fn unmade(
    id: OrganisationId,
    source: &Source,
    entropy: &mut Entropy,
    now: Timestamp,
) -> Catalog {
    let own = Object {
        id: id.0,
        uuid: entropy.uuid(now),
        version: 0,
        body: source.organisation.clone(),
    };
    Catalog::new(id, &source.slug, own)
}

/// The changes in the order in which they can be written: what is pointed to before what points to it, what gives
/// a place free before what takes it. The last ones, new bookings, come in pieces.
pub(crate) fn in_steps(changes: Changes) -> Vec<Changes> {
    let Changes {
        bookings,
        series,
        credits,
        objects,
        users,
        tokens,
        invoices,
        subscriptions,
        drawings,
    } = changes;
    let (old, new): (Vec<_>, Vec<_>) = bookings
        .into_iter()
        .partition(|change| change.before.is_some());
    let mut steps = vec![Changes {
        bookings: old,
        series,
        objects,
        users,
        tokens,
        invoices,
        subscriptions,
        drawings,
        ..Changes::default()
    }];
    let mut new = new.into_iter().peekable();
    while new.peek().is_some() {
        steps.push(Changes {
            bookings: new.by_ref().take(CHUNK).collect(),
            ..Changes::default()
        });
    }
    steps.push(Changes {
        credits,
        ..Changes::default()
    });
    steps
}

/// A file that could not be read while it was to be stored.
pub(crate) fn unreadable(file: i64, error: &std::io::Error) -> crate::StoreError {
    crate::StoreError::unavailable(format!("file {file} can not be read: {error}"))
}

/// How much there is to write.
pub(crate) fn size(changes: &Changes) -> u64 {
    let rows = changes.bookings.len()
        + changes.series.len()
        + changes.credits.len()
        + changes.objects.len()
        + changes.users.len();
    u64::try_from(rows).unwrap_or(u64::MAX)
}

/// The name of the counter that gives numbers to a kind of row, if it has one.
pub(crate) fn counter(row: Row) -> Option<&'static str> {
    match row {
        Row::Password | Row::Credits => None,
        _ => Some(row.name()),
    }
}

/// The highest numbers that must never be given again: those of the other system, and those taken over.
pub(crate) fn highest(
    plan: &Plan,
    mut highest: std::collections::BTreeMap<Row, i64>,
) -> Vec<(&'static str, i64)> {
    for Mark { row, id, .. } in &plan.marks {
        let last = highest.entry(*row).or_insert(*id);
        *last = (*last).max(*id);
    }
    highest
        .into_iter()
        .filter_map(|(row, last)| Some((counter(row)?, last)))
        .collect()
}
