//! What must not work.

mod access;
#[path = "../support/mod.rs"]
mod support;

use support::stories;
