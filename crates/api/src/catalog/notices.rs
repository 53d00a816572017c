//! What people are told, and what they wait for: reasons, announcements, waiting requests.

use domain::catalog::{Announcement, Object, StateReason, WaitingRequest};

use super::resource::StateBody;
use super::{Managed, Viewer};
use crate::wire::object;

object! {
    /// A reason why resources can not be used.
    StateReasonBody, StateReasonView for StateReason {
        required {
            /// The reason, in words.
            #[schema(min_length = 1, max_length = 200)]
            text: String,
            /// The state it is a reason for.
            state: StateBody,
        }
        optional {}
    }
}

impl Managed for StateReason {
    type Body = StateReasonBody;
    type View = StateReasonView;

    fn visible(_object: &Object<Self>, _viewer: &Viewer<'_>) -> bool {
        true
    }

    fn view(object: &Object<Self>, _viewer: Option<&Viewer<'_>>) -> StateReasonView {
        StateReasonView::of(object)
    }
}

object! {
    /// Something that people are to read.
    AnnouncementBody, AnnouncementView for Announcement {
        required {
            /// What it says.
            #[schema(min_length = 1, max_length = 10_000)]
            text: String,
        }
        optional {
            /// Its place among others; lower first, null last.
            priority: Option<i32>,
            /// From when it is shown; null for at once.
            #[schema(format = DateTime)]
            from: Option<String>,
            /// Until when it is shown; null for ever.
            #[schema(format = DateTime)]
            until: Option<String>,
            /// Whether it is shown to those who have not logged in yet, rather than to those who have.
            before_log_in: bool,
            /// Only for members of these groups; none means all.
            groups: Vec<i64>,
            /// Only for those who may know of one of these resources; none means all.
            resources: Vec<i64>,
        }
    }
}

impl Managed for Announcement {
    type Body = AnnouncementBody;
    type View = AnnouncementView;

    /// An announcement is known to those it is for.
    fn visible(object: &Object<Self>, viewer: &Viewer<'_>) -> bool {
        let grouped = object.groups.is_empty() || object.groups.iter().any(|id| viewer.is_in(*id));
        let resources = &object.resources;
        let kept = resources.is_empty() || resources.iter().any(|id| viewer.sees_resource(*id));
        viewer.rights.administers_all() || (grouped && kept)
    }

    fn view(object: &Object<Self>, viewer: Option<&Viewer<'_>>) -> AnnouncementView {
        let mut view = AnnouncementView::of(object);
        if let Some(viewer) = viewer {
            view.resources
                .retain(|id| viewer.sees_resource((*id).into()));
        }
        view
    }
}

object! {
    /// A wish to know when a resource becomes free in a time in which it is taken.
    WaitingRequestBody, WaitingRequestView for WaitingRequest {
        required {
            /// Who waits.
            user: i64,
            /// For what.
            resource: i64,
            /// From when.
            #[schema(format = DateTime)]
            start: String,
            /// Until when.
            #[schema(format = DateTime)]
            end: String,
        }
        optional {}
    }
}

impl Managed for WaitingRequest {
    type Body = WaitingRequestBody;
    type View = WaitingRequestView;

    /// Who waits is known to themselves and to those who manage the resource.
    fn visible(object: &Object<Self>, viewer: &Viewer<'_>) -> bool {
        object.user == viewer.rights.user() || viewer.rights.manages_id(object.resource)
    }

    fn view(object: &Object<Self>, _viewer: Option<&Viewer<'_>>) -> WaitingRequestView {
        WaitingRequestView::of(object)
    }
}
