//! `GET /buildings`

use domain::catalog::{Catalog, Object, Site};
use domain::ids::SiteId;
use serde::Serialize;

use crate::answer::{Fault, Reply};
use crate::caller::{Caller, CatalogRead};
use crate::views::{AreaView, SiteView};

#[derive(Serialize)]
struct BuildingView<'a> {
    #[serde(flatten)]
    site: SiteView<'a>,
    locations: Vec<AreaView<'a>>,
}

impl<'a> BuildingView<'a> {
    fn new(site: &'a Object<Site>, catalog: &'a Catalog) -> Self {
        let areas = catalog.areas.values();
        let here = areas.filter(|area| area.site == SiteId(site.id));
        Self {
            site: SiteView::new(site),
            locations: here.map(|area| AreaView::new(area)).collect(),
        }
    }
}

/// Lists all buildings with their locations.
pub async fn list(caller: Caller<CatalogRead>) -> Result<Reply, Fault> {
    let sites = caller.catalog.sites.values();
    let buildings: Vec<_> = sites
        .map(|site| BuildingView::new(site, &caller.catalog))
        .collect();
    Reply::data(&buildings)
}
