//! Bookings as a viewer sees them: masked here, so that no door can forget to.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use domain::booking::{Booking, Details, Disclosure, disclosure, reads_attribute};
use domain::catalog::{Catalog, Object, ResourceState};
use domain::ids::{BookingId, SeriesId, UserId};
use domain::people::{Rights, User};
use store::{Store, StoreError};
use uuid::Uuid;

/// A person, as far as others see one.
#[derive(Clone, Debug)]
pub struct Person {
    /// The user's id.
    pub id: UserId,
    /// None for one who is gone.
    user: Option<Arc<Object<User>>>,
    /// Whether the address is seen too.
    address: bool,
}

impl Person {
    /// A person whose name is seen, and no more.
    pub fn new(id: UserId, user: Option<Arc<Object<User>>>) -> Self {
        Self {
            id,
            user,
            address: false,
        }
    }

    /// The name across installations; none for one who is gone.
    pub fn uuid(&self) -> Option<Uuid> {
        self.user.as_ref().map(|user| user.uuid)
    }

    /// Given and family name; empty for one who is gone.
    pub fn name(&self) -> String {
        self.user
            .as_ref()
            .map(|user| user.name())
            .unwrap_or_default()
    }

    /// The given name.
    pub fn first_name(&self) -> &str {
        self.user.as_ref().map_or("", |user| &user.body.first_name)
    }

    /// The family name.
    pub fn last_name(&self) -> &str {
        self.user.as_ref().map_or("", |user| &user.body.last_name)
    }

    /// The address, if it is seen.
    pub fn email(&self) -> Option<&str> {
        Some(&self.details()?.body.email)
    }

    /// All there is of the person, if their address is seen; none for one who is gone.
    pub fn details(&self) -> Option<&Object<User>> {
        self.user.as_deref().filter(|_| self.address)
    }
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
    /// Those who take part or are asked to, in the order of the booking's participants; none unless details are seen.
    pub participants: Vec<Person>,
    /// Its series with the ids of all its bookings, if details are seen and the series were asked for.
    pub series: Option<(SeriesId, Vec<BookingId>)>,
}

/// Whether the series' other bookings are looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Siblings {
    Named,
    Left,
}

/// The bookings as the person with these rights sees them; people and series are looked up once for all.
pub(crate) async fn of(
    store: &Store,
    catalog: &Catalog,
    rights: &Rights<'_>,
    bookings: Vec<Booking>,
    siblings: Siblings,
) -> Result<Vec<Seen>, StoreError> {
    let colleagues = colleagues(store, catalog, rights, &bookings).await?;
    let mask = |booking: Booking| {
        let colleague = colleagues.get(&booking.owner).map(|owner| &owner.body);
        mask(booking, colleague, catalog, rights)
    };
    let masked: Vec<(Booking, Disclosure)> = bookings.into_iter().filter_map(mask).collect();
    let people = people(store, catalog, &masked).await?;
    let members = match siblings {
        Siblings::Named => members(store, &masked).await?,
        Siblings::Left => HashMap::new(),
    };
    let see = |(mut booking, disclosure): (Booking, Disclosure)| {
        let person = |id: UserId| Person {
            id,
            user: people.get(&id).cloned(),
            address: disclosure >= Disclosure::Details,
        };
        let participants = booking.details.participants.iter();
        let participants = participants.map(|one| person(one.user)).collect();
        let owner = (disclosure >= Disclosure::Names).then(|| person(booking.owner));
        if !booking.details.attributes.is_empty() {
            let user = people.get(&booking.owner).map(|user| &user.body);
            mask_attributes(&mut booking, user, catalog, rights);
        }
        let series = booking
            .series
            .filter(|_| siblings == Siblings::Named)
            .map(|id| (id, members.get(&id).cloned().unwrap_or_default()));
        Seen {
            booking,
            disclosure,
            owner,
            participants,
            series,
        }
    };
    Ok(masked.into_iter().map(see).collect())
}

