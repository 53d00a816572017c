//! What all endpoints share.

use std::num::NonZeroU32;
use std::sync::Arc;

use domain::ids::UserId;
use engine::{Engine, Kept};
use http_kit::rate_limit::{Network, Quota, RateLimiter};

use crate::answer::Reply;

/// How many requests without a good token a network may make in a minute.
pub(crate) const STRANGERS: NonZeroU32 = NonZeroU32::MIN.saturating_add(1199);

/// What the configuration says to the door.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The address under which clients reach the server; the addresses in answers have its scheme.
    pub base_url: String,
    /// How many requests a person may make in a minute.
    pub requests_per_minute: NonZeroU32,
    /// How many bookings a person may make in a minute.
    pub creations_per_minute: NonZeroU32,
}

/// What all endpoints share; cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Shared>);

/// What [`App`] points to.
pub struct Shared {
    pub(crate) engine: Arc<Engine>,
    /// `http` or `https`.
    pub(crate) scheme: String,
    /// By person.
    pub(crate) requests: RateLimiter<UserId>,
    /// By person.
    pub(crate) creations: RateLimiter<UserId>,
    /// Without a good token, by network.
    pub(crate) strangers: RateLimiter<Network>,
    pub(crate) kept: Kept<Reply>,
}

impl App {
    /// The door over an engine.
    pub fn new(engine: Arc<Engine>, settings: &Settings) -> Self {
        let scheme = settings.base_url.split("://").next().unwrap_or("http");
        Self(Arc::new(Shared {
            engine,
            scheme: scheme.to_owned(),
            requests: RateLimiter::new(Quota::per_minute(settings.requests_per_minute)),
            creations: RateLimiter::new(Quota::per_minute(settings.creations_per_minute)),
            strangers: RateLimiter::new(Quota::per_minute(STRANGERS)),
            kept: Kept::default(),
        }))
    }
}

impl std::ops::Deref for App {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}
