//! The files of a reservation: what the `url` of an attachment names.

use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Response};
use domain::booking::{Attachment, Disclosure};
use engine::Seen;
use http_kit::download::download;
use serde::Serialize;

use crate::answer::Fault;
use crate::links::Links;
use crate::query::Query;
use crate::{App, access};

/// Where files are.
pub const PATH: &str = "/Web/attachments/reservation-file.php";

/// A file, as a reservation tells of it.
#[derive(Serialize)]
pub struct AttachmentView {
    url: String,
}

/// The files of a reservation whose details are seen; none of any other.
pub fn views(seen: &Seen, links: &Links) -> Vec<AttachmentView> {
    let reference = &seen.booking.reference;
    let url = |file: &Attachment| links.address(&format!("{PATH}?afid={}&rn={reference}", file.id));
    let files = seen.booking.details.attachments.iter();
    files
        .map(|file| AttachmentView { url: url(file) })
        .collect()
}

/// Answers a file to whoever may read its reservation, with the headers of a session.
pub async fn file(State(app): State<App>, headers: HeaderMap, uri: Uri) -> Response {
    let found = read(&app, &headers, uri.query().unwrap_or_default()).await;
    found.unwrap_or_else(IntoResponse::into_response)
}

async fn read(app: &App, headers: &HeaderMap, query: &str) -> Result<Response, Fault> {
    let caller = access::caller(app, headers).await?;
    if !caller.catalog.organisation.doors.librebooking {
        return Err(Fault::NotFound);
    }
    let query = Query::parse(query);
    let number: Option<i64> = query.get("afid").and_then(|text| text.parse().ok());
    let (Some(number), Some(reference)) = (number, query.get("rn")) else {
        return Err(Fault::NotFound);
    };
    let (engine, organisation) = (&app.engine, caller.actor.organisation);
    let booking = engine.booking_by_reference(organisation, reference).await?;
    let rights = caller.rights();
    let booking = booking.into_iter().collect();
    let seen = engine.seen_alone(&caller.catalog, &rights, booking).await?;
    let readable = seen
        .into_iter()
        .filter(|seen| seen.disclosure >= Disclosure::Details);
    let mut files = readable.flat_map(|seen| seen.booking.details.attachments);
    let file = files
        .find(|file| file.id == number)
        .ok_or(Fault::NotFound)?;
    let content = engine.store().attachment(organisation, number).await?;
    Ok(download(&file.name, content.ok_or(Fault::NotFound)?))
}
