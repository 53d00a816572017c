//! Spacebring's API, under `/spacebring`: the bookings of a network's locations, page by page, and what clients need
//! around them, over Tenure's engine.
//!
//! The contract is Spacebring's API document; `docs/COMPATIBILITY.md` lists where we differ on purpose, and how we read it
//! where it is silent. A file per endpoint, in a folder per thing it is about; `views` holds what answers show of each.

mod answer;
mod app;
mod bookings;
mod caller;
mod guard;
mod issues;
mod locations;
mod query;
mod refused;
mod resources;
mod times;
mod views;

pub use app::{App, Settings};

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::any;

/// Where the API lives.
pub const BASE: &str = "/spacebring";

/// All routes of the door.
pub fn router(app: App) -> Router {
    let routes = bookings::routes()
        .merge(resources::routes())
        .merge(locations::routes())
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
