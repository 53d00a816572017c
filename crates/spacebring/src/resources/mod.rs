//! What can be booked.

mod availability;
mod list;
mod read;

use axum::Router;
use axum::routing::{get, post};

use crate::{App, at};

/// The endpoints of the folder.
pub fn routes() -> Router<App> {
    Router::new()
        .route(&at("/resources/v1"), get(list::list))
        .route(&at("/resources/v1/{id}"), get(read::read))
        .route(
            &at("/resources/v1/{id}/availability"),
            post(availability::ask),
        )
}
