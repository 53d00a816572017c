//! Bookings as a viewer sees them: masked here, so that no door can forget to.

use std::collections::{BTreeSet, HashMap};

use domain::booking::{Booking, Details, Disclosure, disclosure};
use domain::catalog::Catalog;
use domain::ids::{BookingId, SeriesId, UserId};
use domain::people::Rights;
use store::{Store, StoreError};

/// A person, as far as others see one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The user's id.
    pub id: UserId,
    /// The user's name.
    pub name: String,
}

/// A booking as a viewer sees it: what must not be seen is gone.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The booking, masked; only its time, state and visible resources are always true.
    pub booking: Booking,
    /// How much of it is seen.
    pub disclosure: Disclosure,
    /// Whose it is, if names are seen.
    pub owner: Option<Person>,
    /// Its series with the ids of all its bookings, if all is seen.
    pub series: Option<(SeriesId, Vec<BookingId>)>,
}

/// The bookings as the person with these rights sees them; owners and series are looked up once for all.
pub(crate) async fn of(
    store: &Store,
    catalog: &Catalog,
    rights: &Rights<'_>,
    bookings: Vec<Booking>,
) -> Result<Vec<Seen>, StoreError> {
    let masked: Vec<(Booking, Disclosure)> = bookings
        .into_iter()
        .filter_map(|booking| mask(booking, catalog, rights))
        .collect();
    let named = masked
        .iter()
        .filter(|(_, disclosure)| *disclosure >= Disclosure::Names);
    let owners: BTreeSet<UserId> = named.map(|(booking, _)| booking.owner).collect();
    let owners: Vec<UserId> = owners.into_iter().collect();
    let people = if owners.is_empty() {
        HashMap::new()
    } else {
        store.users_by_id(catalog.id, &owners).await?
    };
    let series: BTreeSet<SeriesId> = masked
        .iter()
        .filter_map(|(booking, _)| booking.series)
        .collect();
    let series: Vec<SeriesId> = series.into_iter().collect();
    let members = if series.is_empty() {
        HashMap::new()
    } else {
        store.series_members(&series).await?
    };
    let see = |(booking, disclosure): (Booking, Disclosure)| {
        let owner = (disclosure >= Disclosure::Names).then(|| Person {
            id: booking.owner,
            name: people
                .get(&booking.owner)
                .map(|user| user.name())
                .unwrap_or_default(),
        });
        let series = booking
            .series
            .map(|id| (id, members.get(&id).cloned().unwrap_or_default()));
        Seen {
            booking,
            disclosure,
            owner,
            series,
        }
    };
    Ok(masked.into_iter().map(see).collect())
}

/// The booking without what the viewer must not see; none if that is all of it.
fn mask(
    mut booking: Booking,
    catalog: &Catalog,
    rights: &Rights<'_>,
) -> Option<(Booking, Disclosure)> {
    let disclosure = disclosure(&booking, catalog, rights);
    match disclosure {
        Disclosure::Nothing => return None,
        Disclosure::All => return Some((booking, disclosure)),
        Disclosure::Busy | Disclosure::Title | Disclosure::Names => {}
    }
    let visible = |id| {
        catalog
            .resource(id)
            .is_some_and(|resource| rights.sees(resource))
    };
    booking
        .details
        .resources
        .retain(|booked| visible(booked.resource));
    booking.details = Details {
        resources: booking.details.resources,
        title: booking
            .details
            .title
            .filter(|_| disclosure >= Disclosure::Title),
        color: booking.details.color,
        ..Details::default()
    };
    booking.reference = String::new();
    booking.series = None;
    booking.occurrence = None;
    if disclosure < Disclosure::Names {
        booking.owner = UserId(0);
    }
    booking.created_by = UserId(0);
    Some((booking, disclosure))
}
