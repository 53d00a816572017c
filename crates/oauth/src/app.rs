//! What all endpoints share.

use std::num::NonZeroU32;
use std::sync::Arc;

use engine::Engine;
use http_kit::rate_limit::{LoginGuard, Network, Quota, RateLimiter};

/// How many requests a network may make in a minute that come to nothing.
const FAILURES: NonZeroU32 = NonZeroU32::MIN.saturating_add(119);

/// What the configuration says.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The address under which clients reach the server, without a slash at its end.
    pub base_url: String,
}

/// What all endpoints share; cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Shared>);

/// What [`App`] points to.
pub struct Shared {
    pub(crate) engine: Arc<Engine>,
    pub(crate) settings: Settings,
    /// Attempts at passwords, counted together with those at all doors.
    pub(crate) logins: Arc<LoginGuard>,
    /// Requests that came to nothing, by network.
    pub(crate) failures: RateLimiter<Network>,
}

impl App {
    /// The endpoints over an engine.
    pub fn new(engine: Arc<Engine>, settings: Settings, logins: Arc<LoginGuard>) -> Self {
        Self(Arc::new(Shared {
            engine,
            settings,
            logins,
            failures: RateLimiter::new(Quota::per_minute(FAILURES)),
        }))
    }
}

impl std::ops::Deref for App {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}
