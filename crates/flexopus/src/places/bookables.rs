//! `GET /locations/{location_id}/bookables`

use domain::ids::AreaId;

use super::area;
use crate::answer::{Fault, Reply};
use crate::caller::{Caller, CatalogRead, Id};
use crate::views::{BookableView, bookable};

/// Lists what can be booked in a location.
pub async fn list(caller: Caller<CatalogRead>, Id(id): Id) -> Result<Reply, Fault> {
    let area = area(&caller, id)?;
    let (catalog, rights) = (&caller.catalog, caller.rights());
    let here = catalog.resources_of_area(AreaId(area.id));
    let views: Vec<_> = here
        .iter()
        .filter_map(|id| bookable(id.0, catalog, &rights))
        .map(|resource| BookableView::with_tags(resource))
        .collect();
    Reply::data(&views)
}
