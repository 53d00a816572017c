//! The table of services, chapter by chapter in the order of LibreBooking's document.

use crate::authentication;
use crate::reservations;
use crate::resources;
use crate::routing::Service;
use crate::schedules;

/// The chapters with their services.
pub static CHAPTERS: &[(&str, &[Service])] = &[
    ("Authentication", authentication::SERVICES),
    ("Reservations", reservations::SERVICES),
    ("Resources", resources::SERVICES),
    ("Schedules", schedules::SERVICES),
];

/// All services.
pub fn all() -> impl Iterator<Item = &'static Service> {
    CHAPTERS.iter().flat_map(|(_, services)| services.iter())
}
