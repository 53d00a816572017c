//! What Flexopus' API document shows, request by request and field by field.

mod lists;
mod livemap;
mod occupancy;
mod places;
mod rules;
#[path = "../support/mod.rs"]
mod support;
mod users;
mod writes;
