//! What a viewer may see of a booking: one function, used by every door, list, feed and mail.

use super::Booking;
use crate::catalog::{Attribute, Catalog};
use crate::people::{Permission, Rights, User};

/// How much of a booking a viewer may see; each includes what stands before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Disclosure {
    /// Not even that it exists.
    Nothing,
    /// That the resource is taken.
    Busy,
    /// And by what title.
    Title,
    /// And by whom.
    Names,
    /// And all the rest, of the resources that the viewer may know of.
    Details,
    /// Everything.
    All,
}

/// What the person with these rights may see of a booking.
///
/// Owner, maker and those who take part see everything; so does who manages one of its resources. Everybody
/// else sees what the policies of *all* its resources that they may see allow, so that a booking of two
/// resources tells no more than the stricter one. Of a booking none of whose resources they may see, colleagues of
/// the owner see the details; see [`Rights::is_colleague_of`]. To say nothing of the owner is to say that nobody is one.
pub fn disclosure(
    booking: &Booking,
    owner: Option<&User>,
    catalog: &Catalog,
    rights: &Rights<'_>,
) -> Disclosure {
    let me = rights.user();
    let takes_part = booking
        .details
        .participants
        .iter()
        .any(|participant| participant.user == me);
    if booking.owner == me || booking.created_by == me || takes_part || rights.administers_all() {
        return Disclosure::All;
    }
    let mut least = None;
    for id in booking.resource_ids() {
        let Some(resource) = catalog.resource(id) else {
            continue;
        };
        if rights.manages(resource) {
            return Disclosure::All;
        }
        if !rights.sees(resource) {
            continue;
        }
        let policy = catalog.policy_of(id);
        let titles = rights.in_audience(&policy.see_titles, resource, Permission::View);
        let names = rights.in_audience(&policy.see_names, resource, Permission::View);
        let details = rights.in_audience(&policy.see_details, resource, Permission::View);
        let here = match (titles, names, details) {
            (true, true, true) => Disclosure::Details,
            (true, true, false) => Disclosure::Names,
            (true, false, _) => Disclosure::Title,
            (false, ..) => Disclosure::Busy,
        };
        least = Some(least.map_or(here, |so_far: Disclosure| so_far.min(here)));
    }
    least.unwrap_or(match owner {
        Some(owner) if rights.is_colleague_of(owner) => Disclosure::Details,
        _ => Disclosure::Nothing,
    })
}

/// Whether the viewer may read the booking's value of a custom attribute, given that all else is seen.
///
/// What only administrators see is for who administers all, or the owner, or manages all of the resources; what is
/// private is for the owner too.
pub fn reads_attribute(
    attribute: &Attribute,
    booking: &Booking,
    owner: Option<&User>,
    catalog: &Catalog,
    rights: &Rights<'_>,
) -> bool {
    if !attribute.admin_only && (!attribute.private || booking.owner == rights.user()) {
        return true;
    }
    let manages = |id| catalog.resource(id).is_some_and(|one| rights.manages(one));
    rights.administers_all()
        || owner.is_some_and(|owner| rights.administers(owner))
        || booking.resource_ids().all(manages)
}
