//! What all handlers share.

use std::num::NonZeroU32;
use std::sync::Arc;

use domain::ids::{OrganisationId, TokenId, UserId};
use engine::Engine;
use governor::Quota;
use http_kit::rate_limit::{LoginGuard, Network, RateLimiter};
use tokio::sync::Semaphore;

/// How often in a minute a person may be wrong about their own password.
const ATTEMPTS: NonZeroU32 = NonZeroU32::MIN.saturating_add(4);

/// How many requests without a good token a network may make in a minute.
const STRANGERS: NonZeroU32 = NonZeroU32::MIN.saturating_add(1199);

/// What the configuration says to the API.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The address under which clients reach the server, without a slash at its end.
    pub base_url: String,
    /// The organisation of requests whose host names none.
    pub organisation: OrganisationId,
    /// How many bookings a person may make in a minute.
    pub creations_per_minute: NonZeroU32,
    /// How many requests a token is good for in a minute.
    pub requests_per_minute: NonZeroU32,
}

/// What all handlers share; cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Shared>);

/// What [`App`] points to.
pub struct Shared {
    pub(crate) engine: Arc<Engine>,
    pub(crate) settings: Settings,
    pub(crate) creations: RateLimiter<UserId>,
    pub(crate) logins: Arc<LoginGuard>,
    /// Whose turn it is to have a drawing read.
    pub(crate) drawing: Arc<Semaphore>,
    /// By token.
    pub(crate) requests: RateLimiter<TokenId>,
    /// Without a good token, by network.
    pub(crate) strangers: RateLimiter<Network>,
    /// At their own passwords, by people who are logged in.
    pub(crate) attempts: RateLimiter<UserId>,
}

impl App {
    /// The API over an engine. Attempts to log in are counted together with those at the other doors.
    pub fn new(engine: Arc<Engine>, settings: Settings, logins: Arc<LoginGuard>) -> Self {
        let creations = RateLimiter::new(Quota::per_minute(settings.creations_per_minute));
        let requests = RateLimiter::new(Quota::per_minute(settings.requests_per_minute));
        Self(Arc::new(Shared {
            engine,
            settings,
            creations,
            requests,
            strangers: RateLimiter::new(Quota::per_minute(STRANGERS)),
            logins,
            drawing: Arc::new(Semaphore::new(1)),
            attempts: RateLimiter::new(Quota::per_minute(ATTEMPTS)),
        }))
    }
}

impl std::ops::Deref for App {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}
