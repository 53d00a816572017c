//! What several services show: each view borrows what it shows and is written straight into the answer.

mod attribute;
mod reservation;
mod resource;
mod resource_name;
mod scalar;
mod user;

pub use attribute::{AttributeValueView, Attributes};
pub use reservation::{ReservationItemView, guests, reference, text};
pub use resource::{ResourceView, Resources, applicability, limit, status};
pub use resource_name::ResourceNameView;
pub use scalar::{Amount, contrasting};
pub use user::UserNameView;
