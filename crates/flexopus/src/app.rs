//! What all endpoints share.

use std::num::NonZeroU32;
use std::sync::Arc;

use domain::catalog::Catalog;
use domain::ids::{OrganisationId, TokenId};
use engine::{Engine, Kept};
use http_kit::rate_limit::{Network, Quota, RateLimiter};

use crate::answer::{Fault, Reply};

/// How many requests without a good token a network may make in a minute.
pub(crate) const STRANGERS: NonZeroU32 = NonZeroU32::MIN.saturating_add(1199);

/// What the configuration says to the door.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The address under which clients reach the server, without a slash at its end; live maps begin with it.
    pub base_url: String,
    /// How many requests a token is good for in a minute.
    pub requests_per_minute: NonZeroU32,
}

/// What all endpoints share; cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Shared>);

/// What [`App`] points to.
pub struct Shared {
    pub(crate) engine: Arc<Engine>,
    pub(crate) settings: Settings,
    /// By token.
    pub(crate) requests: RateLimiter<TokenId>,
    /// Without a good token, by network.
    pub(crate) strangers: RateLimiter<Network>,
    pub(crate) kept: Kept<Reply>,
}

impl App {
    /// The door over an engine.
    pub fn new(engine: Arc<Engine>, settings: Settings) -> Self {
        let requests = RateLimiter::new(Quota::per_minute(settings.requests_per_minute));
        Self(Arc::new(Shared {
            engine,
            settings,
            requests,
            strangers: RateLimiter::new(Quota::per_minute(STRANGERS)),
            kept: Kept::default(),
        }))
    }

    /// The catalog of an organisation.
    ///
    /// # Errors
    /// If there is no such organisation.
    pub(crate) fn catalog(&self, organisation: OrganisationId) -> Result<Arc<Catalog>, Fault> {
        Ok(self.engine.catalog(organisation)?)
    }
}

impl std::ops::Deref for App {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}
