//! Which organisation, and which site, a host name belongs to.

use domain::catalog::Organisation;
use domain::ids::{OrganisationId, SiteId};

use crate::Engine;

impl Engine {
    /// The organisation that is reached under this host name, with or without a port; none if it is nobody's.
    pub fn organisation_of_host(&self, host: &str) -> Option<OrganisationId> {
        let name = without_port(host);
        let catalogs = self.store().catalogs();
        catalogs
            .into_iter()
            .find(|(_, catalog)| {
                let mut hosts = catalog.organisation.hosts.iter();
                hosts.any(|known| known.eq_ignore_ascii_case(name))
            })
            .map(|(id, _)| id)
    }

    /// The site that is reached under this host name, with or without a port, and whose it is: the one whose subdomain is
    /// the name's first label. None if it is nobody's.
    ///
    /// An organisation that has host names is reached below those alone. Where several have such a site, the one with
    /// a host name above this one has it, then `own`, that of who asks.
    pub fn space_of_host(
        &self,
        host: &str,
        own: Option<OrganisationId>,
    ) -> Option<(OrganisationId, SiteId)> {
        let name = without_port(host);
        let label = name.split('.').next().unwrap_or_default();
        let catalogs = self.store().catalogs();
        let candidates = catalogs.iter().filter_map(|(id, catalog)| {
            let mut sites = catalog.sites.values();
            let named = |subdomain: &String| subdomain.eq_ignore_ascii_case(label);
            let site = sites.find(|site| site.subdomain.as_ref().is_some_and(named))?;
            let below = is_below(name, &catalog.organisation);
            let reached = below || catalog.organisation.hosts.is_empty();
            // The one that was there first, if nothing else tells them apart.
            let rank = (below, own == Some(*id), std::cmp::Reverse(*id));
            reached.then_some((rank, (*id, SiteId(site.id))))
        });
        let best = candidates.max_by_key(|(rank, _)| *rank);
        best.map(|(_, space)| space)
    }
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

/// Whether the name is one of the organisation's host names, or below one.
fn is_below(name: &str, organisation: &Organisation) -> bool {
    let name = name.to_ascii_lowercase();
    organisation.hosts.iter().any(|host| {
        let host = host.to_ascii_lowercase();
        let rest = name.strip_suffix(&host);
        rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    })
}
