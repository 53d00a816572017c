//! Clients: programs that people let act for them by OAuth 2. For administrators.

mod change;
mod create;
mod delete;
mod read;
mod secret;

use domain::catalog::Object;
use domain::decide::Validate;
use domain::people::{Client, Rights, Scope};
use domain::refusal::{Forbidden, Refusal};
use http_kit::Problem;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::caller::{Caller, TokensWrite};
use crate::catalog::number;
use crate::problem::{refusal_problem, store_problem};
use crate::wire::invalid;

/// The routes of clients.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(read::list, create::create))
        .routes(routes!(read::read, change::change, delete::delete))
        .routes(routes!(secret::renew))
}

/// The door of clients on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClientDoor {
    /// Cobot's API: tokens do not end.
    Cobot,
    /// Spacebring's API: tokens end after an hour and are renewed.
    Spacebring,
}

impl From<ClientDoor> for domain::people::Door {
    fn from(door: ClientDoor) -> Self {
        match door {
            ClientDoor::Cobot => Self::Cobot,
            ClientDoor::Spacebring => Self::Spacebring,
        }
    }
}

/// A client, without its secret.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ClientView {
    /// Its number.
    pub id: i64,
    /// Its name across all kinds and installations.
    pub uuid: String,
    /// Grows with each change.
    pub version: i64,
    /// What people are told that asks them.
    pub name: String,
    /// The door that its tokens are good at.
    #[schema(value_type = ClientDoor)]
    pub door: &'static str,
    /// The name it tells itself by; no secret.
    pub client_id: String,
    /// Whether it has no secret, as an app that people install: then it proves itself by PKCE.
    pub public: bool,
    /// Where people may be sent back to.
    pub redirect_uris: Vec<String>,
    /// The most that it may ask for.
    pub scopes: Vec<&'static str>,
    /// For whom it is registered.
    pub user: i64,
    /// Whether it may ask people for their passwords.
    pub trusted: bool,
}

/// The client as it is shown.
pub fn view(object: &Object<Client>) -> ClientView {
    ClientView {
        id: object.id,
        uuid: object.uuid.to_string(),
        version: object.version,
        name: object.name.clone(),
        door: object.door.name(),
        client_id: object.client_id.clone(),
        public: object.secret_hash.is_none(),
        redirect_uris: object.redirect_uris.clone(),
        scopes: object.scopes.iter().map(|scope| scope.name()).collect(),
        user: object.user.0,
        trusted: object.trusted,
    }
}

/// A client with its secret, which is shown this once.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ClientWithSecret {
    /// The client.
    #[serde(flatten)]
    pub client: ClientView,
    /// Its secret; null for one that has none. It is not kept.
    pub client_secret: Option<String>,
}

/// Scopes by their names.
fn scopes(names: &[String]) -> Result<BTreeSet<Scope>, Problem> {
    let scope = |name: &String| {
        Scope::from_name(name)
            .ok_or_else(|| invalid("scopes", format!("there is no scope {name:.40}")))
    };
    names.iter().map(scope).collect()
}

/// Only administrators know of clients.
fn administers(app: &App, caller: &Caller<TokensWrite>) -> Result<bool, Problem> {
    let catalog = app.engine.catalog(caller.actor.organisation);
    let catalog = catalog.map_err(|error| store_problem(&error))?;
    Ok(Rights::of(&catalog, &caller.actor.user).administers_all())
}

fn only_administrators(app: &App, caller: &Caller<TokensWrite>) -> Result<(), Problem> {
    if administers(app, caller)? {
        Ok(())
    } else {
        let refusal = Refusal::Forbidden(Forbidden::Administer);
        Err(refusal_problem(&refusal))
    }
}

/// The client that a path names, if the caller may know of it.
fn known(app: &App, caller: &Caller<TokensWrite>, id: &str) -> Result<i64, Problem> {
    let id = number(id)?;
    let catalog = app.engine.catalog(caller.actor.organisation);
    let catalog = catalog.map_err(|error| store_problem(&error))?;
    let rights = Rights::of(&catalog, &caller.actor.user);
    let found = Client::find(&catalog, id);
    found
        .filter(|client| Client::visible(client, &rights))
        .map(|_| id)
        .ok_or_else(Problem::not_found)
}
