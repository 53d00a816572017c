//! Tenure’s own REST API, under `/api/tenure/v1`.
//!
//! A file per endpoint or pair of endpoints: its description for the OpenAPI document, its handler, its wire types
//! where no other has them. `docs/API-DESIGN.md` says what all have in common.

mod app;
mod availability;
mod bookings;
mod caller;
mod catalog;
mod clients;
mod document;
mod events;
mod invoices;
mod pages;
mod perform;
mod problem;
mod sessions;
mod tokens;
mod users;
mod wire;

pub use app::{App, Settings};

use axum::Router;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

/// Where the API lives.
pub const BASE: &str = "/api/tenure/v1";

/// All routes: the API below [`BASE`], its document, and the pages about it.
pub fn router(app: App) -> Router {
    let (router, generated) = endpoints();
    let pages = pages::routes(&document::finish(&generated));
    http_kit::problem::problem_fallbacks(router.merge(pages)).with_state(app)
}

/// The OpenAPI document.
pub fn document() -> serde_json::Value {
    document::finish(&endpoints().1)
}

fn endpoints() -> (Router<App>, OpenApi) {
    let routes = bookings::routes()
        .merge(availability::routes())
        .merge(catalog::routes())
        .merge(users::routes())
        .merge(invoices::routes())
        .merge(sessions::routes())
        .merge(tokens::routes())
        .merge(clients::routes())
        .merge(events::routes());
    OpenApiRouter::new().nest(BASE, routes).split_for_parts()
}
