//! What goes over the wire: requests as clients write them, objects as they read them.

mod booking;
mod time;

pub use booking::{
    BookingBody, BookingPage, BookingPatch, CreateBooking, ResourceUnits, UserRef, booking_body,
    seen_body,
};
pub use time::{double, instant, zoned};
