//! What answers show of each thing. How much of it differs from one endpoint to the next: what is not documented for
//! one is left out there.

mod booking;
mod place;
mod user;

pub use booking::{Around, BookingView, Shape};
pub use place::{AreaView, BookableView, SiteView, bookable, kind_number};
pub use user::UserView;
