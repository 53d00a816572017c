//! Which organisation a host name belongs to.

use domain::ids::OrganisationId;

use crate::Engine;

impl Engine {
    /// The organisation that is reached under this host name, with or without a port; none if it is nobody's.
    pub fn organisation_of_host(&self, host: &str) -> Option<OrganisationId> {
        let name = match host.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
            _ => host,
        };
        let catalogs = self.store().catalogs();
        catalogs
            .into_iter()
            .find(|(_, catalog)| {
                let mut hosts = catalog.organisation.hosts.iter();
                hosts.any(|known| known.eq_ignore_ascii_case(name))
            })
            .map(|(id, _)| id)
    }
}
