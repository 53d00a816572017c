//! A location: a site of Tenure's.

use domain::catalog::{Object, Site};
use serde::Serialize;
use uuid::Uuid;

/// A location.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LocationView<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<&'a str>,
    id: Uuid,
    network_ref: Uuid,
    time_zone: &'a str,
    title: &'a str,
}

impl<'a> LocationView<'a> {
    /// The view of a site in a network.
    pub fn new(site: &'a Object<Site>, network: Uuid) -> Self {
        Self {
            address: site.address.as_deref(),
            id: site.uuid,
            network_ref: network,
            time_zone: site.zone.name(),
            title: &site.name,
        }
    }
}
