//! Resources, their types and their groups.

use domain::catalog::{
    CreditRule, Object, Resource, ResourceGroup, ResourceKind, ResourceMode, ResourceState,
    ResourceType,
};
use domain::ids::{AttributeId, ResourceId};

use super::place::ShapeBody;
use super::policy::PolicyBody;
use super::{Managed, Viewer};
use crate::wire::{AttributeValue, choice, object, part};

choice! {
    /// What a resource is.
    KindBody for ResourceKind {
        /// A desk or another single place to work.
        #[default]
        Desk,
        /// A parking place.
        Parking,
        /// A meeting room.
        Room,
        /// Work from home, booked so that others know.
        HomeOffice,
        /// An office, booked as a whole or by the seat.
        Office,
        /// Anything that is carried, driven or plugged in.
        Equipment,
    }
}

choice! {
    /// Whether a resource can be used at all.
    StateBody for ResourceState {
        /// In use.
        #[default]
        Available,
        /// Out of use for the time being; shown, not bookable.
        Unavailable,
        /// Shown to those who manage it only; not bookable.
        Hidden,
    }
}

choice! {
    /// How a resource is given out.
    ModeBody for ResourceMode {
        /// To whoever books it first.
        #[default]
        Flexible,
        /// To nobody: what is booked stays, nothing new is taken.
        Blocked,
        /// To one person for good.
        Assigned,
    }
}

part! {
    /// What a booking costs in credits; decimal numbers.
    CreditsBody for CreditRule {
        required {}
        optional {
            /// Whether they are charged once per booking rather than per slot.
            per_booking: bool,
            /// Whether blocked slots inside the booking are charged too.
            all_slots: bool,
        }
        filled {
            /// Credits off peak.
            off_peak: String = "zero",
            /// Credits in the schedule's peak times.
            peak: String = "zero",
        }
    }
}

impl Default for CreditsBody {
    fn default() -> Self {
        Self {
            off_peak: zero(),
            peak: zero(),
            per_booking: false,
            all_slots: false,
        }
    }
}

const fn one() -> u32 {
    1
}

fn zero() -> String {
    "0".into()
}

object! {
    /// A thing that can be booked.
    ResourceBody, ResourceView for Resource {
        required {
            /// The name people know it by.
            #[schema(min_length = 1, max_length = 200)]
            name: String,
            /// The area it is in.
            area: i64,
            /// What it is.
            kind: KindBody,
        }
        optional {
            /// Its type, of the organisation's own making.
            resource_type: Option<i64>,
            /// The groups it stands in.
            groups: Vec<i64>,
            /// Its schedule; without one, the default one.
            schedule: Option<i64>,
            /// Whether it can be used at all.
            state: StateBody,
            /// Why it is in that state.
            state_reason: Option<String>,
            /// The same, as one of the organisation's reasons.
            reason: Option<i64>,
            /// How it is given out.
            mode: ModeBody,
            /// Whose it is, if assigned.
            assigned_to: Option<i64>,
            /// The resource that this one is a part of: a booking of either blocks the other.
            parent: Option<i64>,
            /// Resources that must be booked along with it.
            requires: Vec<i64>,
            /// What it has, for those who search.
            tags: Vec<String>,
            /// Address of a picture.
            image: Option<String>,
            /// Where to find it, in words.
            location: Option<String>,
            /// Whom to ask.
            contact: Option<String>,
            /// What it is, in words.
            description: Option<String>,
            /// What else there is to know.
            notes: Option<String>,
            /// Its colour, `#rrggbb`.
            color: Option<String>,
            /// Its place in lists; lower first.
            sort_order: i32,
            /// The group whose members manage it.
            admin_group: Option<i64>,
            /// Whether new users are permitted to book it, where permissions count.
            permit_new_users: bool,
            /// Its place on the floor plan.
            shape: Option<ShapeBody>,
            /// Values of custom attributes.
            attributes: Vec<AttributeValue>,
            /// What it costs in credits.
            credits: CreditsBody,
            /// Its own policy.
            policy: PolicyBody,
        }
        filled {
            /// How many can be booked at once.
            #[schema(minimum = 1, maximum = 100_000, default = 1)]
            units: u32 = "one",
        }
    }
}

impl Managed for Resource {
    type Body = ResourceBody;
    type View = ResourceView;

    fn visible(object: &Object<Self>, viewer: &Viewer<'_>) -> bool {
        viewer.rights.sees(object)
    }

    /// To those who do not manage it, without what they may not know of: hidden resources, and attributes that are
    /// for administrators.
    fn view(object: &Object<Self>, viewer: Option<&Viewer<'_>>) -> ResourceView {
        let mut view = ResourceView::of(object);
        let Some(viewer) = viewer.filter(|viewer| !viewer.rights.manages(object)) else {
            return view;
        };
        let sees = |id: i64| viewer.sees_resource(ResourceId(id));
        view.parent = view.parent.filter(|id| sees(*id));
        view.requires.retain(|id| sees(*id));
        view.attributes
            .retain(|value| viewer.sees_attribute(AttributeId(value.id)));
        view.assigned_to = view
            .assigned_to
            .filter(|user| *user == viewer.rights.user().0 || viewer.sees_names(object));
        view
    }
}

object! {
    /// A sort of resource that the organisation names itself.
    ResourceTypeBody, ResourceTypeView for ResourceType {
        required {
            /// Its name.
            #[schema(min_length = 1, max_length = 200)]
            name: String,
        }
        optional {
            /// What it means.
            description: Option<String>,
            /// Values of custom attributes.
            attributes: Vec<AttributeValue>,
            /// The policy of its resources.
            policy: PolicyBody,
        }
    }
}

impl Managed for ResourceType {
    type Body = ResourceTypeBody;
    type View = ResourceTypeView;

    fn visible(_object: &Object<Self>, _viewer: &Viewer<'_>) -> bool {
        true
    }

    fn view(object: &Object<Self>, viewer: Option<&Viewer<'_>>) -> ResourceTypeView {
        let mut view = ResourceTypeView::of(object);
        if let Some(viewer) = viewer {
            view.attributes
                .retain(|value| viewer.sees_attribute(AttributeId(value.id)));
        }
        view
    }
}

object! {
    /// A node in the tree of resource groups.
    ResourceGroupBody, ResourceGroupView for ResourceGroup {
        required {
            /// Its name.
            #[schema(min_length = 1, max_length = 200)]
            name: String,
        }
        optional {
            /// The group it stands in; null at the root.
            parent: Option<i64>,
            /// The policy of its resources.
            policy: PolicyBody,
        }
    }
}

impl Managed for ResourceGroup {
    type Body = ResourceGroupBody;
    type View = ResourceGroupView;

    fn visible(_object: &Object<Self>, _viewer: &Viewer<'_>) -> bool {
        true
    }

    fn view(object: &Object<Self>, _viewer: Option<&Viewer<'_>>) -> ResourceGroupView {
        ResourceGroupView::of(object)
    }
}
