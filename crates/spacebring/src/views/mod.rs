//! What answers show of each thing. What there is not, and what the caller may not see, is left out.

mod booking;
mod kind;
mod location;
mod person;
mod resource;

pub use booking::{BookingView, Invoices};
pub use kind::{Kind, known};
pub use location::LocationView;
pub use resource::ResourceView;
