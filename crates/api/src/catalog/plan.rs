//! `GET` and `PUT /areas/{id}/plan`: the drawing of an area's floor plan.

use std::time::Duration;

use axum::extract::{FromRequest, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::catalog::{Area, FloorPlan, PlanImage};
use domain::decide::{EditObject, Validate};
use domain::people::Rights;
use drawing::{Drawing, MAX_BYTES};
use http_kit::{Problem, StrictQuery, kept};
use serde::Deserialize;
use utoipa::IntoParams;

use super::place::AreaView;
use super::{Managed, Viewer, known, number};
use crate::App;
use crate::caller::{Caller, CatalogRead, CatalogWrite, Path};
use crate::perform::{Incoming, json_answer, versioned};
use crate::problem::store_problem;
use crate::wire::invalid;

/// How long an upload waits for those before it.
const PATIENCE: Duration = Duration::from_secs(10);

/// How large the plan is.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Scale {
    /// The plan's width in the units of the resources' shapes. Without it, it follows from the height; without both, the
    /// plan keeps the size it has, or takes the drawing's own: pixels, or the units of its `viewBox`.
    #[param(exclusive_minimum = 0)]
    width: Option<f64>,
    /// The plan's height, likewise.
    #[param(exclusive_minimum = 0)]
    height: Option<f64>,
}

impl Scale {
    /// The plan's width and height, for a drawing of this one.
    fn of(self, (width, height): (f64, f64), before: Option<&FloorPlan>) -> (f64, f64) {
        match (self.width, self.height) {
            (Some(width), Some(height)) => (width, height),
            (Some(wide), None) => (wide, wide * height / width),
            (None, Some(high)) => (high * width / height, high),
            (None, None) => before.map_or((width, height), |plan| (plan.width, plan.height)),
        }
    }
}

/// A request with a file.
pub struct Upload(Incoming);

impl FromRequest<App> for Upload {
    type Rejection = Problem;

    async fn from_request(request: Request, _app: &App) -> Result<Self, Problem> {
        let kind = request.headers().get(header::CONTENT_TYPE);
        let is_file = kind.is_none_or(|kind| {
            let kind = kind.to_str().unwrap_or_default();
            kind.starts_with("image/") || kind == "application/octet-stream"
        });
        if !is_file {
            return Err(Problem::unsupported_media_type(
                "image/svg+xml, image/png, image/jpeg",
            ));
        }
        Incoming::up_to(request, MAX_BYTES).await.map(Self)
    }
}

/// Read the drawing of an area's floor plan.
///
/// It comes in a sandbox: a browser shows it, and does nothing else with it.
#[utoipa::path(
    get,
    path = "/areas/{id}/plan",
    tag = "catalog",
    security(("bearer" = ["catalog:read"])),
    params(
        ("id" = i64, Path, description = "The area."),
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of the drawing that the caller has."),
    ),
    responses(
        (status = 200, description = "The drawing.", content(([u8] = "image/svg+xml"), ([u8] = "image/png"), ([u8] = "image/jpeg"))),
        (status = 304, description = "It is the one that the caller has."),
        (status = 404),
    ),
)]
pub async fn read(
    State(app): State<App>,
    caller: Caller<CatalogRead>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let organisation = caller.actor.organisation;
    let catalog = app.engine.catalog(organisation);
    let catalog = catalog.map_err(|error| store_problem(&error))?;
    let viewer = Viewer::of(&catalog, &caller.actor.user);
    let area = Area::find(&catalog, number(&id)?);
    let area = area.filter(|area| <Area as Managed>::visible(area, &viewer));
    let plan = area.and_then(|area| area.body.plan.as_ref());
    let plan = plan.ok_or_else(Problem::not_found)?;
    let tag = kept::tag(&plan.digest());
    if kept::is_known(&headers, &tag) {
        return Ok(kept::answer(plan.media().mime(), tag, None));
    }
    let content = app.engine.drawing(organisation, plan).await;
    let content = content.map_err(|error| store_problem(&error))?;
    Ok(kept::answer(plan.media().mime(), tag, Some(content)))
}

