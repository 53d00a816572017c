//! The caller: the only way for a handler to the engine, and proof of the scope it needs.

use std::marker::PhantomData;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use domain::people::{Actor, Door, Scope};
use engine::AuthError;
use http_kit::{Problem, RequestId, authorization};

use crate::App;
use crate::problem::store_problem;

/// A scope as a type: what a handler asks for in its signature.
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
        let secret = secret.ok_or_else(|| Problem::unauthorized().into_response())?;
        let (actor, unlimited) =
            app.engine
                .authenticate(secret, Door::Api)
                .await
                .map_err(|error| match error {
                    AuthError::Invalid => Problem::invalid_token().into_response(),
                    AuthError::Store(error) => store_problem(&error).into_response(),
                })?;
        if !actor.scopes.allows(S::SCOPE) {
            let detail = format!("the token's scopes do not include {}", S::SCOPE.name());
            return Err(Problem::forbidden()
                .detail(detail)
                .with("scope", S::SCOPE.name())
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
