//! `GET /resources/v1/{id}`

use serde::Serialize;

use crate::answer::{Fault, Reply};
use crate::bookings::resource;
use crate::caller::{Caller, CatalogRead, Id};
use crate::views::ResourceView;

#[derive(Serialize)]
struct Envelope<'a> {
    resource: ResourceView<'a>,
}

/// One resource.
pub async fn read(caller: Caller<CatalogRead>, Id(id): Id) -> Result<Reply, Fault> {
    let (catalog, rights) = (&caller.catalog, caller.rights());
    let (found, kind) = resource(id, catalog, &rights).ok_or(Fault::NotFound)?;
    let resource = ResourceView::new(found, kind, catalog);
    Reply::ok(&Envelope { resource })
}
