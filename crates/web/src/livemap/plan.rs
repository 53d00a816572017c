//! The drawing behind the places, as an image.

use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use http_kit::kept;

use super::Asked;
use crate::App;
use crate::fault::Fault;

/// The drawing of the area, which the browser may keep but has to ask for again.
pub async fn answer(app: &App, asked: &Asked, headers: &HeaderMap) -> Result<Response, Fault> {
    let Some(plan) = &asked.area.body.plan else {
        return Ok(StatusCode::NOT_FOUND.into_response());
    };
    let tag = kept::tag(&plan.digest());
    let content = if kept::is_known(headers, &tag) {
        None
    } else {
        let organisation = asked.viewer.actor.organisation;
        Some(app.engine.drawing(organisation, plan).await?)
    };
    Ok(kept::answer(plan.media().mime(), tag, content))
}
