//! Buildings, locations and bookables: sites, areas and resources.

use std::sync::Arc;

use domain::catalog::{
    Area, Catalog, Object, Resource, ResourceKind, ResourceMode, ResourceState, Site,
};
use domain::ids::ResourceId;
use domain::people::Rights;
use serde::Serialize;

/// A building: a site.
#[derive(Debug, Serialize)]
pub struct SiteView<'a> {
    id: i64,
    name: &'a str,
    address: Option<&'a str>,
}

impl<'a> SiteView<'a> {
    /// The view of a site.
    pub fn new(site: &'a Object<Site>) -> Self {
        Self {
            id: site.id,
            name: &site.name,
            address: site.address.as_deref(),
        }
    }
}

/// A location: an area, with its building where the endpoint shows it.
#[derive(Debug, Serialize)]
pub struct AreaView<'a> {
    id: i64,
    name: &'a str,
    code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    building: Option<SiteView<'a>>,
}

impl<'a> AreaView<'a> {
    /// The view of an area without its building.
    pub fn new(area: &'a Object<Area>) -> Self {
        Self {
            id: area.id,
            name: &area.name,
            code: area.code.as_deref(),
            building: None,
        }
    }

    /// The same with its building.
    pub fn in_building(area: &'a Object<Area>, catalog: &'a Catalog) -> Self {
        let site = catalog.sites.get(area.site.0);
        Self {
            building: site.map(|site| SiteView::new(site)),
            ..Self::new(area)
        }
    }
}

/// A bookable: a resource, with its location or its tags where the endpoint shows them.
#[derive(Debug, Serialize)]
pub struct BookableView<'a> {
    id: i64,
    name: &'a str,
    #[serde(rename = "type")]
    kind: u8,
    status: u8,
    /// Where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<AreaView<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tags: Option<&'a [String]>,
}

impl<'a> BookableView<'a> {
    /// The view of a resource without location and tags.
    pub fn new(resource: &'a Object<Resource>) -> Self {
        Self {
            id: resource.id,
            name: &resource.name,
            kind: kind_number(resource.kind).unwrap_or_default(),
            status: status_number(resource),
            location: None,
            tags: None,
        }
    }

    /// The same with its tags.
    pub fn with_tags(resource: &'a Object<Resource>) -> Self {
        Self {
            tags: Some(&resource.tags),
            ..Self::new(resource)
        }
    }
}

/// The number of a kind: 0 a desk, 1 a parking place, 2 a meeting room or an office, 3 home office. None for what
/// Flexopus has no word for, and this API does not know therefore.
pub fn kind_number(kind: ResourceKind) -> Option<u8> {
    match kind {
        ResourceKind::Desk => Some(0),
        ResourceKind::Parking => Some(1),
        ResourceKind::Room | ResourceKind::Office => Some(2),
        ResourceKind::HomeOffice => Some(3),
        ResourceKind::Equipment => None,
    }
}

/// The number of how a resource is given out: 0 flexible, 1 blocked, as is what is out of use, 2 assigned.
fn status_number(resource: &Resource) -> u8 {
    match resource.mode {
        _ if resource.state != ResourceState::Available => 1,
        ResourceMode::Flexible => 0,
        ResourceMode::Blocked => 1,
        ResourceMode::Assigned => 2,
    }
}

/// The resource with this number, if it is a bookable that the caller may know of.
pub fn bookable<'a>(
    id: i64,
    catalog: &'a Catalog,
    rights: &Rights<'_>,
) -> Option<&'a Arc<Object<Resource>>> {
    let resource = catalog.resource(ResourceId(id))?;
    (kind_number(resource.kind).is_some() && rights.sees(resource)).then_some(resource)
}
