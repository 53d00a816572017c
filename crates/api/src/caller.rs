//! The caller: the only way for a handler to the engine, and proof of the scope it needs.

use std::marker::PhantomData;

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use domain::ids::OrganisationId;
use domain::people::{Actor, Door, Scope};
use engine::AuthError;
use http_kit::rate_limit::Network;
use http_kit::{ClientAddress, Problem, RequestId, authorization};

use crate::App;
use crate::problem::store_problem;

/// A scope as a type: what a handler asks for in its signature.
pub trait Needs: Send + Sync + 'static {
    /// The scope; none if any token will do.
    const SCOPE: Option<Scope>;
}

macro_rules! needs {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        pub struct $name;
        impl Needs for $name {
            const SCOPE: Option<Scope> = Some(Scope::$name);
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
    /// `catalog:write`
    CatalogWrite;
    /// `people:read`
    PeopleRead;
    /// `people:write`
    PeopleWrite;
    /// `events:read`
    EventsRead;
    /// `audit:read`
    AuditRead;
    /// `tokens:write`
    TokensWrite;
}

/// The variable part of a path, or two of them. What is no text is no address of ours.
pub struct Path<T>(pub T);

impl<S: Send + Sync> FromRequestParts<S> for Path<String> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = axum::extract::Path::<String>::from_request_parts(parts, state).await;
        path.map(|axum::extract::Path(text)| Self(text))
            .map_err(|_| Problem::not_found())
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Path<(String, String)> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = axum::extract::Path::<(String, String)>::from_request_parts(parts, state).await;
        path.map(|axum::extract::Path(texts)| Self(texts))
            .map_err(|_| Problem::not_found())
    }
}

/// No scope in particular.
pub struct Anything;

impl Needs for Anything {
    const SCOPE: Option<Scope> = None;
}

/// The organisation that the host name names, or the default one.
pub struct Tenant(pub OrganisationId);

impl FromRequestParts<App> for Tenant {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        Ok(Self(named(parts, app).unwrap_or(app.settings.organisation)))
    }
}

/// The organisation that the host name names, if it is one's.
fn named(parts: &Parts, app: &App) -> Option<OrganisationId> {
    let host = parts.headers.get(header::HOST)?.to_str().ok()?;
    app.engine.organisation_of_host(host)
}

/// What somebody without a good token is told: after too many attempts of the network, only to wait.
fn stranger(parts: &Parts, app: &App, problem: Problem) -> Response {
    let network = Network::from(ClientAddress::of(&parts.extensions));
    match app.strangers.check(&network) {
        Ok(_) => problem.into_response(),
        Err(wait) => Problem::from(wait).into_response(),
    }
}

/// Somebody with a token good for the scope `S`.
pub struct Caller<S> {
    /// Who it is.
    pub actor: Actor,
    /// Whether limits on the rate of requests are off.
    pub unlimited: bool,
    /// The id of the request.
    pub request: String,
    scope: PhantomData<fn() -> S>,
}

impl<S: Needs> FromRequestParts<App> for Caller<S> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let secret = authorization::bearer(&parts.headers).map_err(IntoResponse::into_response)?;
        let secret = secret.ok_or_else(|| stranger(parts, app, Problem::unauthorized()))?;
        let (actor, unlimited) =
            app.engine
                .authenticate(secret, Door::Api)
                .await
                .map_err(|error| match error {
                    AuthError::Invalid => stranger(parts, app, Problem::invalid_token()),
                    AuthError::Store(error) => store_problem(&error).into_response(),
                })?;
        if let Some(token) = actor.token.filter(|_| !unlimited) {
            let within = app.requests.check(&token);
            within.map_err(|wait| Problem::from(wait).into_response())?;
        }
        // A host name never widens what a token is good for, but it may belong to somebody else.
        if named(parts, app).is_some_and(|organisation| organisation != actor.organisation) {
            return Err(Problem::invalid_token().into_response());
        }
        if let Some(scope) = S::SCOPE.filter(|scope| !actor.scopes.allows(*scope)) {
            let detail = format!("the token's scopes do not include {}", scope.name());
            return Err(Problem::forbidden()
                .detail(detail)
                .with("scope", scope.name())
                .into_response());
        }
        let request = parts
            .extensions
            .get::<RequestId>()
            .map_or("", RequestId::as_str)
            .to_owned();
        Ok(Self {
            actor,
            unlimited,
            request,
            scope: PhantomData,
        })
    }
}
