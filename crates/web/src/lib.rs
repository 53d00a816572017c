//! The pages: HTML made on the server, a cookie for a log-in, and one small script per page that wants one.
//!
//! Every page works without scripts. Nothing comes from elsewhere, and nothing stands inline, so that the policy of
//! [`http_kit::security_headers::PAGE_POLICY`] holds for all.

mod app;
mod assets;
mod consent;
mod fault;
mod forms;
mod layout;
mod livemap;
mod login;
mod streams;
mod viewer;

pub use app::{App, Settings};

use axum::routing::{get, post};
use axum::{Extension, Router};

/// All pages.
pub fn router(app: App) -> Router {
    let mut router = Router::new();
    for (path, door) in oauth::AUTHORIZE {
        let pages = get(consent::ask).post(consent::answer);
        router = router.route(path, pages.layer(Extension(door)));
    }
    router
        .route(login::PATH, get(login::form).post(login::log_in))
        .route(login::OUT, post(login::log_out))
        .route("/livemap/{booking}", get(livemap::page))
        .route("/livemap/{booking}/plan", get(livemap::plan))
        .route("/livemap/{booking}/events", get(livemap::events))
        .route("/assets/{mark}/{name}", get(assets::serve))
        .with_state(app)
}
