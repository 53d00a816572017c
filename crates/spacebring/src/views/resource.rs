//! A resource.

use domain::catalog::{Catalog, Object, Resource};
use serde::Serialize;
use uuid::Uuid;

use super::kind::Kind;

/// A resource.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ResourceView<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    id: Uuid,
    #[serde(skip_serializing_if = "Option::is_none")]
    location_ref: Option<Uuid>,
    /// How many can be booked at once.
    seats: u32,
    title: &'a str,
    #[serde(rename = "type")]
    kind: Kind,
}

impl<'a> ResourceView<'a> {
    /// The view of a resource of this type.
    pub fn new(resource: &'a Object<Resource>, kind: Kind, catalog: &Catalog) -> Self {
        Self {
            description: resource.description.as_deref(),
            id: resource.uuid,
            location_ref: catalog.site_of(resource).map(|site| site.uuid),
            seats: resource.units,
            title: &resource.name,
            kind,
        }
    }
}