type People = HashMap<UserId, Arc<Object<User>>>;

/// Those who own bookings of which the viewer sees nothing unless they are colleagues, and are.
async fn colleagues(
    store: &Store,
    catalog: &Catalog,
    rights: &Rights<'_>,
    bookings: &[Booking],
) -> Result<People, StoreError> {
    if !rights.has_open_colleagues() {
        return Ok(People::new());
    }
    let unseen =
        |booking: &&Booking| disclosure(booking, None, catalog, rights) == Disclosure::Nothing;
    let owners: BTreeSet<UserId> = bookings
        .iter()
        .filter(unseen)
        .map(|one| one.owner)
        .collect();
    if owners.is_empty() {
        return Ok(People::new());
    }
    let owners: Vec<UserId> = owners.into_iter().collect();
    let mut found = store.users_by_id(catalog.id, &owners).await?;
    found.retain(|_, owner| rights.is_colleague_of(owner));
    Ok(found)
}

/// Everybody whose name is seen.
async fn people(
    store: &Store,
    catalog: &Catalog,
    masked: &[(Booking, Disclosure)],
) -> Result<People, StoreError> {
    let named = masked
        .iter()
        .filter(|(_, disclosure)| *disclosure >= Disclosure::Names);
    let ids: BTreeSet<UserId> = named
        .flat_map(|(booking, _)| {
            let participants = booking.details.participants.iter().map(|one| one.user);
            participants.chain([booking.owner])
        })
        .collect();
    if ids.is_empty() {
        return Ok(People::new());
    }
    let ids: Vec<UserId> = ids.into_iter().collect();
    store.users_by_id(catalog.id, &ids).await
}

/// The ids of the bookings of each series.
async fn members(
    store: &Store,
    masked: &[(Booking, Disclosure)],
) -> Result<HashMap<SeriesId, Vec<BookingId>>, StoreError> {
    let series: BTreeSet<SeriesId> = masked
        .iter()
        .filter_map(|(booking, _)| booking.series)
        .collect();
    if series.is_empty() {
        return Ok(HashMap::new());
    }
    let series: Vec<SeriesId> = series.into_iter().collect();
    store.series_members(&series).await
}

/// The booking without what the viewer must not see; none if that is all of it. Where a colleague is named, it is the
/// owner of a booking whose resources are not for the viewer.
fn mask(
    mut booking: Booking,
    colleague: Option<&User>,
    catalog: &Catalog,
    rights: &Rights<'_>,
) -> Option<(Booking, Disclosure)> {
    let disclosure = disclosure(&booking, colleague, catalog, rights);
    match disclosure {
        Disclosure::Nothing => return None,
        Disclosure::All => return Some((booking, disclosure)),
        Disclosure::Busy | Disclosure::Title | Disclosure::Names | Disclosure::Details => {}
    }
    let visible = |id| {
        catalog.resource(id).is_some_and(|one| {
            rights.sees(one) || (colleague.is_some() && one.state != ResourceState::Hidden)
        })
    };
    booking
        .details
        .resources
        .retain(|booked| visible(booked.resource));
    if disclosure == Disclosure::Details {
        return Some((booking, disclosure));
    }
    booking.details = Details {
        resources: booking.details.resources,
        title: booking
            .details
            .title
            .filter(|_| disclosure >= Disclosure::Title),
        event: booking
            .details
            .event
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

/// Takes away the values of attributes that are not for the viewer.
fn mask_attributes(
    booking: &mut Booking,
    owner: Option<&User>,
    catalog: &Catalog,
    rights: &Rights<'_>,
) {
    let mut values = std::mem::take(&mut booking.details.attributes);
    values.retain(|id, _| {
        let attribute = catalog.attributes.get(id.0);
        attribute.is_some_and(|one| reads_attribute(one, booking, owner, catalog, rights))
    });
    booking.details.attributes = values;
}
