//! Tests of civil time, named after the rows of the project's table of time cases (T2 … T59).

use jiff::Timestamp;
use jiff::civil::DateTime;

use super::Zone;

mod input;
mod interval;
mod rows;
mod zone;

pub(crate) fn zone(name: &str) -> Zone {
    Zone::parse(name).unwrap()
}

pub(crate) fn wall(text: &str) -> DateTime {
    text.parse().unwrap()
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}
