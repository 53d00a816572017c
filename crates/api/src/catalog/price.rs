//! Price rules.

use domain::catalog::Object;
use domain::ids::{MembershipId, PlanId};
use domain::money::{
    Cancellation, Cap, CapPeriod, Discount, PriceRule, Rate, Tax, TaxTreatment, Tier,
};
use http_kit::Problem;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::resource::KindBody;
use super::{Managed, Viewer};
use crate::wire::{Wire, choice, object, part};

choice! {
    /// How a tax relates to a price.
    TaxTreatmentBody for TaxTreatment {
        /// The price includes it.
        #[default]
        Inclusive,
        /// It is added to the price.
        Exclusive,
        /// There is none.
        Exempt,
    }
}

part! {
    /// A tax.
    TaxBody for Tax {
        required {}
        optional {
            /// Whether prices include it.
            treatment: TaxTreatmentBody,
        }
        filled {
            /// In percent; a decimal number.
            rate: String = "zero",
        }
    }
}

fn zero() -> String {
    "0".into()
}

part! {
    /// What a booking costs that is at least so long; all of it, not the part beyond.
    TierBody for Tier {
        required {
            /// From how many minutes on.
            from: u32,
        }
        optional {}
        filled {
            /// Once; a decimal number.
            flat_amount: String = "zero",
            /// For each hour of the booking; a decimal number.
            unit_amount: String = "zero",
        }
    }
}

/// What one unit costs; amounts are decimal numbers.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(tag = "per", rename_all = "snake_case", deny_unknown_fields)]
pub enum RateBody {
    /// For each hour that passes, parts of hours included.
    Hour {
        /// How much.
        amount: String,
    },
    /// For each slot that is begun.
    Slot {
        /// How much.
        amount: String,
        /// How long a slot is.
        minutes: u32,
    },
    /// Once, however long.
    Booking {
        /// How much.
        amount: String,
    },
    /// By the tier that the whole duration of the booking reaches; below the first, nothing.
    Tiers {
        /// The tiers, by `from`.
        tiers: Vec<TierBody>,
    },
}

impl Wire<RateBody> for Rate {
    fn to_wire(&self) -> RateBody {
        match self {
            Self::Hour { amount } => RateBody::Hour {
                amount: amount.to_wire(),
            },
            Self::Slot { amount, minutes } => RateBody::Slot {
                amount: amount.to_wire(),
                minutes: *minutes,
            },
            Self::Booking { amount } => RateBody::Booking {
                amount: amount.to_wire(),
            },
            Self::Tiers { tiers } => RateBody::Tiers {
                tiers: tiers.to_wire(),
            },
        }
    }

    fn from_wire(wire: RateBody, field: &str) -> Result<Self, Problem> {
        Ok(match wire {
            RateBody::Hour { amount } => Self::Hour {
                amount: Wire::from_wire(amount, field)?,
            },
            RateBody::Slot { amount, minutes } => Self::Slot {
                amount: Wire::from_wire(amount, field)?,
                minutes,
            },
            RateBody::Booking { amount } => Self::Booking {
                amount: Wire::from_wire(amount, field)?,
            },
            RateBody::Tiers { tiers } => Self::Tiers {
                tiers: Wire::from_wire(tiers, field)?,
            },
        })
    }
}

part! {
    /// A discount for bookings that are long enough.
    DiscountBody for Discount {
        required {
            /// How much less, in percent; a decimal number.
            percent: String,
        }
        optional {
            /// From how many minutes on.
            from: u32,
        }
    }
}

choice! {
    /// What a cap is for.
    CapPeriodBody for CapPeriod {
        /// Each booking.
        #[default]
        Booking,
        /// Each day on the resource's wall clock.
        Day,
        /// Each week, as the resource's schedule begins it.
        Week,
        /// Each month.
        Month,
    }
}

part! {
    /// The most that one unit costs in a period, all bookings of one person by the rule together.
    CapBody for Cap {
        required {
            /// In which period.
            period: CapPeriodBody,
            /// How much; a decimal number.
            amount: String,
        }
        optional {}
    }
}

