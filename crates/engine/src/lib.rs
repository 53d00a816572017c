//! Commands and queries with their transactions: the only way from a door to the store.

mod actors;
mod availability;
mod calendars;
mod clock;
mod floor;
mod hosts;
mod kept;
mod lasting;
mod maps;
mod oauth;
mod outlook;
mod passwords;
mod present;
mod pulse;
mod random;
mod rederive;
mod release;
mod remember;
mod seals;
mod secrets;
mod seen;
mod setup;

use std::sync::Arc;

use domain::booking::Booking;
use domain::catalog::{Catalog, FloorPlan};
use domain::decide::{Command, Context};
use domain::entropy::Entropy;
use domain::ids::{BookingId, OrganisationId};
use domain::people::{Actor, Door, Rights, Scopes};
use store::{Envelope, Executed, Idempotency, Render, Store, StoreError};

pub use actors::{AuthError, LoggedIn, Session, hash_of as token_hash};
pub use availability::{AvailabilityQuery, Available, Occupancy, availability, occupancy};
pub use calendars::{Calendar, CalendarKeys};
pub use clock::{Clock, SystemClock};
pub use floor::{Floor, Place, PlaceState, floor};
pub use kept::{Keepable, Kept};
pub use maps::MapLink;
pub use oauth::{Asked, GrantError, Granted, NewClient, Registered, Tokens, client_secret_hash};
pub use outlook::{Outlook, outlook};
pub use passwords::{MAX_PASSWORD, MIN_PASSWORD, Passwords};
pub use present::{Present, present};
pub use random::{Random, SystemRandom};
pub use rederive::{Moved, rederive};
pub use release::release_no_shows;
pub use remember::Remember;
use seen::Siblings;
pub use seen::{Person, Seen};
pub use setup::{
    FirstAdministrator, administrator, anybody, complete_organisation, create_organisation,
    found_organisation, operator,
};
pub use store;

/// The engine of one server: the store, and what makes time, randomness and secrets.
pub struct Engine {
    store: Store,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    passwords: Passwords,
    actors: actors::Cache,
    secrets: secrets::Secrets,
    pulse: pulse::Pulse,
}

/// A request, as far as the journal, a repetition and the answer are concerned.
pub struct Request<T> {
    /// Its id.
    pub id: String,
    /// What makes it safe to repeat; only with a `render`.
    pub idempotency: Option<Idempotency>,
    /// How the outcome becomes an answer.
    pub render: Option<Render<T>>,
}

impl<T> Request<T> {
    /// A request of the server's own, that is answered to nobody.
    pub fn plain(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            idempotency: None,
            render: None,
        }
    }
}

impl Engine {
    /// An engine over a store.
    pub fn new(store: Store, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Self {
        Self {
            store,
            clock,
            random,
            passwords: Passwords::new(),
            actors: actors::Cache::default(),
            secrets: secrets::Secrets::default(),
            pulse: pulse::Pulse::default(),
        }
    }

    /// The store, for queries.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// What time it is.
    pub fn now(&self) -> jiff::Timestamp {
        self.clock.now()
    }

    /// Passwords and what their hashing costs.
    pub fn passwords(&self) -> &Passwords {
        &self.passwords
    }

    /// Fresh random bits from the operating system.
    ///
    /// # Errors
    /// If it has none to give.
    pub fn random<const N: usize>(&self) -> Result<[u8; N], StoreError> {
        let mut bytes = [0; N];
        self.random
            .fill(&mut bytes)
            .map_err(|error| StoreError::Unavailable(error.to_string()))?;
        Ok(bytes)
    }

    /// The catalog of an organisation.
    ///
    /// # Errors
    /// If there is no such organisation.
    pub fn catalog(&self, id: OrganisationId) -> Result<Arc<Catalog>, StoreError> {
        self.store.catalog(id).ok_or(StoreError::NoOrganisation)
    }

    /// What rules are asked with: the caller, now.
    ///
    /// # Errors
    /// If there is no randomness to be had.
    pub fn context(&self, actor: &Actor) -> Result<Context, StoreError> {
        Ok(Context {
            now: self.now(),
            actor: actor.clone(),
            entropy: Entropy::new(self.random()?),
        })
    }

    /// Carries a command out, in one transaction.
    ///
    /// # Errors
    /// See [`Store::execute`].
    pub async fn execute<C: Command>(
        &self,
        actor: &Actor,
        command: C,
        request: Request<C::Outcome>,
    ) -> Result<Executed<C::Outcome>, StoreError> {
        let context = self.context(actor)?;
        let Request {
            id,
            idempotency,
            render,
        } = request;
        let envelope = Envelope {
            context,
            request: id,
            idempotency,
            render,
        };
        self.store.execute(command, envelope).await
    }

    /// The same caller, as the server's own job: for what nobody asks for, such as the release of no-shows.
    pub fn as_job(actor: &Actor) -> Actor {
        Actor {
            door: Door::Job,
            scopes: Scopes::ALL,
            token: None,
            ..actor.clone()
        }
    }

    /// The booking with a reference, whichever kind of reference it is; compared in constant time.
    ///
    /// # Errors
    /// If the store can not be read.
    pub async fn booking_by_reference(
        &self,
        organisation: OrganisationId,
        reference: &str,
    ) -> Result<Option<Booking>, StoreError> {
        use subtle::ConstantTimeEq;
        if let Some(id) = domain::reference::booking_id(reference) {
            let found = self.store.booking(organisation, id).await?;
            return Ok(found.filter(|booking| {
                booking
                    .reference
                    .as_bytes()
                    .ct_eq(reference.as_bytes())
                    .into()
            }));
        }
        self.store
            .booking_by_foreign_reference(organisation, reference)
            .await
    }

    /// The drawing of a floor plan, wherever it is kept.
    ///
    /// # Errors
    /// If the store can not be read, or does not have it.
    pub async fn drawing(
        &self,
        organisation: OrganisationId,
        plan: &FloorPlan,
    ) -> Result<Vec<u8>, StoreError> {
        let Some(image) = &plan.image else {
            return Ok(plan.svg.clone().unwrap_or_default().into_bytes());
        };
        let found = self.store.drawing(organisation, &image.digest).await?;
        found.ok_or_else(|| StoreError::Corrupt(format!("there is no drawing {}", image.digest)))
    }

    /// What the caller may see of a booking; none if that is nothing.
    ///
    /// # Errors
    /// If the store can not be read.
    pub async fn booking(&self, actor: &Actor, id: BookingId) -> Result<Option<Seen>, StoreError> {
        let Some(booking) = self.store.booking(actor.organisation, id).await? else {
            return Ok(None);
        };
        Ok(self.seen(actor, vec![booking]).await?.pop())
    }

    /// What the caller may see of bookings; those of which that is nothing are left out.
    ///
    /// # Errors
    /// If the store can not be read.
    pub async fn seen(
        &self,
        actor: &Actor,
        bookings: Vec<Booking>,
    ) -> Result<Vec<Seen>, StoreError> {
        let catalog = self.catalog(actor.organisation)?;
        let rights = Rights::of(&catalog, &actor.user);
        seen::of(&self.store, &catalog, &rights, bookings, Siblings::Named).await
    }

    /// The same without the other bookings of their series, for lists in which they have no place.
    ///
    /// # Errors
    /// If the store can not be read.
    pub async fn seen_alone(
        &self,
        catalog: &Catalog,
        rights: &Rights<'_>,
        bookings: Vec<Booking>,
    ) -> Result<Vec<Seen>, StoreError> {
        seen::of(&self.store, catalog, rights, bookings, Siblings::Left).await
    }
}
