//! The caller: the only way for an endpoint to the engine, and proof of what its token is good for.

use std::marker::PhantomData;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use domain::decide::Command;
use domain::people::{Actor, Door, Rights, Scope};
use domain::refusal::Refusal;
use engine::store::Executed;

use crate::App;
use crate::answer::Fault;
use crate::space::{Host, Space};

/// Somebody with a token of this door, at a space of theirs.
#[derive(Clone)]
pub struct Identity {
    /// Who it is.
    pub actor: Actor,
    /// Whether limits on the rate of requests are off.
    pub unlimited: bool,
    /// Where they came.
    pub space: Space,
    /// The id of the request.
    pub request: String,
}

/// Who asks, where.
///
/// # Errors
/// 404 if the host is no space's, or that of others; 401 if nobody with a good token of this door asks.
pub async fn identify(
    app: &App,
    host: Host,
    secret: Option<&str>,
    request: String,
) -> Result<Identity, Fault> {
    if host.space(app, None).is_none() {
        return Err(Fault::NotFound);
    }
    let secret = secret.ok_or(Fault::Unauthenticated)?;
    let (actor, unlimited) = app.engine.authenticate(secret, Door::Cobot).await?;
    let space = host.space(app, Some(actor.organisation));
    let space = space.filter(|(organisation, _)| *organisation == actor.organisation);
    Ok(Identity {
        space: Space::new(app, host, space.ok_or(Fault::NotFound)?)?,
        actor,
        unlimited,
        request,
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
    /// `read_bookings`
    BookingsRead;
    /// `write_bookings`
    BookingsWrite;
    /// `read_resources`
    CatalogRead;
    /// `read_memberships`
    MembershipsRead;
    /// `read_booking_credits`
    CreditsRead;
    /// `read_user`
    ProfileRead;
    /// `read_subscriptions`
    SubscriptionsRead;
    /// `write_subscriptions`
    SubscriptionsWrite;
}

/// Somebody with a token good for the scope `S`, who may or may not belong to the space.
pub struct Visitor<S> {
    /// Who it is.
    pub actor: Actor,
    /// Whether limits on the rate of requests are off.
    pub unlimited: bool,
    /// Where they came.
    pub space: Space,
    request: String,
    scope: PhantomData<fn() -> S>,
}

impl<S: Needs> FromRequestParts<App> for Visitor<S> {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Fault> {
        let identity = parts.extensions.get::<Result<Identity, Fault>>().cloned();
        let identity = identity.unwrap_or(Err(Fault::Unauthenticated))?;
        if !identity.actor.scopes.allows(S::SCOPE) {
            return Err(Fault::Forbidden("The token's scopes do not include this."));
        }
        Ok(Self {
            actor: identity.actor,
            unlimited: identity.unlimited,
            space: identity.space,
            request: identity.request,
            scope: PhantomData,
        })
    }
}

impl<S> Visitor<S> {
    /// What the caller may see and do.
    pub fn rights(&self) -> Rights<'_> {
        Rights::of(&self.space.catalog, &self.actor.user)
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

/// A member or an administrator of the space, with a token good for the scope `S`.
pub struct Caller<S> {
    visitor: Visitor<S>,
    /// Whether they administer the space: all there is, or its site.
    pub administers: bool,
}

impl<S> std::ops::Deref for Caller<S> {
    type Target = Visitor<S>;

    fn deref(&self) -> &Visitor<S> {
        &self.visitor
    }
}

impl<S: Needs> FromRequestParts<App> for Caller<S> {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Fault> {
        let visitor = Visitor::<S>::from_request_parts(parts, app).await?;
        let (space, rights) = (&visitor.space, visitor.rights());
        let administers = rights.manages_site(space.site());
        if !administers && !space.has_member(&rights, app.engine.now()) {
            return Err(Fault::Forbidden("Only for members of the space."));
        }
        drop(rights);
        Ok(Self {
            visitor,
            administers,
        })
    }
}

impl<S> Caller<S> {
    /// Refuses whoever does not administer the space.
    ///
    /// # Errors
    /// 403
    pub fn only_administrators(&self) -> Result<(), Fault> {
        if self.administers {
            Ok(())
        } else {
            Err(Fault::Forbidden("Only for administrators of the space."))
        }
    }
}

/// The number in a path; what is no number names nothing.
pub struct Id(pub i64);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Fault> {
        let Name(text) = Name::from_request_parts(parts, state).await?;
        number(&text).map(Self).ok_or(Fault::NotFound)
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

/// The number of an object, as this door writes it: decimal digits.
pub fn number(text: &str) -> Option<i64> {
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| plain)
}
