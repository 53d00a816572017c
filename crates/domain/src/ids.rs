//! One integer type per kind of thing, so that a resource's id is never taken for a booking's.

use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl From<i64> for $name {
            fn from(id: i64) -> Self {
                Self(id)
            }
        }

        impl From<$name> for i64 {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    )*};
}

ids! {
    /// The tenant that everything belongs to.
    OrganisationId;
    /// A building or campus.
    SiteId;
    /// A floor, wing or car park of a site.
    AreaId;
    /// A thing that can be booked.
    ResourceId;
    /// A sort of resource that an organisation names itself.
    ResourceTypeId;
    /// A node in the tree of resource groups.
    ResourceGroupId;
    /// A reason why a resource can not be used.
    StateReasonId;
    /// A schedule: zone, week start and bookable periods.
    ScheduleId;
    /// A time in which resources can not be booked.
    BlackoutId;
    /// Something booked along with a resource, out of a stock.
    AccessoryId;
    /// The definition of a custom attribute.
    AttributeId;
    /// A person with a log-in.
    UserId;
    /// A group of people.
    GroupId;
    /// A contract of one person or team with a plan.
    MembershipId;
    /// What a membership is entitled to.
    PlanId;
    /// A limit on how much may be booked in a period.
    QuotaId;
    /// A rule that says what resources cost.
    PriceRuleId;
    /// An invoice or a credit note.
    InvoiceId;
    /// A program that people let act for them.
    ClientId;
    /// One booking, or one occurrence of a series.
    BookingId;
    /// The bookings made by one recurrence rule.
    SeriesId;
    /// An API token or a log-in session.
    TokenId;
    /// A wish of another program to be told of events.
    SubscriptionId;
}
