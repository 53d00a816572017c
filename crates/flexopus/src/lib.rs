//! Flexopus' API v1, under `/api/v1`: desks, parking places, rooms and home office, over Tenure's engine.
//!
//! The contract is Flexopus' API document; `docs/COMPATIBILITY.md` lists where we differ on purpose, and how we read it
//! where it is silent. A file per endpoint, in a folder per thing it is about; `views` holds what answers show of each
//! thing, which differs from one endpoint to the next.

mod answer;
mod app;
mod bookings;
mod caller;
mod errors;
mod fields;
mod guard;
mod kept;
mod places;
mod query;
mod times;
mod users;
mod views;

pub use app::{App, Settings};

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::any;

/// Where the API lives.
pub const BASE: &str = "/api/v1";

/// All routes of the door.
pub fn router(app: App) -> Router {
    let routes = places::routes()
        .merge(users::routes())
        .merge(bookings::routes())
        .method_not_allowed_fallback(answer::method_not_allowed)
        .route(BASE, any(answer::not_found))
        .route(&format!("{BASE}/"), any(answer::not_found))
        .route(&format!("{BASE}/{{*rest}}"), any(answer::not_found));
    routes
        .layer(from_fn_with_state(app.clone(), guard::guard))
        .with_state(app)
}

/// The address of a path below [`BASE`].
fn at(path: &str) -> String {
    format!("{BASE}{path}")
}
