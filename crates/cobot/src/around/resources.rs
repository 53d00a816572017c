//! `GET /api/resources`

use axum::extract::State;
use domain::ids::{ResourceId, SiteId};

use crate::App;
use crate::answer::{Fault, Reply};
use crate::caller::{Caller, CatalogRead, number};
use crate::query::Query;
use crate::views::ResourceView;

/// The resources of the space that the caller may know of, as lists order them; with `ids`, those alone.
pub async fn list(
    State(app): State<App>,
    caller: Caller<CatalogRead>,
    query: Query,
) -> Result<Reply, Fault> {
    let (space, rights) = (&caller.space, caller.rights());
    let wanted: Option<Vec<i64>> = query
        .list("ids")
        .map(|ids| ids.into_iter().filter_map(number).collect());
    let site = SiteId(space.site().id);
    let ids = space.catalog.resources_of_site(site).into_iter();
    let ids = ids.filter(|id| wanted.as_ref().is_none_or(|wanted| wanted.contains(&id.0)));
    let mut found: Vec<_> = ids
        .filter_map(|id: ResourceId| space.resource(id, &rights))
        .collect();
    found.sort_by_key(|resource| (resource.sort_order, resource.id));
    let address = space.address();
    let today = space.today(app.engine.now());
    let view = |resource| ResourceView::new(resource, space, &address, &rights, today);
    Reply::ok(&found.into_iter().map(view).collect::<Vec<_>>())
}
