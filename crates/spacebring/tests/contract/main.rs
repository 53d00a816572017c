//! What Spacebring's API document shows, parameter by parameter and field by field; and what its clients use around it.

mod list;
mod pages;
#[path = "../support/mod.rs"]
mod support;

use support::stories;
