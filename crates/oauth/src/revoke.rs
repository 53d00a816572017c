//! `POST /oauth/revoke`, `POST /spacebring/oauth2/revoke`: RFC 7009.

use axum::Extension;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use domain::people::Door;
use http_kit::rate_limit::Network;
use http_kit::{ClientAddress, RequestId};

use crate::answer::{Fault, kept_by_nobody};
use crate::fields::Fields;
use crate::{App, client};

/// Revokes a token of the client's own, with all that came of the same consent. What is not its own is answered the same.
pub async fn revoke(
    State(app): State<App>,
    Extension(door): Extension<Door>,
    id: Option<Extension<RequestId>>,
    request: Request,
) -> Response {
    let network = Network::from(ClientAddress::of(request.extensions()));
    let id = id.map_or_else(String::new, |id| id.0.as_str().to_owned());
    match revoked(&app, door, &id, request).await {
        Ok(()) => kept_by_nobody(().into_response()),
        Err(fault) if fault.counts() => match app.failures.check(&network) {
            Ok(_) => fault.into_response(),
            Err(wait) => Fault::TooMany(wait.0).into_response(),
        },
        Err(fault) => fault.into_response(),
    }
}

async fn revoked(app: &App, door: Door, id: &str, request: Request) -> Result<(), Fault> {
    let headers = request.headers().clone();
    let fields = Fields::read(request).await?;
    let registered = client::proved(app, door, &headers, &fields)?;
    let token = fields.need("token", "token is missing.")?;
    Ok(app.engine.revoke_of_client(&registered, token, id).await?)
}
