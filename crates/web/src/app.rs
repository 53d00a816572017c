//! What all pages share.

use std::sync::Arc;

use domain::ids::OrganisationId;
use engine::Engine;
use http_kit::rate_limit::LoginGuard;
use tokio::sync::watch;

use crate::streams::Streams;

/// What the configuration says to the pages.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The address under which people reach the server, without a slash at its end.
    pub base_url: String,
    /// The organisation of requests whose host names none.
    pub organisation: OrganisationId,
}

impl Settings {
    /// Whether people reach the server by HTTPS, so that cookies may go no other way.
    pub(crate) fn is_secure(&self) -> bool {
        self.base_url.starts_with("https://")
    }
}

/// What all pages share; cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Shared>);

/// What [`App`] points to.
pub struct Shared {
    pub(crate) engine: Arc<Engine>,
    pub(crate) settings: Settings,
    pub(crate) logins: Arc<LoginGuard>,
    pub(crate) streams: Streams,
    closing: watch::Sender<bool>,
}

impl App {
    /// The pages over an engine. Attempts to log in are counted together with those at the doors.
    pub fn new(engine: Arc<Engine>, settings: Settings, logins: Arc<LoginGuard>) -> Self {
        Self(Arc::new(Shared {
            engine,
            settings,
            logins,
            streams: Streams::default(),
            closing: watch::Sender::new(false),
        }))
    }

    /// Ends what would otherwise go on for as long as a page is open, so that the server can stop.
    pub fn close(&self) {
        self.closing.send_replace(true);
    }

    /// Whether the server stops.
    pub(crate) fn is_closing(&self) -> bool {
        *self.closing.borrow()
    }
}

impl std::ops::Deref for App {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}
