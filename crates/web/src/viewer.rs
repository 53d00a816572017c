//! Who looks at a page: somebody with a log-in, or with a link that was made for them.

use std::sync::Arc;

use axum::http::{HeaderMap, header};
use domain::catalog::Catalog;
use domain::ids::{BookingId, OrganisationId, TokenId, UserId};
use domain::people::{Actor, Door, Rights};
use engine::{AuthError, MapLink};
use serde::Deserialize;

use crate::App;
use crate::fault::Fault;
use crate::forms::cookie;

/// The cookie that holds the secret of a log-in.
pub const COOKIE: &str = "tenure_session";

/// Somebody who may look.
#[derive(Clone)]
pub struct Viewer {
    /// Who it is, or for whom the link was made.
    pub actor: Actor,
    /// The catalog as of the request.
    pub catalog: Arc<Catalog>,
    /// How they came.
    pub way: Way,
}

/// How somebody proves who they are.
#[derive(Clone, Debug)]
pub enum Way {
    /// By the secret of a log-in.
    Session(String),
    /// By a link.
    Link(MapLink),
}

/// The query of a link.
#[derive(Debug, Default, Deserialize)]
pub struct LinkQuery {
    #[serde(rename = "in")]
    organisation: Option<i64>,
    #[serde(rename = "for")]
    reader: Option<i64>,
    by: Option<i64>,
    until: Option<i64>,
    key: Option<String>,
}

impl LinkQuery {
    /// The link to a booking's map, if the query is one's.
    pub fn link(self, booking: BookingId) -> Option<MapLink> {
        Some(MapLink {
            organisation: OrganisationId(self.organisation?),
            booking,
            reader: UserId(self.reader?),
            token: TokenId(self.by?),
            until: self.until?,
            key: self.key?,
        })
    }
}

impl Viewer {
    /// What the viewer may see and do.
    pub fn rights(&self) -> Rights<'_> {
        Rights::of(&self.catalog, &self.actor.user)
    }

    /// The secret of the viewer's log-in, if that is how they came.
    pub fn session(&self) -> Option<&str> {
        match &self.way {
            Way::Session(secret) => Some(secret),
            Way::Link(_) => None,
        }
    }
}

/// The organisation that the host name names, or the default one.
pub fn organisation(app: &App, headers: &HeaderMap) -> OrganisationId {
    named(app, headers).unwrap_or(app.settings.organisation)
}

fn named(app: &App, headers: &HeaderMap) -> Option<OrganisationId> {
    let host = headers.get(header::HOST)?.to_str().ok()?;
    app.engine.organisation_of_host(host)
}

/// Who is logged in, if anybody is.
///
/// # Errors
/// If the store can not be read.
pub async fn logged_in(app: &App, headers: &HeaderMap) -> Result<Option<Viewer>, Fault> {
    logged_in_to(app, headers, organisation(app, headers)).await
}

/// Who is logged in to an organisation, whatever the host name, if anybody is.
///
/// # Errors
/// If the store can not be read.
pub async fn logged_in_to(
    app: &App,
    headers: &HeaderMap,
    organisation: OrganisationId,
) -> Result<Option<Viewer>, Fault> {
    let Some(secret) = cookie(headers, COOKIE) else {
        return Ok(None);
    };
    let viewer = of_way(app, Way::Session(secret.to_owned())).await?;
    Ok(viewer.filter(|viewer| viewer.actor.organisation == organisation))
}

/// Whom a link was made for, if it is good.
///
/// # Errors
/// If the store can not be read.
pub async fn linked(
    app: &App,
    headers: &HeaderMap,
    link: MapLink,
) -> Result<Option<Viewer>, Fault> {
    // A host that belongs to somebody else does not show what is ours.
    if named(app, headers).is_some_and(|named| named != link.organisation) {
        return Ok(None);
    }
    of_way(app, Way::Link(link)).await
}

/// The viewer, as of now; none if their way has ended.
///
/// # Errors
/// If the store can not be read.
pub async fn of_way(app: &App, way: Way) -> Result<Option<Viewer>, Fault> {
    let actor = match &way {
        Way::Session(secret) => match app.engine.authenticate(secret, Door::Web).await {
            Ok((actor, _)) => Some(actor),
            Err(AuthError::Invalid) => None,
            Err(AuthError::Store(error)) => return Err(error.into()),
        },
        Way::Link(link) => app.engine.map_reader(link).await?,
    };
    let Some(actor) = actor else {
        return Ok(None);
    };
    let catalog = app.engine.catalog(actor.organisation)?;
    Ok(Some(Viewer {
        actor,
        catalog,
        way,
    }))
}
