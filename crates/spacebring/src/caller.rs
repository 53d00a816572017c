//! The caller: the only way for an endpoint to the engine, and proof of what their credentials are good for.

use std::marker::PhantomData;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, StatusCode, header};
use domain::catalog::Catalog;
use domain::decide::Command;
use domain::ids::TokenId;
use domain::people::{Actor, Door, Rights, Scope};
use domain::refusal::Refusal;
use engine::store::Executed;
use http_kit::problem::Problem;
use http_kit::{RequestId, authorization};
use uuid::Uuid;

use crate::App;
use crate::answer::Fault;
use crate::issues::{Code, Issues};

/// The header that names the network.
const NETWORK: &str = "spacebring-network-id";

/// What a request came with.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Credential {
    /// A bearer token.
    Token(TokenId),
    /// A client's own name and secret.
    Client(String),
}

/// Somebody with good credentials of this door.
#[derive(Clone)]
pub struct Identity {
    /// Which.
    pub credential: Credential,
    /// Whether limits on the rate of requests are off.
    pub unlimited: bool,
    actor: Actor,
    catalog: Arc<Catalog>,
    request: String,
}

/// Who asks.
///
/// # Errors
/// [`Fault::Unauthenticated`] if nobody with good credentials of this door does, or the host belongs to others; 404 if the
/// header names another network, and 400 if a token came without it, or it is no id.
pub async fn identify(
    app: &App,
    headers: &HeaderMap,
    extensions: &Extensions,
) -> Result<Identity, Fault> {
    let (actor, unlimited, credential) = authenticate(app, headers).await?;
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let named = host.and_then(|host| app.engine.organisation_of_host(host));
    if named.is_some_and(|organisation| organisation != actor.organisation) {
        return Err(Fault::Unauthenticated);
    }
    let catalog = app.catalog(actor.organisation)?;
    match network(headers)? {
        Some(network) if network != catalog.organisation.uuid => return Err(Fault::NotFound),
        None if matches!(credential, Credential::Token(_)) => {
            let text = "The header is required with a bearer token.";
            return Err(Issues::one(Code::InvalidType, &[NETWORK], text).into());
        }
        _ => {}
    }
    let request = extensions.get::<RequestId>();
    Ok(Identity {
        credential,
        unlimited,
        catalog,
        request: request.map_or_else(String::new, |id| id.as_str().to_owned()),
        actor,
    })
}

/// Whose the credentials are, and which: a token, or a client's name and secret.
async fn authenticate(app: &App, headers: &HeaderMap) -> Result<(Actor, bool, Credential), Fault> {
    let door = Door::Spacebring;
    let basic = authorization::basic(headers).map_err(|problem| malformed(&problem))?;
    if let Some(basic) = basic {
        let secret = basic.password.unwrap_or_default();
        let client = app.engine.authenticate_client(&basic.user, &secret, door);
        let (actor, unlimited) = client.await?;
        return Ok((actor, unlimited, Credential::Client(basic.user)));
    }
    let secret = authorization::bearer(headers).map_err(|problem| malformed(&problem))?;
    let secret = secret.ok_or(Fault::Unauthenticated)?;
    let (actor, unlimited) = app.engine.authenticate(secret, door).await?;
    let token = actor.token.ok_or(Fault::Unauthenticated)?;
    Ok((actor, unlimited, Credential::Token(token)))
}

fn malformed(problem: &Problem) -> Fault {
    match problem.status() {
        StatusCode::UNAUTHORIZED => Fault::Unauthenticated,
        _ => Fault::Malformed(problem.detail_text().unwrap_or_default().to_owned()),
    }
}

/// The network that the header names. It never widens what credentials are good for.
fn network(headers: &HeaderMap) -> Result<Option<Uuid>, Fault> {
    let mut values = headers.get_all(NETWORK).iter();
    let (first, more) = (values.next(), values.next());
    let Some(value) = first else {
        return Ok(None);
    };
    let id = value.to_str().ok().and_then(uuid);
    let id = id.filter(|_| more.is_none()).ok_or_else(|| {
        let text = "The header must be the id of a network.";
        Issues::one(Code::InvalidString, &[NETWORK], text)
    })?;
    Ok(Some(id))
}

/// The UUID that a text is, in its usual form with hyphens.
pub fn uuid(text: &str) -> Option<Uuid> {
    let text = text.trim();
    Uuid::try_parse(text).ok().filter(|_| text.len() == 36)
}

/// A scope as a type: what an endpoint asks for in its signature.
pub trait Needs: Send + Sync + 'static {
    /// The scope.
    const SCOPE: Scope;
}

macro_rules! needs {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        pub struct $name;
        impl Needs for $name {
            const SCOPE: Scope = Scope::$name;
        }
    )*};
}

needs! {
    /// `bookings:read`
    BookingsRead;
    /// `bookings:write`
    BookingsWrite;
    /// `catalog:read`
    CatalogRead;
}

/// Somebody with credentials good for the scope `S`.
pub struct Caller<S> {
    /// Who it is.
    pub actor: Actor,
    /// The catalog as of the request.
    pub catalog: Arc<Catalog>,
    request: String,
    scope: PhantomData<fn() -> S>,
}

impl<S: Needs> FromRequestParts<App> for Caller<S> {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Fault> {
        let identity = parts.extensions.get::<Result<Identity, Fault>>().cloned();
        let identity = identity.unwrap_or(Err(Fault::Unauthenticated))?;
        if !identity.actor.scopes.allows(S::SCOPE) {
            return Err(Fault::Forbidden(
                "The credentials' scopes do not include this.",
            ));
        }
        Ok(Self {
            actor: identity.actor,
            catalog: identity.catalog,
            request: identity.request,
            scope: PhantomData,
        })
    }
}

impl<S> Caller<S> {
    /// What the caller may see and do.
    pub fn rights(&self) -> Rights<'_> {
        Rights::of(&self.catalog, &self.actor.user)
    }

    /// What comes of the caller's command.
    ///
    /// # Errors
    /// The failure of the store.
    pub async fn decide<C: Command>(
        &self,
        app: &App,
        command: C,
    ) -> Result<Result<C::Outcome, Refusal>, Fault> {
        let request = engine::Request::plain(self.request.clone());
        match app.engine.execute(&self.actor, command, request).await? {
            Executed::Fresh(outcome, _) => Ok(outcome),
            Executed::Replayed(_) | Executed::KeyReused => Err(Fault::Failed),
        }
    }
}

/// The id in a path; what is no id names nothing.
pub struct Id(pub Uuid);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Fault> {
        let path = axum::extract::Path::<String>::from_request_parts(parts, state).await;
        let text = path.map_err(|_| Fault::NotFound)?;
        uuid(&text).map(Self).ok_or(Fault::NotFound)
    }
}
