//! What all services share.

use std::sync::Arc;

use domain::catalog::Catalog;
use domain::ids::OrganisationId;
use engine::Engine;
use http_kit::rate_limit::LoginGuard;

use crate::answer::Fault;
use crate::help;
use crate::links::Links;

/// What the configuration says to the door.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The address under which clients reach the server, without a slash at its end; all links begin with it.
    pub base_url: String,
    /// The organisation of requests whose host names none.
    pub organisation: OrganisationId,
}

/// What all services share; cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Shared>);

/// What [`App`] points to.
pub struct Shared {
    pub(crate) engine: Arc<Engine>,
    pub(crate) settings: Settings,
    pub(crate) logins: Arc<LoginGuard>,
    pub(crate) links: Links,
    pub(crate) help: String,
}

impl App {
    /// The door over an engine. Attempts to log in are counted together with those at the other doors.
    pub fn new(engine: Arc<Engine>, settings: Settings, logins: Arc<LoginGuard>) -> Self {
        let links = Links::new(&settings.base_url);
        Self(Arc::new(Shared {
            engine,
            settings,
            logins,
            help: help::render(&links),
            links,
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
