//! LibreBooking's API, under `/Web/Services/index.php`: its 48 services over Tenure's engine.
//!
//! The contract is LibreBooking's API document; `docs/COMPATIBILITY.md` lists where we differ on purpose. One table,
//! `services`, names every service with its method, path and right: requests are dispatched by it, links are built
//! from it, and the help page is generated from it. A file per service, in a folder per chapter of the document.

mod access;
mod accessories;
mod accounts;
mod answer;
mod app;
mod attachments;
mod attributes;
mod authentication;
mod body;
mod calendar;
mod complaints;
mod dates;
mod dispatch;
mod groups;
mod help;
mod links;
mod pages;
mod passwords;
mod query;
mod reservations;
mod resources;
mod routing;
mod schedules;
mod services;
mod users;
mod views;
mod words;

pub use app::{App, Settings};

use axum::Router;
use axum::routing::{any, get};

/// Where the API lives.
pub const BASE: &str = "/Web/Services/index.php";

/// All routes of the door.
pub fn router(app: App) -> Router {
    Router::new()
        .route(BASE, any(dispatch::dispatch))
        .route(&format!("{BASE}/"), any(dispatch::dispatch))
        .route(&format!("{BASE}/{{*rest}}"), any(dispatch::dispatch))
        .route(calendar::PATH, get(calendar::feed))
        .route(attachments::PATH, get(attachments::file))
        .with_state(app)
}
