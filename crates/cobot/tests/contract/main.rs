//! What Cobot's API document shows, request by request and field by field, on both databases.

mod around;
mod back;
mod dates;
mod lists;
mod rules;
mod samples;
#[path = "../support/mod.rs"]
mod support;
mod writes;
