//! The caller: the only way for an endpoint to the engine, and proof of what its token is good for.

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
use http_kit::{RequestId, authorization};

use crate::App;
use crate::answer::Fault;

/// Somebody with a token of this door.
#[derive(Clone)]
pub struct Identity {
    /// Which token.
    pub token: TokenId,
    /// Whether limits on the rate of requests are off.
    pub unlimited: bool,
    actor: Actor,
    catalog: Arc<Catalog>,
    request: String,
}

/// Who asks.
///
/// # Errors
/// [`Fault::Unauthenticated`] if nobody with a good token of this door does, or the host belongs to others.
pub async fn identify(
    app: &App,
    headers: &HeaderMap,
    extensions: &Extensions,
) -> Result<Identity, Fault> {
    let secret = authorization::bearer(headers).map_err(|problem| match problem.status() {
        StatusCode::UNAUTHORIZED => Fault::Unauthenticated,
        _ => Fault::Malformed(problem.detail_text().unwrap_or_default().to_owned()),
    })?;
    let secret = secret.ok_or(Fault::Unauthenticated)?;
    let (actor, unlimited) = app.engine.authenticate(secret, Door::Flexopus).await?;
    let token = actor.token.ok_or(Fault::Unauthenticated)?;
    // A host name never widens what a token is good for, but it may belong to somebody else.
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let named = host.and_then(|host| app.engine.organisation_of_host(host));
    if named.is_some_and(|organisation| organisation != actor.organisation) {
        return Err(Fault::Unauthenticated);
    }
    let request = extensions.get::<RequestId>();
    Ok(Identity {
        token,
        unlimited,
        catalog: app.catalog(actor.organisation)?,
        request: request.map_or_else(String::new, |id| id.as_str().to_owned()),
        actor,
    })
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
    /// `catalog:write`
    CatalogWrite;
    /// `people:read`
    PeopleRead;
    /// `people:write`
    PeopleWrite;
}

/// An administrator with a token good for the scope `S`.
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
        let rights = Rights::of(&identity.catalog, &identity.actor.user);
        if !rights.administers_all() {
            return Err(Fault::Forbidden("Only administrators may use this API."));
        }
        if !identity.actor.scopes.allows(S::SCOPE) {
            return Err(Fault::Forbidden("The token's scopes do not include this."));
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

/// The number in a path; what is no number names nothing.
pub struct Id(pub i64);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Fault> {
        let Name(text) = Name::from_request_parts(parts, state).await?;
        let plain = text.bytes().all(|byte| byte.is_ascii_digit());
        let number = text.parse().ok().filter(|_| plain);
        number.map(Self).ok_or(Fault::NotFound)
    }
}

/// The variable part of a path; what is no text is no address of ours.
pub struct Name(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Name {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Fault> {
        let path = axum::extract::Path::<String>::from_request_parts(parts, state).await;
        path.map(|axum::extract::Path(text)| Self(text))
            .map_err(|_| Fault::NotFound)
    }
}