part! {
    /// What calling off costs, once it is too late to be free.
    CancellationBody for Cancellation {
        required {
            /// Until how many hours before the start it is free.
            hours: u32,
        }
        optional {}
        filled {
            /// What is kept of the price, in percent; a decimal number.
            percent: String = "zero",
            /// What is kept at least, as far as the price goes; a decimal number.
            amount: String = "zero",
        }
    }
}

object! {
    /// What resources cost. All that is named must hold. For each stretch of a booking the most specific rule counts:
    /// one for a membership before one for a plan, a group of people, everybody; among these one for a resource
    /// before one for a resource group, a type, a kind, a site, all resources; among these the one with the higher
    /// priority, and then the later one.
    PriceRuleBody, PriceRuleView for PriceRule {
        required {
            /// What it is called, on bills too.
            #[schema(min_length = 1, max_length = 255)]
            name: String,
            /// The currency of all its amounts; ISO 4217 code.
            currency: String,
            /// What one unit costs.
            rate: RateBody,
        }
        optional {
            /// For these resources.
            resources: Vec<i64>,
            /// For resources in these groups, or in groups inside them.
            resource_groups: Vec<i64>,
            /// For resources of these types.
            resource_types: Vec<i64>,
            /// For resources of these kinds.
            kinds: Vec<KindBody>,
            /// For resources of these sites.
            sites: Vec<i64>,
            /// For who books by one of these memberships.
            memberships: Vec<i64>,
            /// For who has one of these plans on the day of the booking.
            plans: Vec<i64>,
            /// For the members of these groups of people.
            groups: Vec<i64>,
            /// On these ISO weekdays; none means all.
            weekdays: Vec<u8>,
            /// From this time of day on the resource's wall clock.
            from: Option<String>,
            /// Until this time of day; midnight is the end of the day.
            to: Option<String>,
            /// From this day on.
            #[schema(format = Date)]
            first_day: Option<String>,
            /// Until this day, included.
            #[schema(format = Date)]
            last_day: Option<String>,
            /// Which of two equally specific rules counts: the higher.
            priority: i32,
            /// Discounts; of several the one with the longest duration that is reached.
            discounts: Vec<DiscountBody>,
            /// So many minutes of one unit are free each month, for each person.
            free_minutes: u32,
            /// The most that it comes to.
            caps: Vec<CapBody>,
            /// The tax; null for that of the site.
            tax: Option<TaxBody>,
            /// What the accountants call it.
            #[schema(max_length = 255)]
            accounting_code: Option<String>,
            /// What calling off costs; null for what the policy says: nothing, or all of it once it is too late.
            cancellation: Option<CancellationBody>,
        }
    }
}

impl Managed for PriceRule {
    type Body = PriceRuleBody;
    type View = PriceRuleView;

    /// A price is known to those for whom it counts.
    fn visible(object: &Object<Self>, viewer: &Viewer<'_>) -> bool {
        let own = viewer.catalog.memberships_of(viewer.rights.user());
        let plan = |id: &MembershipId| {
            let membership = viewer.catalog.memberships.get(id.0);
            membership.map_or(PlanId(0), |membership| membership.plan)
        };
        let none_or = |empty: bool, any: bool| empty || any;
        viewer.rights.administers_all()
            || (none_or(
                object.memberships.is_empty(),
                own.iter().any(|id| object.memberships.contains(id)),
            ) && none_or(
                object.plans.is_empty(),
                own.iter().any(|id| object.plans.contains(&plan(id))),
            ) && none_or(
                object.groups.is_empty(),
                object.groups.iter().any(|group| viewer.is_in(*group)),
            ) && none_or(
                object.resources.is_empty(),
                object.resources.iter().any(|id| viewer.sees_resource(*id)),
            ))
    }

    /// Whoever does not administer everything sees no contracts of others in it, and no resources they may not know of.
    fn view(object: &Object<Self>, viewer: Option<&Viewer<'_>>) -> PriceRuleView {
        let mut view = PriceRuleView::of(object);
        if let Some(viewer) = viewer.filter(|viewer| !viewer.rights.administers_all()) {
            let own = viewer.catalog.memberships_of(viewer.rights.user());
            view.memberships
                .retain(|id| own.contains(&MembershipId(*id)));
            view.resources
                .retain(|id| viewer.sees_resource((*id).into()));
            view.groups.retain(|id| viewer.is_in((*id).into()));
        }
        view
    }
}
