//! `GET /locations/v1`

use axum::Router;
use axum::routing::get;
use serde::Serialize;

use crate::answer::{Fault, Reply};
use crate::caller::{Caller, CatalogRead};
use crate::views::LocationView;
use crate::{App, at};

/// The endpoint.
pub fn routes() -> Router<App> {
    Router::new().route(&at("/locations/v1"), get(list))
}

#[derive(Serialize)]
struct Locations<'a> {
    locations: Vec<LocationView<'a>>,
}

/// Lists the locations of the network.
async fn list(caller: Caller<CatalogRead>) -> Result<Reply, Fault> {
    let network = caller.catalog.organisation.uuid;
    let sites = caller.catalog.sites.values();
    let locations = sites.map(|site| LocationView::new(site, network));
    Reply::ok(&Locations {
        locations: locations.collect(),
    })
}
