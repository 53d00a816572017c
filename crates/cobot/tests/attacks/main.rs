//! What must not work, by the numbers of the list of attacks that all doors are held to.

mod access;
mod requests;
#[path = "../support/mod.rs"]
mod support;
