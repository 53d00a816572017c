//! When something repeats: a rule, and the occurrences it makes on the wall clock of a zone.
//!
//! A rule is the subset of RFC 5545 recurrence that the booking systems we speak with can express. Its
//! [`Display`](std::fmt::Display) text is the stored form, and stays readable for ever.

mod dates;
mod error;
mod expand;
mod parse;
mod rule;
mod value;
mod write;

pub use error::RuleError;
pub use expand::{ExpandError, MAX_OCCURRENCES, Occurrence, expand};
pub use parse::MAX_DATES;
pub use rule::{DayOfMonth, End, Every, Monthly, Nth, Pattern, Rule, Skip, Weekdays};

#[cfg(test)]
mod tests;
