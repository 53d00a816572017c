//! Bookings, the series they belong to, and the claims they make on resources.

mod claim;
mod details;
mod privacy;
mod series;

use jiff::Timestamp;
use jiff::civil;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use claim::{Claim, Holding, Item};
pub use details::{
    Answer, Attachment, BookedAccessory, BookedResource, Details, Guest, Participant, Reminders,
};
pub use privacy::{Disclosure, disclosure, reads_attribute};
pub use series::Series;

use crate::catalog::Catalog;
use crate::ids::{BookingId, MembershipId, OrganisationId, ResourceId, SeriesId, UserId};
use crate::time::{CivilSpan, Interval, Zone};

/// Where a booking stands in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Waits for approval; occupies its resources.
    Pending,
    /// Holds.
    Confirmed,
    /// Holds, and somebody is there.
    CheckedIn,
    /// Was ended by hand; occupied its resources until then.
    Ended,
    /// Called off by somebody.
    Cancelled,
    /// Not approved.
    Declined,
    /// Given back because nobody checked in.
    Released,
}

impl State {
    /// All states.
    pub const ALL: [Self; 7] = [
        Self::Pending,
        Self::Confirmed,
        Self::CheckedIn,
        Self::Ended,
        Self::Cancelled,
        Self::Declined,
        Self::Released,
    ];

    /// Whether a booking in this state occupies its resources.
    pub const fn occupies(self) -> bool {
        matches!(
            self,
            Self::Pending | Self::Confirmed | Self::CheckedIn | Self::Ended
        )
    }

    /// Whether a booking in this state can still change.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Pending | Self::Confirmed | Self::CheckedIn)
    }

    /// The name it is stored under and shown by.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Confirmed => "confirmed",
            Self::CheckedIn => "checked_in",
            Self::Ended => "ended",
            Self::Cancelled => "cancelled",
            Self::Declined => "declined",
            Self::Released => "released",
        }
    }

    /// The state of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// A time for which somebody has resources.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Booking {
    /// Its number; never used again.
    pub id: BookingId,
    /// Its name across installations.
    pub uuid: Uuid,
    /// Its unguessable name; see [`crate::reference`].
    pub reference: String,
    /// Whose it is.
    pub organisation: OrganisationId,
    /// Grows by one with each change; the first is 1.
    pub version: i64,
    /// Where it stands.
    pub state: State,
    /// The person it is for.
    pub owner: UserId,
    /// The person who made it.
    pub created_by: UserId,
    /// When it is.
    pub interval: Interval,
    /// The wall clock it was made on.
    pub civil: CivilSpan,
    /// The series it belongs to.
    pub series: Option<SeriesId>,
    /// Which of the series' occurrences it is: the wall-clock start that the rule gave it.
    pub occurrence: Option<civil::DateTime>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Everything else.
    pub details: Details,
}

impl Booking {
    /// Whether it takes this resource.
    pub fn takes(&self, resource: ResourceId) -> bool {
        self.details
            .resources
            .iter()
            .any(|booked| booked.resource == resource)
    }

    /// The ids of its resources, in the order they were booked.
    pub fn resource_ids(&self) -> impl Iterator<Item = ResourceId> + '_ {
        self.details.resources.iter().map(|booked| booked.resource)
    }

    /// The membership it is on: the one it is charged to or else, of the owner's, the one that counts on the day on which
    /// it begins.
    pub fn membership(&self, catalog: &Catalog) -> Option<MembershipId> {
        let day = self.civil.start().date();
        let counts = || catalog.membership_on(self.owner, day);
        self.details.charged_to().or_else(counts)
    }

    /// The zone of the wall clock it was made on.
    pub fn zone(&self) -> &Zone {
        self.civil.zone()
    }

    /// Whether it has begun.
    pub fn has_begun(&self, now: Timestamp) -> bool {
        self.interval.start() <= now
    }

    /// Whether it is over.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.interval.end().is_some_and(|end| end <= now)
    }

    /// What it occupies, buffers included; none of it counts unless its state does.
    pub fn claims(&self) -> Vec<Claim> {
        claim::of(self)
    }
}
