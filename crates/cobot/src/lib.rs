//! Cobot's API, under `/api`: the bookings of a coworking space, and what clients need around them, over Tenure's engine.
//!
//! The contract is Cobot's API document; `docs/COMPATIBILITY.md` lists where we differ on purpose, and how we read it where
//! it is silent. A space is a site; the host name says which. A file per endpoint, in a folder per thing it is about;
//! `views` holds what answers show.

mod answer;
mod app;
mod around;
mod bookings;
mod caller;
mod errors;
mod fields;
mod guard;
mod query;
mod space;
mod times;
mod views;

pub use app::{App, Settings};

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::any;

/// Where the API lives.
pub const BASE: &str = "/api";

/// Below these nothing else lives.
const ENDS: [&str; 9] = [
    "/access_tokens/{token}",
    "/booking_credits",
    "/bookings/{id}",
    "/membership",
    "/memberships/{id}",
    "/resources/{id}",
    "/resources/{id}/bookings",
    "/subscriptions/{id}",
    "/user",
];

/// All routes of the door.
pub fn router(app: App) -> Router {
    let mut routes = bookings::routes()
        .merge(around::routes())
        .method_not_allowed_fallback(answer::method_not_allowed);
    for end in ENDS {
        let below = at(&format!("{end}/{{*rest}}"));
        routes = routes
            .route(&at(&format!("{end}/")), any(answer::not_found))
            .route(&below, any(answer::not_found));
    }
    routes
        .layer(from_fn_with_state(app.clone(), guard::guard))
        .merge(
            around::access_tokens::routes().method_not_allowed_fallback(answer::method_not_allowed),
        )
        .with_state(app)
}

/// The address of a path below [`BASE`].
fn at(path: &str) -> String {
    format!("{BASE}{path}")
}
