//! Policies on the wire, and what is in force for a resource.

use axum::Json;
use axum::extract::State;
use domain::catalog::{
    ApproveChanges, Audience, BookablePeriod, Catalog, EffectivePolicy, Exclusion, Level,
    POLICY_NAMES, PastLimit, Policy,
};
use domain::ids::ResourceId;
use http_kit::Problem;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::resource::KindBody;
use super::{Managed, Viewer, number};
use crate::App;
use crate::caller::{Caller, CatalogRead, Path};
use crate::problem::store_problem;
use crate::wire::{Wire, choice, part};

/// Who a permission is given to.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AudienceBody {
    /// Every active user.
    Everyone,
    /// Those with an explicit permission on the resource, of their own or through a group.
    Permitted,
    /// The members of these groups.
    Groups(Vec<i64>),
    /// Only those who manage the resource.
    Managers,
}

impl Wire<AudienceBody> for Audience {
    fn to_wire(&self) -> AudienceBody {
        match self {
            Self::Everyone => AudienceBody::Everyone,
            Self::Permitted => AudienceBody::Permitted,
            Self::Groups(groups) => AudienceBody::Groups(groups.to_wire()),
            Self::Managers => AudienceBody::Managers,
        }
    }

    fn from_wire(wire: AudienceBody, field: &str) -> Result<Self, Problem> {
        Ok(match wire {
            AudienceBody::Everyone => Self::Everyone,
            AudienceBody::Permitted => Self::Permitted,
            AudienceBody::Groups(groups) => Self::Groups(Wire::from_wire(groups, field)?),
            AudienceBody::Managers => Self::Managers,
        })
    }
}

/// Two kinds of resource that one person may not hold at the same time; twice the same kind means "at most one".
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExclusionBody {
    /// The one kind.
    pub kind: KindBody,
    /// The other.
    pub excludes: KindBody,
}

impl Wire<ExclusionBody> for Exclusion {
    fn to_wire(&self) -> ExclusionBody {
        ExclusionBody {
            kind: self.0.to_wire(),
            excludes: self.1.to_wire(),
        }
    }

    fn from_wire(wire: ExclusionBody, field: &str) -> Result<Self, Problem> {
        Ok(Self(
            Wire::from_wire(wire.kind, field)?,
            Wire::from_wire(wire.excludes, field)?,
        ))
    }
}

part! {
    /// A period of the day on some days of the week, on the wall clock of the resource's zone.
    PeriodBody for BookablePeriod {
        required {
            /// When it begins.
            #[schema(pattern = r"^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$")]
            from: String,
            /// When it ends; midnight is the day's end.
            #[schema(pattern = r"^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$")]
            to: String,
        }
        optional {
            /// ISO weekdays, 1 for Monday to 7 for Sunday; none means all.
            weekdays: Vec<u8>,
        }
    }
}

choice! {
    /// How much of a time may lie in the past.
    PastBody for PastLimit {
        /// Nothing: it has still to begin.
        #[default]
        Future,
        /// Its start: it must not be over.
        Current,
        /// All of it.
        None,
    }
}

choice! {
    /// Which changes of a confirmed booking need an approval again, where the resource wants one.
    ApproveChangesBody for ApproveChanges {
        /// None: what is confirmed stays so.
        None,
        /// Taking a resource that the booking did not have.
        #[default]
        Resources,
        /// Any.
        All,
    }
}

