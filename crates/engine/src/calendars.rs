//! Calendars that are read by address, without a log-in: whoever has an address reads what its owner may see.
//!
//! An address carries a key: an HMAC-SHA-256 over what it opens, for whom, and how often that person has renewed their
//! addresses, under a secret of the organisation. Nothing is stored for it, and renewing ends all addresses at once.

use std::sync::Arc;

use domain::catalog::{Catalog, Object};
use domain::ids::{OrganisationId, ResourceId, ScheduleId, UserId};
use domain::people::{Actor, User};
use hmac::Mac;
use store::StoreError;

use crate::Engine;
use crate::secrets::{Keyed, key_of, opens};

/// Sets these keys apart from whatever else is made of the same secret.
const PURPOSE: &[u8] = b"calendar";

/// A calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Calendar {
    /// The bookings of a person.
    User(UserId),
    /// The bookings of a resource.
    Resource(ResourceId),
    /// The bookings of the resources of a schedule.
    Schedule(ScheduleId),
}

impl Calendar {
    fn parts(self) -> (u8, i64) {
        match self {
            Self::User(id) => (1, id.0),
            Self::Resource(id) => (2, id.0),
            Self::Schedule(id) => (3, id.0),
        }
    }
}

/// Makes the keys of one person's calendars.
#[derive(Clone)]
pub struct CalendarKeys {
    keyed: Keyed,
    reader: UserId,
    renewals: i64,
}

impl CalendarKeys {
    /// Whose calendars they are.
    pub fn reader(&self) -> UserId {
        self.reader
    }

    /// The key of a calendar, 64 hexadecimal digits.
    pub fn key(&self, calendar: Calendar) -> String {
        key_of(self.mac(calendar))
    }

    fn mac(&self, calendar: Calendar) -> Keyed {
        let (kind, id) = calendar.parts();
        let mut mac = self.keyed.clone();
        mac.update(PURPOSE);
        mac.update(&[kind]);
        for number in [id, self.reader.0, self.renewals] {
            mac.update(&number.to_be_bytes());
        }
        mac
    }
}

impl Engine {
    /// What makes the keys of the caller's calendars.
    ///
    /// # Errors
    /// If the store can not be read, or is asked for the first time and can not be written.
    pub async fn calendar_keys(&self, actor: &Actor) -> Result<CalendarKeys, StoreError> {
        let keys = self.keys_of(actor.organisation, actor.id()).await?;
        keys.ok_or(StoreError::NoOrganisation)
    }

    /// The person who reads with this key; none if it is no key of this calendar and person, or no longer is.
    ///
    /// # Errors
    /// As [`Engine::calendar_keys`].
    pub async fn calendar_reader(
        &self,
        catalog: &Catalog,
        calendar: Calendar,
        reader: UserId,
        key: &str,
    ) -> Result<Option<Arc<Object<User>>>, StoreError> {
        let Some(keys) = self.keys_of(catalog.id, reader).await? else {
            return Ok(None);
        };
        if !opens(keys.mac(calendar), key) {
            return Ok(None);
        }
        let mut users = self.store.users_by_id(catalog.id, &[reader]).await?;
        Ok(users.remove(&reader).filter(|user| user.is_active()))
    }

    async fn keys_of(
        &self,
        organisation: OrganisationId,
        reader: UserId,
    ) -> Result<Option<CalendarKeys>, StoreError> {
        let keyed = self.keyed(organisation).await?;
        let renewals = self.store.calendars_of(organisation, reader).await?;
        Ok(renewals.map(|renewals| CalendarKeys {
            keyed,
            reader,
            renewals,
        }))
    }
}
