//! Tenure’s own REST API, under `/api/tenure/v1`.
//!
//! A file per endpoint or pair of endpoints: its description for the OpenAPI document, its handler, its wire types
//! where no other has them. `docs/API-DESIGN.md` says what all have in common.

mod app;
mod availability;
mod bookings;
mod caller;
mod catalog;
mod events;
mod perform;
mod problem;
mod sessions;
mod tokens;
mod users;
mod wire;

pub use app::{App, Settings};

use axum::Router;
use utoipa_axum::router::OpenApiRouter;

/// Where the API lives.
pub const BASE: &str = "/api/tenure/v1";

/// All routes, below [`BASE`].
pub fn router(app: App) -> Router {
    let (router, _document) = OpenApiRouter::new()
        .nest(
            BASE,
            bookings::routes()
                .merge(catalog::routes())
                .merge(users::routes())
                .merge(sessions::routes())
                .merge(tokens::routes())
                .merge(events::routes())
                .merge(availability::routes()),
        )
        .split_for_parts();
    http_kit::problem::problem_fallbacks(router).with_state(app)
}
