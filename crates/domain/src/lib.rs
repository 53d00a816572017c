//! What a booking is: every rule of Tenure as pure functions over data.

pub mod recurrence;
pub mod time;
