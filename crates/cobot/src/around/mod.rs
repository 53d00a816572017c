//! What clients need around bookings: resources, memberships, credits, and who they are.

mod credits;
mod memberships;
mod resources;
mod user;

use axum::Router;
use axum::routing::get;

use crate::{App, at};

/// The endpoints of the folder.
pub fn routes() -> Router<App> {
    Router::new()
        .route(&at("/user"), get(user::read))
        .route(&at("/resources"), get(resources::list))
        .route(&at("/memberships"), get(memberships::list))
        .route(&at("/memberships/{id}"), get(memberships::read))
        .route(&at("/booking_credits"), get(credits::own))
        .route(
            &at("/memberships/{id}/booking_credits"),
            get(credits::of_membership),
        )
}
