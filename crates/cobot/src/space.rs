//! The space that a host name names: a site, and how clients reach it.

use std::sync::Arc;

use axum::http::Request;
use domain::catalog::{Catalog, Object, Resource, Site};
use domain::ids::{MembershipId, OrganisationId, ResourceId, SiteId, UserId};
use domain::people::Rights;
use domain::time::{Zone, civil};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::App;
use crate::answer::Fault;

/// A host, as a request names it.
#[derive(Clone, Debug)]
pub struct Host {
    /// The name with its port, as it came.
    authority: String,
    /// The name alone, in lower case.
    name: String,
}

impl Host {
    /// The host that the request names.
    ///
    /// # Errors
    /// 400 for doubtful ones, 404 for none.
    pub fn of<B>(request: &Request<B>) -> Result<Self, Fault> {
        let name = http_kit::host::host(request).map_err(|problem| {
            Fault::Malformed(problem.detail_text().unwrap_or_default().to_owned())
        })?;
        let name = name.ok_or(Fault::NotFound)?;
        let header = request.headers().get(axum::http::header::HOST);
        let authority = header.and_then(|host| host.to_str().ok());
        Ok(Self {
            authority: authority.unwrap_or(&name).to_owned(),
            name,
        })
    }

    /// The space that is reached under it; of several, that of the organisation given.
    pub fn space(
        &self,
        app: &App,
        own: Option<OrganisationId>,
    ) -> Option<(OrganisationId, SiteId)> {
        app.engine.space_of_host(&self.name, own)
    }

    /// The name and port of a neighbour with another first label.
    fn sibling(&self, label: &str) -> String {
        match self.authority.split_once('.') {
            Some((_, rest)) => format!("{label}.{rest}"),
            None => match self.authority.split_once(':') {
                Some((_, port)) => format!("{label}:{port}"),
                None => label.to_owned(),
            },
        }
    }
}

/// A space, as of a request.
#[derive(Clone)]
pub struct Space {
    /// The catalog that it stands in.
    pub catalog: Arc<Catalog>,
    site: Arc<Object<Site>>,
    host: Host,
    scheme: String,
}

impl Space {
    /// The space under a host that is the organisation's own.
    ///
    /// # Errors
    /// 404 if there is no such site.
    pub fn new(
        app: &App,
        host: Host,
        (organisation, site): (OrganisationId, SiteId),
    ) -> Result<Self, Fault> {
        let catalog = app.engine.catalog(organisation)?;
        let site = catalog.sites.get(site.0).cloned().ok_or(Fault::NotFound)?;
        Ok(Self {
            catalog,
            site,
            host,
            scheme: app.scheme.clone(),
        })
    }

    /// Its site.
    pub fn site(&self) -> &Object<Site> {
        &self.site
    }

    /// On whose wall clock times without an offset are read.
    pub fn zone(&self) -> &Zone {
        &self.site.zone
    }

    /// The day that it is there.
    pub fn today(&self, now: Timestamp) -> Date {
        civil(now, self.zone()).0.date()
    }

    /// The address at which the client reaches it, without a slash at its end.
    pub fn address(&self) -> String {
        format!("{}://{}", self.scheme, self.host.authority)
    }

    /// The address of another space, reached in the same way.
    pub fn sibling(&self, subdomain: &str) -> String {
        format!("{}://{}", self.scheme, self.host.sibling(subdomain))
    }

    /// Whether the resource is in the space.
    pub fn has(&self, resource: &Resource) -> bool {
        let site = self.catalog.site_of(resource);
        site.is_some_and(|site| site.id == self.site.id)
    }

    /// The resource of the space with this number, if the viewer may know of it.
    pub fn resource(&self, id: ResourceId, rights: &Rights<'_>) -> Option<&Object<Resource>> {
        let resource = self.catalog.resource(id)?;
        (self.has(resource) && rights.sees(resource)).then_some(resource)
    }

    /// The person's oldest membership that is valid on a day.
    pub fn membership_on(&self, user: UserId, day: Date) -> Option<MembershipId> {
        self.catalog.membership_on(user, day)
    }

    /// Whether somebody with these rights belongs here at a time: by a membership, or as one who may book something.
    pub fn has_member(&self, rights: &Rights<'_>, now: Timestamp) -> bool {
        let day = self.today(now);
        let books = || {
            let mut resources = self.catalog.resources.values();
            resources.any(|resource| self.has(resource) && rights.books(resource))
        };
        self.membership_on(rights.user(), day).is_some() || books()
    }
}
