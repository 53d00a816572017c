//! What clients need around bookings: resources, memberships, credits, and who they are.

pub mod access_tokens;
mod credits;
mod memberships;
mod resources;
mod subscriptions;
mod user;

use axum::Router;
use axum::routing::{delete, get};

use crate::{App, at};

/// The endpoints of the folder.
pub fn routes() -> Router<App> {
    Router::new()
        .route(&at("/user"), get(user::read))
        .route(&at("/resources"), get(resources::list))
        .route(&at("/memberships"), get(memberships::list))
        .route(&at("/memberships/{id}"), get(memberships::read))
        .route(
            &at("/subscriptions"),
            get(subscriptions::list).post(subscriptions::create),
        )
        .route(&at("/subscriptions/{id}"), delete(subscriptions::delete))
        .route(&at("/booking_credits"), get(credits::own))
        .route(
            &at("/memberships/{id}/booking_credits"),
            get(credits::of_membership),
        )
}