macro_rules! policies {
    ($($(#[$doc:meta])* $field:ident: $ty:ty,)*) => {
        part! {
            /// The settings of one level; what is null is inherited from the next one outwards. Times are in minutes.
            #[derive(Default)]
            PolicyBody for Policy {
                required {}
                optional { $($(#[$doc])* $field: Option<$ty>,)* }
            }
        }

        /// All values that are in force.
        fn in_force(policy: &EffectivePolicy) -> PolicyBody {
            PolicyBody { $($field: Some(Wire::<$ty>::to_wire(&policy.$field)),)* }
        }
    };
}

policies! {
    /// The shortest booking; 0 for no minimum.
    min_duration: u32,
    /// The longest booking that has an end; 0 for no maximum.
    max_duration: u32,
    /// Start and end fall on multiples of so many minutes after midnight; 0 for any time.
    step: u32,
    /// The periods of the week that can be booked; none means any time.
    bookable: Vec<PeriodBody>,
    /// How long before its start a booking must be made.
    notice_create: u32,
    /// How long before its start a booking may still be changed.
    notice_change: u32,
    /// How long before its start a booking may still be cancelled.
    notice_cancel: u32,
    /// How far ahead a booking may end; 0 for no limit.
    horizon: u32,
    /// Whether limits of whole days count elapsed time; otherwise they count days on the wall clock.
    elapsed: bool,
    /// How much of a time that is booked may lie in the past.
    past: PastBody,
    /// How much of a booking that is changed or cancelled may lie in the past.
    past_changes: PastBody,
    /// Time kept free before each booking; at most a day.
    buffer_before: u32,
    /// Time kept free after each booking; at most a day.
    buffer_after: u32,
    /// Whether a booking may go past midnight.
    multi_day: bool,
    /// Whether a booking may be without an end.
    open_end: bool,
    /// Whether somebody has to approve a booking.
    approval: bool,
    /// Which changes need an approval again.
    approve_changes: ApproveChangesBody,
    /// Whether people have to check in.
    check_in: bool,
    /// From how long before its start one can check in.
    check_in_before: u32,
    /// How long after its start a booking nobody checked in to is released; 0 for never.
    release_after: u32,
    /// The most people that may take part, the owner and users who have not said yes not counted; 0 for no limit.
    max_participants: u32,
    /// Whether a title must be given.
    require_title: bool,
    /// Whether a note must be given.
    require_note: bool,
    /// Whether the terms of use must be accepted with each booking.
    require_terms: bool,
    /// How long before its start a booking can be cancelled free of charge.
    cancellation_period: u32,
    /// What one person may not hold at the same time.
    exclusions: Vec<ExclusionBody>,
    /// Who may know that the resource exists.
    see: AudienceBody,
    /// Who may book it.
    book: AudienceBody,
    /// Who may book it in another's name.
    book_for_others: AudienceBody,
    /// Who sees the names of those who have booked it.
    see_names: AudienceBody,
    /// Who sees the titles of bookings that are not their own.
    see_titles: AudienceBody,
    /// Who sees everything else of them: notes, guests, who takes part, and everybody's addresses.
    see_details: AudienceBody,
}

/// Where a value was set.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SourceBody {
    /// `default`, `organisation`, `site`, `area`, `resource_type`, `resource_group` or `resource`.
    pub level: &'static str,
    /// The id of the object there; 0 for a default.
    pub id: i64,
}

/// A value that is in force for a resource.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PolicyValue {
    /// The name of the policy.
    pub name: &'static str,
    /// Its value.
    #[schema(value_type = Value)]
    pub value: serde_json::Value,
    /// Where it was set.
    pub set_by: SourceBody,
}

/// What is in force for a resource.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PolicyReport {
    /// Every policy, with its value and where that was set.
    pub policies: Vec<PolicyValue>,
}

const fn level(level: Level) -> &'static str {
    match level {
        Level::Default => "default",
        Level::Organisation => "organisation",
        Level::Site => "site",
        Level::Area => "area",
        Level::ResourceType => "resource_type",
        Level::ResourceGroup => "resource_group",
        Level::Resource => "resource",
    }
}

fn report(catalog: &Catalog, id: ResourceId) -> Result<PolicyReport, Problem> {
    let effective = catalog.policy_of(id);
    let values = serde_json::to_value(in_force(&effective)).map_err(|error| {
        tracing::error!(%error, "a policy has no JSON form");
        Problem::internal()
    })?;
    let value = |name: &&'static str| {
        let source = effective.source(name)?;
        Some(PolicyValue {
            name,
            value: values.get(*name)?.clone(),
            set_by: SourceBody {
                level: level(source.level),
                id: source.id,
            },
        })
    };
    Ok(PolicyReport {
        policies: POLICY_NAMES.iter().filter_map(value).collect(),
    })
}

/// Read what is in force for a resource, and where each value was set.
#[utoipa::path(
    get,
    path = "/resources/{id}/policy",
    tag = "catalog",
    security(("bearer" = ["catalog:read"])),
    params(("id" = i64, Path, description = "The resource.")),
    responses((status = 200, description = "Every policy.", body = PolicyReport)),
)]
pub async fn effective(
    State(app): State<App>,
    caller: Caller<CatalogRead>,
    Path(id): Path<String>,
) -> Result<Json<PolicyReport>, Problem> {
    let id = number(&id)?;
    let catalog = app
        .engine
        .catalog(caller.actor.organisation)
        .map_err(|error| store_problem(&error))?;
    let viewer = Viewer::of(&catalog, &caller.actor.user);
    let resource = catalog
        .resource(ResourceId(id))
        .filter(|resource| Managed::visible(resource.as_ref(), &viewer));
    resource.ok_or_else(Problem::not_found)?;
    report(&catalog, ResourceId(id)).map(Json)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wire_knows_every_policy() -> Result<(), serde_json::Error> {
        let wire = serde_json::to_value(in_force(&EffectivePolicy::default()))?;
        for name in POLICY_NAMES {
            assert!(wire.get(name).is_some(), "{name}");
        }
        assert_eq!(
            wire.as_object().map(serde_json::Map::len),
            Some(POLICY_NAMES.len())
        );
        Ok(())
    }
}
