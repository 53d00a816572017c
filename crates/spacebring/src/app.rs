//! What all endpoints share.

use std::num::NonZeroU32;
use std::sync::Arc;

use domain::catalog::Catalog;
use domain::ids::OrganisationId;
use engine::Engine;
use http_kit::rate_limit::{Network, Quota, RateLimiter};

use crate::answer::Fault;
use crate::bookings::Reach;
use crate::caller::Credential;

/// How many requests without good credentials a network may make in a minute.
const STRANGERS: NonZeroU32 = NonZeroU32::MIN.saturating_add(1199);

/// What the configuration says to the door.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How many requests a token or client is good for in a second.
    pub requests_per_second: NonZeroU32,
}

/// What all endpoints share; cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Shared>);

/// What [`App`] points to.
pub struct Shared {
    pub(crate) engine: Arc<Engine>,
    /// By token or client.
    pub(crate) requests: RateLimiter<Credential>,
    /// Without either, by network.
    pub(crate) strangers: RateLimiter<Network>,
    pub(crate) reach: Reach,
}

impl App {
    /// The door over an engine.
    pub fn new(engine: Arc<Engine>, settings: &Settings) -> Self {
        Self(Arc::new(Shared {
            engine,
            requests: RateLimiter::new(Quota::per_second(settings.requests_per_second)),
            strangers: RateLimiter::new(Quota::per_minute(STRANGERS)),
            reach: Reach::default(),
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
