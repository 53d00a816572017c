//! Buildings, locations and bookables.

mod availability;
mod bookables;
mod buildings;
mod occupancy;
mod patch;

use axum::Router;
use axum::routing::{get, patch as patching, post};
use domain::catalog::{Area, Object, Site};

use crate::answer::Fault;
use crate::caller::Caller;
use crate::{App, at};

/// The endpoints of the folder.
pub fn routes() -> Router<App> {
    Router::new()
        .route(&at("/buildings"), get(buildings::list))
        .route(&at("/locations/{id}/bookables"), get(bookables::list))
        .route(
            &at("/locations/{id}/bookables/occupancy"),
            get(occupancy::list),
        )
        .route(&at("/bookables/availability"), post(availability::list))
        .route(&at("/bookables/{id}"), patching(patch::patch))
}

/// The site with this number.
///
/// # Errors
/// 404 if there is none.
pub fn site<S>(caller: &Caller<S>, id: i64) -> Result<&Object<Site>, Fault> {
    let site = caller.catalog.sites.get(id);
    site.map(AsRef::as_ref).ok_or(Fault::NotFound)
}

/// The area with this number.
///
/// # Errors
/// 404 if there is none.
pub fn area<S>(caller: &Caller<S>, id: i64) -> Result<&Object<Area>, Fault> {
    let area = caller.catalog.areas.get(id);
    area.map(AsRef::as_ref).ok_or(Fault::NotFound)
}
