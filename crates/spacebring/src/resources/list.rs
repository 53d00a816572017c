//! `GET /resources/v1`

use domain::catalog::{Object, Resource};
use serde::Serialize;

use crate::answer::{Fault, Reply};
use crate::caller::{Caller, CatalogRead};
use crate::query::Query;
use crate::views::{ResourceView, known};

#[derive(Serialize)]
struct Resources<'a> {
    resources: Vec<ResourceView<'a>>,
}

/// Lists the resources that the caller may know of: all, or those of a location.
pub async fn list(caller: Caller<CatalogRead>, mut query: Query) -> Result<Reply, Fault> {
    let location = query.id("locationRef");
    query.finish()?;
    let (catalog, rights) = (&caller.catalog, caller.rights());
    if let Some(id) = location {
        let mut sites = catalog.sites.values();
        sites.find(|site| site.uuid == id).ok_or(Fault::NotFound)?;
    }
    let here = |resource: &Object<Resource>| {
        let site = || catalog.site_of(resource).map(|site| site.uuid);
        location.is_none() || site() == location
    };
    let resources = catalog.resources.values().filter(|one| here(one));
    let views = resources.filter_map(|one| {
        let kind = known(one, &rights)?;
        Some(ResourceView::new(one, kind, catalog))
    });
    Reply::ok(&Resources {
        resources: views.collect(),
    })
}
