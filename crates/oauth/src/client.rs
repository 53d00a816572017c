//! Which client asks: by HTTP Basic or by fields (RFC 6749, section 2.3.1).

use axum::http::{HeaderMap, StatusCode};
use domain::people::Door;
use engine::Registered;
use http_kit::authorization;

use crate::App;
use crate::answer::Fault;
use crate::fields::Fields;

/// The client that has proved itself; one without a secret by its name.
///
/// # Errors
/// [`Fault::Client`] if there is none; [`Fault::Request`] if it proves itself in two ways.
pub fn proved(
    app: &App,
    door: Door,
    headers: &HeaderMap,
    fields: &Fields,
) -> Result<Registered, Fault> {
    let basic = authorization::basic(headers).map_err(|problem| match problem.status() {
        StatusCode::UNAUTHORIZED => Fault::Client,
        _ => Fault::Request("The Authorization header could not be read."),
    })?;
    let told = fields.get("client_id");
    let (client_id, secret) = match &basic {
        Some(_) if fields.get("client_secret").is_some() => {
            return Err(Fault::Request("The client proves itself in two ways."));
        }
        Some(basic) if told.is_some_and(|told| told != basic.user) => {
            return Err(Fault::Request("There are two different clients."));
        }
        Some(basic) => (basic.user.as_str(), basic.password.as_deref()),
        None => (told.ok_or(Fault::Client)?, fields.get("client_secret")),
    };
    let proved = app.engine.prove_client(client_id, secret, door);
    proved.ok_or(Fault::Client)
}
