//! The table of services, chapter by chapter in the order of LibreBooking's document.

use crate::authentication;
use crate::routing::Service;

/// The chapters with their services.
pub static CHAPTERS: &[(&str, &[Service])] = &[("Authentication", authentication::SERVICES)];

/// All services.
pub fn all() -> impl Iterator<Item = &'static Service> {
    CHAPTERS.iter().flat_map(|(_, services)| services.iter())
}

/// The service of this name.
pub fn named(name: &str) -> Option<&'static Service> {
    all().find(|service| service.name == name)
}
