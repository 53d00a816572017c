//! Every reason for a no, as data: which rule, on which date and resource, where it was set, and what would satisfy it.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::booking::State;
use crate::catalog::{ObjectKind, ResourceKind, Source};
use crate::ids::{AccessoryId, AttributeId, BlackoutId, MembershipId, QuotaId, ResourceId, UserId};
use crate::money::Currency;

/// Why a command was refused. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// What the command names does not exist, or the caller may not know that it does.
    NotFound(Missing),
    /// The caller may know of it, but not do this with it.
    Forbidden(Forbidden),
    /// The object has changed since the caller read it.
    Stale {
        /// The version it has now.
        current: i64,
    },
    /// A rule is against it; the first violation counts most.
    Rules(Vec<Violation>),
}

/// What does not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// A booking.
    Booking,
    /// A series.
    Series,
    /// A user.
    User,
    /// A token.
    Token,
    /// An invoice.
    Invoice,
    /// A subscription.
    Subscription,
    /// An object of the catalog.
    Object(ObjectKind),
}

/// What the caller may not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Forbidden {
    /// Book this resource.
    BookResource,
    /// Book in another's name.
    BookForOthers,
    /// Change somebody else's booking.
    ChangeBooking,
    /// Approve or decline.
    Approve,
    /// Set aside the rules.
    Override,
    /// Set a price by hand.
    SetPrice,
    /// Book for an event, or release a booking from one.
    Event,
    /// Change the catalog.
    ManageCatalog,
    /// Change users.
    ManagePeople,
    /// Register oneself.
    Register,
    /// Give rights beyond one's own.
    Escalate,
    /// See what only administrators see.
    Administer,
    /// The token's scope is too small.
    Scope,
}

/// One rule that is against a command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Violation {
    /// The rule, with what would satisfy it.
    #[serde(flatten)]
    pub rule: Rule,
    /// The resource it concerns.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub resource: Option<ResourceId>,
    /// The start of the booking it concerns.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub start: Option<Timestamp>,
    /// Where the rule was set.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub set_by: Option<Source>,
}

