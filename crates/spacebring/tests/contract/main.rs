//! What Spacebring's API document shows, parameter by parameter and field by field; and what its clients use around it.

mod document;
mod list;
mod pager;
mod pages;
mod places;
mod privacy;
#[path = "../support/mod.rs"]
mod support;
mod times;
mod writes;

use support::stories;
