//! The live map: the floor plan of a booking's area, with how each place stands now.

mod events;
mod list;
mod page;
mod plan;
mod shapes;
mod words;

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use domain::catalog::{Area, Object};
use domain::ids::{AreaId, BookingId, ResourceId};
use domain::time::Zone;
use engine::{Floor, Seen, floor};
use http_kit::query::parse_query;
use jiff::Timestamp;

use crate::App;
use crate::fault::Fault;
use crate::viewer::{LinkQuery, Viewer, linked, logged_in};

pub use events::events;

/// A booking, and who looks at where it is.
struct Asked {
    viewer: Viewer,
    booking: Seen,
    area: Arc<Object<Area>>,
}

/// What the page shows: the area as of an instant.
struct Shown {
    asked: Asked,
    floor: Floor,
    now: Timestamp,
}

impl Asked {
    /// The booking as the viewer sees it, and the area of its first place; none if they may not know of it.
    async fn of(app: &App, viewer: Viewer, id: BookingId) -> Result<Option<Self>, Fault> {
        let Some(booking) = app.engine.booking(&viewer.actor, id).await? else {
            return Ok(None);
        };
        let catalog = &viewer.catalog;
        let place = booking.booking.resource_ids().next();
        let place = place.and_then(|id| catalog.resource(id));
        let area = place
            .and_then(|place| catalog.areas.get(place.area.0))
            .cloned();
        Ok(area.map(|area| Self {
            viewer,
            booking,
            area,
        }))
    }

    async fn shown(self, app: &App) -> Result<Shown, Fault> {
        let now = app.engine.now();
        let (store, catalog) = (app.engine.store(), &self.viewer.catalog);
        let area = AreaId(self.area.id);
        let floor = floor(store, catalog, &self.viewer.rights(), area, now).await?;
        Ok(Shown {
            asked: self,
            floor,
            now,
        })
    }
}

impl Shown {
    /// The zone on whose wall clock the area lives.
    fn zone(&self) -> &Zone {
        let catalog = &self.asked.viewer.catalog;
        let site = catalog.sites.get(self.asked.area.site.0);
        site.map_or(&catalog.organisation.body.zone, |site| &site.body.zone)
    }

    /// Whether the place is one that the booking takes.
    fn is_booked(&self, id: i64) -> bool {
        self.asked.booking.booking.takes(ResourceId(id))
    }
}

/// Who asks for the map of which booking. Somebody unknown is asked to log in, whether there is such a booking or not.
async fn asked(app: &App, path: &str, headers: &HeaderMap, uri: &Uri) -> Result<Asked, Fault> {
    let id = path.parse().ok().map(BookingId);
    let query: LinkQuery = parse_query(uri.query().unwrap_or_default()).unwrap_or_default();
    let link = id.and_then(|id| query.link(id));
    let mut viewer = None;
    if let Some(link) = link {
        viewer = linked(app, headers, link).await?;
    }
    if viewer.is_none() {
        viewer = logged_in(app, headers).await?;
    }
    let Some(viewer) = viewer else {
        return Err(Fault::LogIn(uri.path().to_owned()));
    };
    let id = id.ok_or(Fault::NotFound)?;
    Asked::of(app, viewer, id).await?.ok_or(Fault::NotFound)
}

/// The page.
pub async fn page(
    State(app): State<App>,
    Path(booking): Path<String>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Fault> {
    let asked = asked(&app, &booking, &headers, &uri).await?;
    let shown = asked.shown(&app).await?;
    Ok(page::answer(&shown))
}

/// The drawing behind the places; to who may see the page.
pub async fn plan(
    State(app): State<App>,
    Path(booking): Path<String>,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    let asked = match asked(&app, &booking, &headers, &uri).await {
        Ok(asked) => asked,
        Err(fault) => return bare(fault),
    };
    plan::answer(&app, &asked, &headers)
        .await
        .unwrap_or_else(bare)
}

/// The fault for what no person looks at.
fn bare(fault: Fault) -> Response {
    match fault {
        Fault::LogIn(_) => StatusCode::UNAUTHORIZED.into_response(),
        other => other.into_response(),
    }
}
