//! Accessories and custom attributes.

use domain::catalog::{
    Accessory, AccessoryBinding, Attribute, AttributeSubject, AttributeType, Object,
};
use domain::ids::ResourceId;

use super::resource::CreditsBody;
use super::{Managed, Viewer};
use crate::wire::{choice, object, part};

part! {
    /// How many of an accessory go with a resource.
    BindingBody for AccessoryBinding {
        required {
            /// The resource.
            resource: i64,
        }
        optional {
            /// The fewest; more than none makes the accessory obligatory.
            minimum: Option<u32>,
            /// The most.
            maximum: Option<u32>,
        }
    }
}

object! {
    /// Something booked along with a resource, out of a stock.
    AccessoryBody, AccessoryView for Accessory {
        required {
            /// Its name.
            #[schema(min_length = 1, max_length = 200)]
            name: String,
        }
        optional {
            /// How many there are; null means without limit.
            stock: Option<u32>,
            /// The resources it can be booked with; none means all.
            bindings: Vec<BindingBody>,
            /// What each one costs in credits; slots and peak times are those of the booking's first resource.
            credits: CreditsBody,
        }
    }
}

impl Managed for Accessory {
    type Body = AccessoryBody;
    type View = AccessoryView;

    /// An accessory is known to those who know of a resource it goes with.
    fn visible(object: &Object<Self>, viewer: &Viewer<'_>) -> bool {
        object.bindings.is_empty()
            || viewer.rights.administers_all()
            || object
                .bindings
                .iter()
                .any(|binding| viewer.sees_resource(binding.resource))
    }

    fn view(object: &Object<Self>, viewer: Option<&Viewer<'_>>) -> AccessoryView {
        let mut view = AccessoryView::of(object);
        if let Some(viewer) = viewer {
            view.bindings
                .retain(|binding| viewer.sees_resource(ResourceId(binding.resource)));
        }
        view
    }
}

choice! {
    /// What a custom attribute holds.
    AttributeTypeBody for AttributeType {
        /// A line of text.
        #[default]
        Text,
        /// Several lines of text.
        LongText,
        /// One of given choices.
        Choice,
        /// Yes or no.
        Checkbox,
        /// A date with a time.
        DateTime,
    }
}

choice! {
    /// What a custom attribute is an attribute of.
    SubjectBody for AttributeSubject {
        /// Bookings.
        #[default]
        Booking,
        /// Users.
        User,
        /// Resources.
        Resource,
        /// Resource types.
        ResourceType,
    }
}

object! {
    /// The definition of a custom attribute.
    AttributeBody, AttributeView for Attribute {
        required {
            /// What it is called.
            #[schema(min_length = 1, max_length = 200)]
            label: String,
        }
        optional {
            /// What it is for, in words.
            description: Option<String>,
            /// What it holds.
            value_type: AttributeTypeBody,
            /// What it is an attribute of.
            subject: SubjectBody,
            /// Whether a value must be given.
            required: bool,
            /// A pattern that values match as a whole or in part, in the syntax of the `regex` crate.
            #[schema(max_length = 1024)]
            pattern: Option<String>,
            /// The choices, where it holds one.
            choices: Vec<String>,
            /// Whether other values than the choices are taken too.
            other_choices: bool,
            /// Its place in lists; lower first.
            sort_order: i32,
            /// Whether only administrators see and set it.
            admin_only: bool,
            /// Whether only the owner and administrators see it.
            private: bool,
            /// The ids of the subjects it applies to; none means all.
            applies_to: Vec<i64>,
            /// For attributes of bookings: only for bookings of such subjects.
            secondary_subject: Option<SubjectBody>,
            /// The ids of the secondary subjects.
            secondary_ids: Vec<i64>,
        }
    }
}

impl Managed for Attribute {
    type Body = AttributeBody;
    type View = AttributeView;

    fn visible(object: &Object<Self>, viewer: &Viewer<'_>) -> bool {
        !object.admin_only || viewer.rights.administers_all()
    }

    /// To others than administrators, without the ids of what they may not know of.
    fn view(object: &Object<Self>, viewer: Option<&Viewer<'_>>) -> AttributeView {
        let mut view = AttributeView::of(object);
        if let Some(viewer) = viewer.filter(|viewer| !viewer.rights.administers_all()) {
            let known = |subject: AttributeSubject, id: i64| match subject {
                AttributeSubject::Resource => viewer.sees_resource(ResourceId(id)),
                AttributeSubject::User => id == viewer.rights.user().0,
                AttributeSubject::Booking | AttributeSubject::ResourceType => true,
            };
            view.applies_to.retain(|id| known(object.subject, *id));
            if let Some(subject) = object.secondary_subject {
                view.secondary_ids.retain(|id| known(subject, *id));
            }
        }
        view
    }
}