/// The rules there are. Durations are in minutes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "rule", rename_all = "snake_case")]
pub enum Rule {
    /// Too few units are free.
    Occupied {
        /// How many are.
        free: u32,
        /// How many were asked for.
        requested: u32,
    },
    /// The resource, or what it is a part of, is closed.
    Blackout {
        /// By which blackout.
        blackout: BlackoutId,
    },
    /// Too few of an accessory are free.
    AccessoryOccupied {
        /// Which.
        accessory: AccessoryId,
        /// How many are.
        free: u32,
    },
    /// The schedule's limit on resources in use at the same time is reached.
    ScheduleFull {
        /// The limit.
        limit: u32,
    },
    /// More units are booked already than would be left.
    UnitsInUse {
        /// How many are booked at once at most.
        booked: u32,
    },
    /// The end is not after the start.
    EmptyInterval,
    /// The time is outside what Tenure stores.
    OutOfRange,
    /// The start has passed.
    Past,
    /// Shorter than allowed.
    TooShort {
        /// The minimum.
        minimum: u32,
    },
    /// Longer than allowed.
    TooLong {
        /// The maximum.
        maximum: u32,
    },
    /// Start or end is not on the grid.
    Step {
        /// The grid's step.
        step: u32,
    },
    /// Outside the periods that can be booked.
    OutsidePeriods,
    /// Outside the schedule's availability.
    OutsideAvailability,
    /// Too late.
    Notice {
        /// The earliest start that is still possible.
        earliest: Timestamp,
    },
    /// Too far ahead.
    Horizon {
        /// The latest end that is possible.
        latest: Timestamp,
    },
    /// Goes past midnight.
    MultiDay,
    /// Has no end.
    OpenEnd,
    /// The resource is out of use.
    Unavailable,
    /// The resource takes no new bookings.
    Blocked,
    /// The resource is somebody else's.
    Assigned,
    /// More units than the resource has.
    TooManyUnits {
        /// How many it has.
        units: u32,
    },
    /// More resources than may be booked together.
    TooManyResources {
        /// The limit.
        limit: u32,
    },
    /// The same resource or accessory twice.
    Duplicate,
    /// Another resource must be booked along with it.
    RequiresResource {
        /// Which.
        required: ResourceId,
    },
    /// A title must be given.
    TitleRequired,
    /// A note must be given.
    NoteRequired,
    /// The terms must be accepted.
    TermsRequired,
    /// Too many people.
    TooManyParticipants {
        /// The limit.
        limit: u32,
    },
    /// The person holds something that excludes it.
    Excluded {
        /// What kind.
        held: ResourceKind,
    },
    /// A quota is used up.
    Quota {
        /// Which.
        quota: QuotaId,
        /// How much it allows.
        limit: Decimal,
        /// How much would be used.
        used: Decimal,
    },
    /// Too few credits.
    Credits {
        /// How many it takes.
        required: Decimal,
        /// How many there are.
        balance: Decimal,
    },
    /// A booking costs one currency only.
    Currencies {
        /// One that it would cost.
        one: Currency,
        /// Another.
        other: Currency,
    },
    /// The accessory does not go with these resources.
    AccessoryNotAllowed {
        /// Which.
        accessory: AccessoryId,
    },
    /// Too few of an accessory.
    AccessoryMinimum {
        /// Which.
        accessory: AccessoryId,
        /// The minimum.
        minimum: u32,
    },
    /// Too many of an accessory.
    AccessoryMaximum {
        /// Which.
        accessory: AccessoryId,
        /// The maximum.
        maximum: u32,
    },
    /// An attribute needs a value.
    AttributeRequired {
        /// Which.
        attribute: AttributeId,
    },
    /// An attribute's value does not fit.
    AttributeInvalid {
        /// Which.
        attribute: AttributeId,
    },
    /// The vehicle does not fit: not the owner's, or nothing to park.
    Vehicle,
    /// The membership does not fit: not the owner's, or not valid then.
    Membership {
        /// Which.
        membership: MembershipId,
    },
    /// The user can not take part.
    User {
        /// Who.
        user: UserId,
    },
    /// Guests' addresses must be addresses, one each.
    GuestAddress,
    /// A text is too long.
    TextTooLong {
        /// The limit in characters.
        limit: u32,
    },
    /// A series of so many occurrences is not made.
    TooManyOccurrences {
        /// The limit.
        limit: u32,
    },
    /// The rule has no occurrence at all.
    NoOccurrence,
    /// The rule can not be carried out.
    Recurrence {
        /// Why, in words.
        detail: String,
    },
    /// Not in this state.
    State {
        /// The state it is in.
        state: State,
    },
    /// It belongs to an event, from which it has to be released first.
    Event {
        /// Which.
        event: String,
    },
    /// Outside the time in which one can check in.
    CheckInWindow {
        /// Its first instant.
        from: Timestamp,
        /// Its last instant; none while the booking lasts.
        until: Option<Timestamp>,
    },
    /// Nobody has to check in here.
    NoCheckIn,
    /// Nobody may join unasked.
    NotOpen,
    /// The value is taken.
    Taken {
        /// The field.
        field: String,
    },
    /// The value does not fit.
    Invalid {
        /// The field.
        field: String,
        /// Why, in words.
        detail: String,
    },
    /// The caller's own account would be deactivated.
    OwnAccount,
    /// Nobody who can log in would administer everything any more.
    LastAdministrator,
    /// So many users are deactivated only by who says their number.
    Unconfirmed {
        /// How many they are.
        users: u32,
    },
    /// Others still depend on it.
    InUse {
        /// Which kind does.
        by: String,
    },
}

impl Rule {
    /// Whether somebody or something else is in the way, so that another time would do.
    pub const fn is_conflict(&self) -> bool {
        matches!(
            self,
            Self::Occupied { .. }
                | Self::Blackout { .. }
                | Self::AccessoryOccupied { .. }
                | Self::ScheduleFull { .. }
                | Self::UnitsInUse { .. }
                | Self::Event { .. }
                | Self::InUse { .. }
                | Self::Taken { .. }
        )
    }
}

impl Violation {
    /// A violation that concerns the command as a whole.
    pub const fn of(rule: Rule) -> Self {
        Self {
            rule,
            resource: None,
            start: None,
            set_by: None,
        }
    }

    /// The same, on a resource.
    #[must_use]
    pub const fn on(mut self, resource: ResourceId) -> Self {
        self.resource = Some(resource);
        self
    }

    /// The same, of the booking that starts then.
    #[must_use]
    pub const fn at(mut self, start: Timestamp) -> Self {
        self.start = Some(start);
        self
    }

    /// The same, with the place where the rule was set.
    #[must_use]
    pub const fn set_by(mut self, source: Source) -> Self {
        self.set_by = Some(source);
        self
    }
}

impl Refusal {
    /// A refusal by one rule.
    pub fn rule(rule: Rule) -> Self {
        Self::Rules(vec![Violation::of(rule)])
    }

    /// A refusal by rules, conflicts first; `Ok` if there are none.
    ///
    /// # Errors
    /// The refusal, if there is any violation.
    pub fn by(mut violations: Vec<Violation>) -> Result<(), Self> {
        if violations.is_empty() {
            return Ok(());
        }
        violations.sort_by_key(|violation| !violation.rule.is_conflict());
        Err(Self::Rules(violations))
    }

    /// Whether a conflict is the first reason.
    pub fn is_conflict(&self) -> bool {
        matches!(self, Self::Rules(violations) if violations.first().is_some_and(|v| v.rule.is_conflict()))
    }
}
