//! The table of services, chapter by chapter in the order of LibreBooking's document.

use crate::accessories;
use crate::accounts;
use crate::attributes;
use crate::authentication;
use crate::groups;
use crate::reservations;
use crate::resources;
use crate::routing::Service;
use crate::schedules;
use crate::users;

/// The chapters with their services.
pub static CHAPTERS: &[(&str, &[Service])] = &[
    ("Accessories", accessories::SERVICES),
    ("Accounts", accounts::SERVICES),
    ("Attributes", attributes::SERVICES),
    ("Authentication", authentication::SERVICES),
    ("Groups", groups::SERVICES),
    ("Reservations", reservations::SERVICES),
    ("Resources", resources::SERVICES),
    ("Schedules", schedules::SERVICES),
    ("Users", users::SERVICES),
];

/// All services.
pub fn all() -> impl Iterator<Item = &'static Service> {
    CHAPTERS.iter().flat_map(|(_, services)| services.iter())
}
