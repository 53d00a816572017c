//! `GET /bookings/{id}/attachments` and `GET /bookings/{id}/attachments/{attachment}`

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use domain::booking::{Attachment, Disclosure};
use http_kit::Problem;
use http_kit::download::download;
use serde::Serialize;
use utoipa::ToSchema;

use super::booking_id;
use crate::App;
use crate::caller::{BookingsRead, Caller, Path};
use crate::catalog::number;
use crate::problem::store_problem;

/// A file that belongs to a booking.
#[derive(Debug, Serialize, ToSchema)]
pub struct AttachmentBody {
    /// Its number.
    id: i64,
    /// Its name.
    name: String,
    /// Its media type, as whoever attached it said.
    media_type: String,
    /// Its size in bytes.
    size: u64,
}

/// The files that belong to a booking.
#[derive(Debug, Serialize, ToSchema)]
pub struct AttachmentsBody {
    /// The files.
    items: Vec<AttachmentBody>,
}

/// List the files of a booking. For those who see its details.
#[utoipa::path(
    get,
    path = "/bookings/{id}/attachments",
    tag = "bookings",
    security(("bearer" = ["bookings:read"])),
    params(("id" = i64, Path, description = "The booking.")),
    responses((status = 200, description = "The files.", body = AttachmentsBody), (status = 404))
)]
pub async fn list(
    State(app): State<App>,
    caller: Caller<BookingsRead>,
    Path(id): Path<String>,
) -> Result<Json<AttachmentsBody>, Problem> {
    let items = attachments(&app, &caller, &id).await?;
    let items = items.into_iter().map(|attachment| AttachmentBody {
        id: attachment.id,
        name: attachment.name,
        media_type: attachment.media_type,
        size: attachment.size,
    });
    Ok(Json(AttachmentsBody {
        items: items.collect(),
    }))
}

/// Read a file of a booking. It comes as a download, whatever it is.
#[utoipa::path(
    get,
    path = "/bookings/{id}/attachments/{attachment}",
    tag = "bookings",
    security(("bearer" = ["bookings:read"])),
    params(
        ("id" = i64, Path, description = "The booking."),
        ("attachment" = i64, Path, description = "The file."),
    ),
    responses(
        (status = 200, description = "The content.", content_type = "application/octet-stream", body = [u8]),
        (status = 404),
    )
)]
pub async fn read(
    State(app): State<App>,
    caller: Caller<BookingsRead>,
    Path((id, file)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let file = number(&file)?;
    let mut all = attachments(&app, &caller, &id).await?.into_iter();
    let attachment = all.find(|attachment| attachment.id == file);
    let attachment = attachment.ok_or_else(Problem::not_found)?;
    let organisation = caller.actor.organisation;
    let content = app.engine.store().attachment(organisation, file).await;
    let content = content
        .map_err(|error| store_problem(&error))?
        .ok_or_else(Problem::not_found)?;
    Ok(download(&attachment.name, content))
}

/// The files of a booking whose details the caller may see; any other has none to be found.
async fn attachments(
    app: &App,
    caller: &Caller<BookingsRead>,
    id: &str,
) -> Result<Vec<Attachment>, Problem> {
    let seen = app.engine.booking(&caller.actor, booking_id(id)?).await;
    let seen = seen.map_err(|error| store_problem(&error))?;
    let seen = seen.ok_or_else(Problem::not_found)?;
    if seen.disclosure < Disclosure::Details {
        return Err(Problem::not_found());
    }
    Ok(seen.booking.details.attachments)
}
