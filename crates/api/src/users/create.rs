//! `POST /users`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::decide::PutUser;
use domain::people::Rights;
use http_kit::Problem;
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{UserBody, UserView, acceptable, view};
use crate::App;
use crate::caller::{Caller, PeopleWrite};
use crate::catalog::patched;
use crate::perform::{Incoming, json_answer, located, versioned};
use crate::problem::store_problem;
use crate::wire::Wire;

/// A user to be made.
#[derive(Deserialize, ToSchema)]
#[expect(
    dead_code,
    reason = "what the document says; the body is read field by field"
)]
pub struct NewUser {
    /// The user.
    #[serde(flatten)]
    pub user: UserBody,
    /// The password; without one, nobody can log in with one.
    #[schema(min_length = 8, max_length = 1024, write_only)]
    pub password: Option<String>,
}

/// Make a user.
///
/// For administrators. Passwords have at least 8 characters and at most 1,024 bytes.
#[utoipa::path(
    post,
    path = "/users",
    tag = "people",
    security(("bearer" = ["people:write"])),
    request_body = NewUser,
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat.")),
    responses((status = 201, description = "The user.", body = UserView), (status = 409)),
)]
pub async fn create(
    State(app): State<App>,
    caller: Caller<PeopleWrite>,
    incoming: Incoming,
) -> Response {
    let incoming = incoming.without_secrets(&["password"]);
    let command = match command(&app, &incoming).await {
        Ok(command) => command,
        Err(problem) => return incoming.remember(&app, &caller, problem).await,
    };
    let actor = caller.actor.clone();
    incoming
        .perform(
            &app,
            &caller,
            |_| Ok(command),
            move |user, snapshot| {
                let rights = Rights::of(&snapshot.catalog, &actor.user);
                let body = view(user, &snapshot.catalog, &rights);
                let path = format!("{}/users/{}", crate::BASE, user.id);
                located(
                    versioned(json_answer(StatusCode::CREATED, &body), user.version),
                    path,
                )
            },
        )
        .await
}

async fn command(app: &App, incoming: &Incoming) -> Result<PutUser, Problem> {
    let mut body: Value = incoming.json()?;
    let password = take_text(&mut body, "password")?;
    let empty = Value::Object(serde_json::Map::new());
    let body: UserBody = patched(&empty, &body).and_then(|body: Value| {
        http_kit::json::parse_strict(body.to_string().as_bytes()).map_err(Problem::from)
    })?;
    let password_hash = match &password {
        Some(password) => {
            acceptable(password)?;
            let hash = app.engine.passwords().hash(password).await;
            Some(hash.map_err(|error| store_problem(&error))?)
        }
        None => None,
    };
    Ok(PutUser {
        id: None,
        expected_version: None,
        user: Wire::from_wire(body, "")?,
        password_hash,
    })
}

/// Takes a text out of a body.
///
/// # Errors
/// 400 if it is there and no text.
pub fn take_text(body: &mut Value, field: &str) -> Result<Option<String>, Problem> {
    let Value::Object(fields) = body else {
        return Err(Problem::bad_request("the body is not a JSON object"));
    };
    match fields.remove(field) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(Problem::bad_request(format!("{field} is not a text")).with("field", field)),
    }
}
