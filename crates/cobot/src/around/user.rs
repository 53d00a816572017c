//! `GET /api/user`

use axum::extract::State;
use domain::catalog::{Object, Site};
use domain::ids::{MembershipId, SiteId};
use serde::Serialize;

use crate::App;
use crate::answer::{Fault, Reply};
use crate::caller::{ProfileRead, Visitor};
use crate::views::Number;

#[derive(Serialize)]
struct UserView<'a> {
    id: Number,
    email: &'a str,
    memberships: Vec<MembershipRef<'a>>,
    admin_of: Vec<SpaceRef<'a>>,
}

/// A membership, in one of the spaces where it is good.
#[derive(Serialize)]
struct MembershipRef<'a> {
    id: Number,
    space_subdomain: &'a str,
    space_name: &'a str,
    space_link: String,
    link: String,
}

/// A space that the user administers.
#[derive(Serialize)]
struct SpaceRef<'a> {
    space_subdomain: &'a str,
    space_name: &'a str,
    space_link: String,
    name: String,
}

/// Who the caller is: their memberships that are valid today, in each space that has something for them, and the spaces
/// they administer.
pub async fn read(State(app): State<App>, visitor: Visitor<ProfileRead>) -> Result<Reply, Fault> {
    let (space, rights) = (&visitor.space, visitor.rights());
    let (catalog, today) = (&space.catalog, space.today(app.engine.now()));
    let user = &visitor.actor.user;
    let named = |site: &'_ Object<Site>| site.subdomain.is_some();
    let spaces = || {
        let sites = catalog.sites.values().map(AsRef::as_ref);
        sites.filter(|site| named(site))
    };
    let sees = |site: &Object<Site>| {
        let resources = catalog.resources_of_site(SiteId(site.id));
        let mut resources = resources.into_iter().filter_map(|id| catalog.resource(id));
        resources.any(|resource| rights.sees(resource))
    };
    let valid = |id: &&MembershipId| {
        catalog.memberships.get(id.0).is_some_and(|membership| {
            membership.from <= today && membership.until.is_none_or(|until| today <= until)
        })
    };
    let held = catalog.memberships_of(visitor.actor.id()).iter();
    let mut memberships = Vec::new();
    for id in held.filter(valid) {
        for site in spaces().filter(|site| sees(site)) {
            let subdomain = site.subdomain.as_deref().unwrap_or_default();
            let link = space.sibling(subdomain);
            memberships.push(MembershipRef {
                id: Number(id.0),
                space_subdomain: subdomain,
                space_name: &site.name,
                link: format!("{link}{}/memberships/{id}", crate::BASE),
                space_link: link,
            });
        }
    }
    let administered = spaces().filter(|site| rights.manages_site(site));
    let admin_of = administered.map(|site| {
        let subdomain = site.subdomain.as_deref().unwrap_or_default();
        SpaceRef {
            space_subdomain: subdomain,
            space_name: &site.name,
            space_link: space.sibling(subdomain),
            name: user.name(),
        }
    });
    Reply::ok(&UserView {
        id: Number(user.id),
        email: &user.email,
        memberships,
        admin_of: admin_of.collect(),
    })
}
