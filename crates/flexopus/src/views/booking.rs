//! A booking, as much of it as an endpoint shows.

use std::fmt;

use domain::booking::Booking;
use domain::catalog::{Catalog, Object, Resource, ResourceKind};
use domain::ids::BookingId;
use engine::Seen;
use serde::{Serialize, Serializer};

use super::{AreaView, BookableView, UserView};
use crate::times::Moment;

/// How much of its surroundings a booking's bookable shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Around {
    /// The bookable is left out.
    Nothing,
    /// The bookable alone.
    Bookable,
    /// And its location.
    Location,
    /// And the location's building.
    Building,
}

/// What an endpoint shows of a booking.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// What is booked, and where that is.
    pub around: Around,
    /// Whether it shows whose it is.
    pub user: bool,
    /// Whether it shows the guest.
    pub guest: bool,
}

/// A booking.
#[expect(
    clippy::option_option,
    reason = "what an endpoint does not show, and what it shows as null"
)]
#[derive(Debug, Serialize)]
pub struct BookingView<'a> {
    id: i64,
    from: Moment,
    to: Option<Moment>,
    livemap: Livemap<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bookable: Option<BookableView<'a>>,
    /// Null for one who is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<Option<UserView<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    guest: Option<Option<&'a str>>,
    /// On parking places only; null where there is no vehicle.
    #[serde(skip_serializing_if = "Option::is_none")]
    license_plate: Option<Option<&'a str>>,
}

impl<'a> BookingView<'a> {
    /// The view of a booking of this resource; live maps are below this address of the server.
    pub fn new(
        seen: &'a Seen,
        resource: &'a Object<Resource>,
        shape: Shape,
        catalog: &'a Catalog,
        base_url: &'a str,
    ) -> Self {
        let booking = &seen.booking;
        let owner = seen.owner.as_ref().and_then(|owner| owner.details());
        let user = shape.user.then(|| owner.map(UserView::new));
        let plate = || {
            let vehicle = booking.details.vehicle?;
            let vehicles = &owner?.vehicles;
            let found = vehicles.iter().find(|one| one.id == vehicle)?;
            Some(found.plate.as_str())
        };
        Self {
            id: booking.id.0,
            from: Moment(booking.interval.start()),
            to: booking.interval.end().map(Moment),
            livemap: Livemap {
                base_url,
                booking: booking.id,
            },
            bookable: placed(resource, shape.around, catalog),
            user,
            guest: shape.guest.then(|| guest(booking)),
            license_plate: (resource.kind == ResourceKind::Parking).then(plate),
        }
    }
}

fn placed<'a>(
    resource: &'a Object<Resource>,
    around: Around,
    catalog: &'a Catalog,
) -> Option<BookableView<'a>> {
    let area = catalog.areas.get(resource.area.0);
    let location = match around {
        Around::Nothing => return None,
        Around::Bookable => None,
        Around::Location => area.map(|area| AreaView::new(area)),
        Around::Building => area.map(|area| AreaView::in_building(area, catalog)),
    };
    let mut view = BookableView::new(resource);
    view.location = location;
    Some(view)
}

/// The name of the booking's guest; the address of one without a name.
fn guest(booking: &Booking) -> Option<&str> {
    let guest = booking.details.guests.first()?;
    Some(guest.name.as_deref().unwrap_or(&guest.email))
}

/// The address of a booking's live map.
#[derive(Debug)]
struct Livemap<'a> {
    base_url: &'a str,
    booking: BookingId,
}

impl fmt::Display for Livemap<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (host, base) = (self.base_url, crate::BASE);
        write!(f, "{host}{base}/bookings/{}/livemap", self.booking)
    }
}

impl Serialize for Livemap<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
