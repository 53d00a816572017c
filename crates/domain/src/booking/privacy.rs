//! What a viewer may see of a booking: one function, used by every door, list, feed and mail.

use super::Booking;
use crate::catalog::Catalog;
use crate::people::{Permission, Rights};

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
    /// Everything.
    All,
}

/// What the person with these rights may see of a booking.
///
/// Owner, maker and those who take part see everything; so does who manages one of its resources. Everybody
/// else sees what the policies of *all* its resources that they may see allow, so that a booking of two
/// resources tells no more than the stricter one.
pub fn disclosure(booking: &Booking, catalog: &Catalog, rights: &Rights<'_>) -> Disclosure {
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
        let here = match (titles, names) {
            (true, true) => Disclosure::Names,
            (true, false) => Disclosure::Title,
            (false, _) => Disclosure::Busy,
        };
        least = Some(least.map_or(here, |so_far: Disclosure| so_far.min(here)));
    }
    least.unwrap_or(Disclosure::Nothing)
}
