//! What a booking is: every rule of Tenure as pure functions over data.
//!
//! Nothing here reads a clock, draws a random number or touches a disk: the time, fresh ids and the caller come in
//! with the command.

pub mod booking;
pub mod catalog;
pub mod decide;
pub mod entropy;
pub mod ids;
pub mod limits;
pub mod money;
pub mod people;
pub mod recurrence;
pub mod reference;
pub mod refusal;
pub mod rules;
pub mod subscription;
pub mod takeover;
pub mod time;
