//! What must not work.

mod access;
mod basic;
mod others;
mod requests;
#[path = "../support/mod.rs"]
mod support;

use support::stories;
