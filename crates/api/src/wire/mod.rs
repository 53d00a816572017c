//! What goes over the wire: requests as clients write them, objects as they read them.

#[expect(
    clippy::option_option,
    reason = "null and a missing field mean different things"
)]
mod booking;
mod convert;
mod cursor;
#[expect(
    clippy::option_option,
    reason = "null and a missing field mean different things"
)]
mod time;

pub use booking::{
    AttributeValue, BookingBody, BookingPage, BookingPatch, CreateBooking, PriceBody, booking_body,
    price_body, seen_body,
};
pub use convert::{Wire, invalid};
pub(crate) use convert::{choice, object, part};
pub use cursor::Seal;
pub use time::{double, instant, zoned};
