//! Who calls: the session that both headers name.

use std::sync::Arc;

use axum::http::{HeaderMap, header};
use domain::catalog::{Catalog, Object, Resource};
use domain::ids::{OrganisationId, UserId};
use domain::people::{Actor, Door, Rights};
use domain::time::Zone;
use jiff::Timestamp;

use crate::App;
use crate::answer::Fault;
use crate::dates;

const TOKEN: &str = "x-booked-sessiontoken";
const USER: &str = "x-booked-userid";

/// Somebody with a session.
pub struct Caller {
    /// Who it is.
    pub actor: Actor,
    /// The catalog as of the request.
    pub catalog: Arc<Catalog>,
}

impl Caller {
    /// What the caller may see and do.
    pub fn rights(&self) -> Rights<'_> {
        Rights::of(&self.catalog, &self.actor.user)
    }

    /// The caller's zone: the organisation's for who has set none.
    pub fn zone(&self) -> &Zone {
        let own = self.actor.user.body.zone.as_ref();
        own.unwrap_or(&self.catalog.organisation.body.zone)
    }

    /// Whether the caller may know that a resource exists, and its name.
    pub fn knows(&self, resource: &Object<Resource>, rights: &Rights<'_>) -> bool {
        self.catalog.organisation.open_catalog || rights.sees(resource)
    }

    /// The instant that a text means to the caller; none if the text is no date. See [`dates::parse`].
    pub fn instant(&self, text: &str) -> Option<Timestamp> {
        dates::parse(text, self.zone(), &self.catalog.organisation.body.zone)
    }
}

/// The organisation that the host name names, or the default one.
pub fn organisation(app: &App, headers: &HeaderMap) -> OrganisationId {
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    host.and_then(|host| app.engine.organisation_of_host(host))
        .unwrap_or(app.settings.organisation)
}

/// The caller whose session and number the headers name.
///
/// # Errors
/// [`Fault::Unauthenticated`] if one is missing, the session is over or is not this user's, or belongs elsewhere.
pub async fn caller(app: &App, headers: &HeaderMap) -> Result<Caller, Fault> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let (Some(token), Some(user)) = (text(TOKEN), text(USER)) else {
        return Err(Fault::Unauthenticated);
    };
    // Whose it must be comes first: a session is not prolonged by somebody who only names it.
    let user: i64 = user.trim().parse().map_err(|_| Fault::Unauthenticated)?;
    let actor = app
        .engine
        .authenticate_as(token, Door::Librebooking, UserId(user))
        .await?;
    if organisation(app, headers) != actor.organisation {
        return Err(Fault::Unauthenticated);
    }
    let catalog = app.catalog(actor.organisation)?;
    Ok(Caller { actor, catalog })
}
