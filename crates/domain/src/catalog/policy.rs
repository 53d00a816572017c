//! Policies: the settings that rules read, each settable at six levels, the nearest winning.

use serde::{Deserialize, Serialize};

use crate::catalog::{BookablePeriod, ResourceKind};
use crate::ids::GroupId;

/// Who a permission is given to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Every active user of the organisation.
    Everyone,
    /// Those with an explicit permission on the resource, of their own or through a group.
    Permitted,
    /// The members of these groups.
    Groups(Vec<GroupId>),
    /// Only those who manage the resource.
    Managers,
}

/// Two kinds of resource that one person may not hold at the same time; twice the same kind
/// means "at most one".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exclusion(pub ResourceKind, pub ResourceKind);

/// How much of a time may lie in the past; each is stricter than the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PastLimit {
    /// Nothing: it has still to begin.
    Future,
    /// Its start: it must not be over.
    Current,
    /// All of it.
    None,
}

/// Which changes of a confirmed booking need an approval again, where the resource wants one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApproveChanges {
    /// None: what is confirmed stays so.
    None,
    /// Taking a resource that the booking did not have.
    Resources,
    /// Any.
    All,
}

/// Where an effective value was set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Nowhere: the value is Tenure's own default.
    Default,
    /// On the organisation.
    Organisation,
    /// On the site.
    Site,
    /// On the area.
    Area,
    /// On the resource type.
    ResourceType,
    /// On a resource group.
    ResourceGroup,
    /// On the resource itself.
    Resource,
}

/// The object that an effective value was set on; `id` is 0 for [`Level::Default`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The level of the object.
    pub level: Level,
    /// The object's id within its kind.
    pub id: i64,
}

impl Source {
    /// The source of values that nobody has set.
    pub const DEFAULT: Self = Self {
        level: Level::Default,
        id: 0,
    };
}

macro_rules! policy {
    ($($(#[$doc:meta])* $field:ident : $ty:ty = $default:expr;)*) => {
        /// The settings of one level; what is `None` is inherited from the next one outwards.
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct Policy {
            $($(#[$doc])* #[serde(skip_serializing_if = "Option::is_none")] pub $field: Option<$ty>,)*
        }

        /// What is in force for one resource, and where each value was set.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize)]
        pub struct EffectivePolicy {
            $($(#[$doc])* pub $field: $ty,)*
            /// Where each value was set.
            pub sources: Sources,
        }

        /// Where each effective value was set.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
        pub struct Sources {
            $($(#[$doc])* pub $field: Source,)*
        }

        impl Default for EffectivePolicy {
            fn default() -> Self {
                Self {
                    $($field: $default,)*
                    sources: Sources { $($field: Source::DEFAULT,)* },
                }
            }
        }

        impl EffectivePolicy {
            /// Lets the values that `policy` sets take the place of those so far.
            pub fn overlay(&mut self, policy: &Policy, source: Source) {
                $(if let Some(value) = &policy.$field {
                    self.$field = value.clone();
                    self.sources.$field = source;
                })*
            }

            /// Where the value of the named policy was set; `None` for a name that is no policy.
            pub fn source(&self, name: &str) -> Option<Source> {
                match name {
                    $(stringify!($field) => Some(self.sources.$field),)*
                    _ => None,
                }
            }
        }

        /// The names of all policies, in the order of their definition.
        pub const POLICY_NAMES: &[&str] = &[$(stringify!($field)),*];
    };
}

policy! {
    /// The shortest booking, in minutes; 0 for no minimum.
    min_duration: u32 = 0;
    /// The longest booking that has an end, in minutes; 0 for no maximum beyond [`crate::limits::MAX_DURATION_MINUTES`].
    max_duration: u32 = 0;
    /// Start and end fall on multiples of so many minutes after midnight; 0 for any time.
    step: u32 = 0;
    /// The periods of the week that can be booked; none means any time.
    bookable: Vec<BookablePeriod> = Vec::new();
    /// How long before its start a booking must be made, in minutes.
    notice_create: u32 = 0;
    /// How long before its start a booking may still be changed, in minutes.
    notice_change: u32 = 0;
    /// How long before its start a booking may still be cancelled, in minutes.
    notice_cancel: u32 = 0;
    /// How far ahead a booking may end, in minutes; 0 for no limit.
    horizon: u32 = 0;
    /// Whether limits of whole days count elapsed time; otherwise they count days on the wall clock.
    elapsed: bool = false;
    /// How much of a time that is booked may lie in the past.
    past: PastLimit = PastLimit::Future;
    /// How much of a booking that is changed or cancelled may lie in the past.
    past_changes: PastLimit = PastLimit::Current;
    /// Time kept free before each booking, in minutes; at most a day.
    buffer_before: u32 = 0;
    /// Time kept free after each booking, in minutes; at most a day.
    buffer_after: u32 = 0;
    /// Whether a booking may go past midnight.
    multi_day: bool = true;
    /// Whether a booking may be without an end.
    open_end: bool = false;
    /// Whether somebody has to approve a booking.
    approval: bool = false;
    /// Which changes need an approval again.
    approve_changes: ApproveChanges = ApproveChanges::Resources;
    /// Whether people have to check in.
    check_in: bool = false;
    /// From how long before its start one can check in, in minutes.
    check_in_before: u32 = 15;
    /// How long after its start a booking nobody checked in to is released, in minutes; 0 for never.
    release_after: u32 = 0;
    /// The most people that may take part, the owner and users who have not said yes not counted; 0 for no limit.
    max_participants: u32 = 0;
    /// Whether a title must be given.
    require_title: bool = false;
    /// Whether a note must be given.
    require_note: bool = false;
    /// Whether the terms of use must be accepted with each booking.
    require_terms: bool = false;
    /// How long before its start a booking can be cancelled free of charge, in minutes.
    cancellation_period: u32 = 0;
    /// What one person may not hold at the same time.
    exclusions: Vec<Exclusion> = Vec::new();
    /// Who may know that the resource exists.
    see: Audience = Audience::Everyone;
    /// Who may book it.
    book: Audience = Audience::Everyone;
    /// Who may book it in another's name.
    book_for_others: Audience = Audience::Managers;
    /// Who sees the names of those who have booked it.
    see_names: Audience = Audience::Everyone;
    /// Who sees the titles of bookings that are not their own.
    see_titles: Audience = Audience::Everyone;
    /// Who sees everything else of them: notes, guests, who takes part, and everybody's addresses.
    see_details: Audience = Audience::Managers;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_level_wins_and_says_so() {
        let mut effective = EffectivePolicy::default();
        let site = Policy {
            min_duration: Some(30),
            approval: Some(true),
            ..Policy::default()
        };
        let resource = Policy {
            min_duration: Some(15),
            ..Policy::default()
        };
        effective.overlay(
            &site,
            Source {
                level: Level::Site,
                id: 3,
            },
        );
        effective.overlay(
            &resource,
            Source {
                level: Level::Resource,
                id: 9,
            },
        );
        assert_eq!((effective.min_duration, effective.approval), (15, true));
        assert_eq!(
            effective.source("min_duration"),
            Some(Source {
                level: Level::Resource,
                id: 9
            })
        );
        assert_eq!(
            effective.source("approval"),
            Some(Source {
                level: Level::Site,
                id: 3
            })
        );
        assert_eq!(effective.source("horizon"), Some(Source::DEFAULT));
        assert_eq!(effective.source("no such policy"), None);
    }
}
