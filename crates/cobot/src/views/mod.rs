//! What answers show.

mod booking;
mod membership;
mod resource;
mod scalar;
mod usual;

pub use booking::{BookingView, Viewing};
pub use membership::MembershipView;
pub use resource::{ResourceView, bookable};
pub use scalar::{Number, Percent};
pub use usual::Usual;