/// Upload the drawing of an area's floor plan, in place of the one before.
///
/// SVG of at most 1 MiB and 20,000 nodes, or PNG or JPEG of at most 4 MiB, 8192 pixels a side and 16 million in all: what it
/// is, its content tells. It is read, held to what a drawing needs, and written again; what acts, or refers to other
/// places, is refused. The plan is removed by a `null` in a `PATCH` of the area.
#[utoipa::path(
    put,
    path = "/areas/{id}/plan",
    tag = "catalog",
    security(("bearer" = ["catalog:write"])),
    params(
        ("id" = i64, Path, description = "The area."),
        Scale,
        ("If-Match" = Option<String>, Header, description = "The version of the area that the caller has read."),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat."),
    ),
    request_body(content(([u8] = "image/svg+xml"), ([u8] = "image/png"), ([u8] = "image/jpeg")), description = "The file."),
    responses((status = 200, description = "The area as it is now.", body = AreaView)),
)]
pub async fn put(
    State(app): State<App>,
    caller: Caller<CatalogWrite>,
    Path(id): Path<String>,
    StrictQuery { value: scale }: StrictQuery<Scale>,
    Upload(incoming): Upload,
) -> Response {
    let id = match known::<Area>(&app, &caller, &id) {
        Ok(id) => id,
        Err(problem) => return incoming.remember(&app, &caller, problem).await,
    };
    let drawing = match permitted(&app, &caller, id) {
        Err(problem) => return problem.into_response(),
        // Whoever may not change the area is refused in any case, and costs no work.
        Ok(false) => None,
        Ok(true) => match clean(&app, &incoming).await {
            Ok(drawing) => Some(drawing),
            Err(problem) if problem.status() == StatusCode::UNPROCESSABLE_ENTITY => {
                return incoming.remember(&app, &caller, problem).await;
            }
            Err(problem) => return problem.into_response(),
        },
    };
    let build = move |incoming: &Incoming| {
        let own = drawing
            .as_ref()
            .map(|drawing| (drawing.width, drawing.height));
        let image = drawing.map(|drawing| PlanImage::new(drawing.media, drawing.content));
        let edit = EditObject::<Area>::new(id, move |area, _| {
            if let Some((own, image)) = own.zip(image.clone()) {
                let (width, height) = scale.of(own, area.plan.as_ref());
                area.plan = Some(FloorPlan {
                    width,
                    height,
                    svg: None,
                    image: Some(image),
                });
            }
            Ok(())
        });
        Ok(edit.expecting(incoming.expected_version))
    };
    incoming
        .perform(&app, &caller, build, |area, _| {
            let answer = json_answer(StatusCode::OK, &<Area as Managed>::view(area, None));
            versioned(answer, area.version)
        })
        .await
}

/// Whether the caller may change the area.
fn permitted(app: &App, caller: &Caller<CatalogWrite>, id: i64) -> Result<bool, Problem> {
    let catalog = app.engine.catalog(caller.actor.organisation);
    let catalog = catalog.map_err(|error| store_problem(&error))?;
    let rights = Rights::of(&catalog, &caller.actor.user);
    let area = Area::find(&catalog, id).ok_or_else(Problem::not_found)?;
    Ok(Area::permitted(Some(area), &area.body, &rights, &catalog))
}

/// What is harmless in the file; one file at a time, as decoding takes time and memory.
async fn clean(app: &App, incoming: &Incoming) -> Result<Drawing, Problem> {
    let busy = || Problem::unavailable(Duration::from_secs(1));
    let turn = tokio::time::timeout(PATIENCE, app.drawing.clone().acquire_owned()).await;
    let turn = turn.map_err(|_| busy())?.map_err(|_| busy())?;
    let file = incoming.bytes();
    let done = tokio::task::spawn_blocking(move || {
        let cleaned = drawing::clean(&file);
        drop(turn);
        cleaned
    });
    let cleaned = done.await.map_err(|error| {
        tracing::error!(%error, "a drawing was not read");
        Problem::internal()
    })?;
    cleaned.map_err(|unfit| invalid("plan", unfit.to_string()))
}
