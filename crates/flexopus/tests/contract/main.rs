//! What Flexopus' API document shows, request by request and field by field.

#[path = "../support/mod.rs"]
mod support;

mod livemap;
mod places;
mod users;
