//! Commands: each says what it needs to see, then decides; pure functions, one file each.
//!
//! The store carries a command out in three steps, in one transaction: it loads the command's [`Targets`], asks it
//! by [`Command::probe`] what else to lock and load, and hands it the whole [`Snapshot`] to decide on.

mod amend;
mod at_once;
mod attend;
mod book;
mod call_off;
mod cancel;
mod changes;
mod clients;
mod detach;
mod drawings;
mod edit;
mod grant;
mod hand_out;
mod invoices;
mod manage;
mod notices;
mod objects;
mod occurrences;
mod opening;
mod people;
mod permit;
mod quote;
mod rederive;
mod renew;
mod restore;
mod review;
mod series;
mod single;
mod snapshot;
mod subscriptions;
mod target;
mod tokens;
mod users;

pub use amend::{Amend, Amended, Amendment};
pub use at_once::{AtOnce, Begins};
pub use attend::{CheckIn, CheckOut, Release, awaits_check_in, check_in_window};
pub use book::{Book, Booked, OnConflict, Wanted};
pub use cancel::{Cancel, Cancelled};
pub use changes::{
    BookingChange, Changes, DrawingChange, ObjectChange, SeriesChange, SubscriptionChange,
    TokenChange, UserChange,
};
pub use clients::{ChangeClient, ClientChange, RegisterClient};
pub use edit::EditObject;
pub use grant::{GrantCredits, Granted};
pub use hand_out::{AskedPassword, GrantCode, HandedOut, Minted, Redeem, Refresh, Unfit};
pub use invoices::{CloseMonth, TakeBack};
pub use manage::{DeleteObject, PutObject, Validate};
pub use occurrences::Texts;
pub use opening::opens;
pub use people::{Answering, Join, Leave};
pub use permit::PermitEverybody;
pub use quote::{Alternative, Quote, Quoted, QuotedDate};
pub use rederive::{Rederive, Rederived};
pub use renew::{RenewCalendars, RenewHash};
pub use restore::Restore;
pub use review::{Approve, Decline};
pub use snapshot::{
    BookingTarget, CatalogLock, Fresh, Holdings, Lock, People, Probe, Snapshot, Targets,
};
pub use subscriptions::{Subscribe, Unsubscribe};
pub use tokens::{ClientGrant, HeldToken, IssueToken, NewToken, RevokeToken, TokenKind};
pub use users::{
    DeleteUser, EditUser, ImportKey, ImportRow, ImportUsers, Imported, PutUser, Register,
    SetMembers,
};

use jiff::Timestamp;

use crate::catalog::Object;
use crate::entropy::Entropy;
use crate::ids::UserId;
use crate::people::{Actor, Rights, User};
use crate::refusal::Refusal;

/// Which occurrences of a series a command is about, counted from the one it names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SeriesScope {
    /// This one alone.
    #[default]
    This,
    /// This one and all that start later.
    Following,
    /// All that have not begun yet, and this one; all there are, for who administers everything and sets limits aside.
    All,
}

/// Whether limits are set aside: what binds everybody never is (see [`crate::rules::check`]).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Override {
    /// They hold.
    #[default]
    No,
    /// They are set aside; refused, if the caller may not.
    Yes,
    /// They are set aside if the caller may, and hold otherwise.
    WherePossible,
}

impl From<bool> for Override {
    fn from(wanted: bool) -> Self {
        if wanted { Self::Yes } else { Self::No }
    }
}

/// What comes in with every command: the time, the caller, and fresh random bits.
#[derive(Clone, Debug)]
pub struct Context {
    /// When it is carried out.
    pub now: Timestamp,
    /// Who wants it.
    pub actor: Actor,
    /// Random bits for this command alone.
    pub entropy: Entropy,
}

impl Context {
    /// The caller's rights as of the snapshot's catalog.
    pub fn rights<'a>(&'a self, snapshot: &'a Snapshot) -> Rights<'a> {
        Rights::of(&snapshot.catalog, &self.actor.user)
    }

    /// A person: the caller, or one that was loaded.
    pub fn person<'a>(&'a self, id: UserId, snapshot: &'a Snapshot) -> Option<&'a Object<User>> {
        if id == self.actor.id() {
            Some(&self.actor.user)
        } else {
            snapshot.users.get(&id).map(AsRef::as_ref)
        }
    }
}

/// What a command that is not refused changes, and what it answers.
#[derive(Clone, Debug)]
pub struct Decision<T> {
    /// What is to be stored.
    pub changes: Changes,
    /// What the caller learns.
    pub outcome: T,
}

/// Something that changes the stored state, or is refused.
pub trait Command: Send + Sync + 'static {
    /// What the caller learns when it is carried out.
    type Outcome: Send + 'static;

    /// What must be loaded before [`Command::probe`].
    fn targets(&self, context: &Context) -> Targets;

    /// What else must be locked and loaded, judged by the catalog and the targets.
    ///
    /// # Errors
    /// A refusal, if it is clear already that there will be one.
    fn probe(&self, context: &Context, snapshot: &Snapshot) -> Result<Probe, Refusal>;

    /// Decides.
    ///
    /// # Errors
    /// The refusal; then nothing is changed.
    fn decide(
        &self,
        context: &Context,
        snapshot: &Snapshot,
    ) -> Result<Decision<Self::Outcome>, Refusal>;
}
