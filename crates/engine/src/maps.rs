//! Links that show a booking on the map of its area without a log-in, for a while.
//!
//! A link carries a key: an HMAC over the booking, the person for whom it was made, the token they came with and the instant
//! at which it ends. It shows what that person may see, and ends with the token, with the person's log-ins, or in time.

use domain::ids::{BookingId, OrganisationId, TokenId, UserId};
use domain::people::{Actor, Door, Scope};
use hmac::Mac;
use jiff::{SignedDuration, Timestamp};
use store::StoreError;

use crate::Engine;
use crate::secrets::{Keyed, key_of, opens};

/// How long a link is good.
const LASTS: SignedDuration = SignedDuration::from_hours(1);
/// Sets these keys apart from whatever else is made of the same secret.
const PURPOSE: &[u8] = b"livemap";

/// A link to the live map of a booking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MapLink {
    /// Whose booking it is.
    pub organisation: OrganisationId,
    /// The booking.
    pub booking: BookingId,
    /// Who sees through the link.
    pub reader: UserId,
    /// The token it was made with, and ends with.
    pub token: TokenId,
    /// When it ends, in seconds since 1970.
    pub until: i64,
    /// What proves that it was made here, 64 hexadecimal digits.
    pub key: String,
}

impl MapLink {
    fn mac(&self, mut mac: Keyed, renewals: i64) -> Keyed {
        mac.update(PURPOSE);
        let parts = [
            self.organisation.0,
            self.booking.0,
            self.reader.0,
            self.token.0,
            self.until,
            renewals,
        ];
        for part in parts {
            mac.update(&part.to_be_bytes());
        }
        mac
    }

    /// Where the page is that it opens, relative to the server.
    pub fn address(&self) -> String {
        format!("/livemap/{}{}", self.booking, self.query())
    }

    /// The query that it adds to the address of the page, and to those of the page's parts.
    pub fn query(&self) -> String {
        format!(
            "?in={}&for={}&by={}&until={}&key={}",
            self.organisation, self.reader, self.token, self.until, self.key
        )
    }

    /// Whether it has ended.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.until <= now.as_second()
    }
}

impl Engine {
    /// A link to the map of a booking that the caller may see, good for an hour; none for who came without a token.
    ///
    /// # Errors
    /// If the store can not be read, or is asked for the first time and can not be written.
    pub async fn map_link(
        &self,
        actor: &Actor,
        booking: BookingId,
    ) -> Result<Option<MapLink>, StoreError> {
        let renewals = self.store.calendars_of(actor.organisation, actor.id());
        let (Some(token), Some(renewals)) = (actor.token, renewals.await?) else {
            return Ok(None);
        };
        let mut link = MapLink {
            organisation: actor.organisation,
            booking,
            reader: actor.id(),
            token,
            until: (self.now() + LASTS).as_second(),
            key: String::new(),
        };
        let keyed = self.keyed(actor.organisation).await?;
        link.key = key_of(link.mac(keyed, renewals));
        Ok(Some(link))
    }

    /// Who sees through a link; none if it is none of ours, has ended, or its token or person has.
    ///
    /// # Errors
    /// As [`Engine::map_link`].
    pub async fn map_reader(&self, link: &MapLink) -> Result<Option<Actor>, StoreError> {
        let now = self.now();
        if link.is_over(now) || self.catalog(link.organisation).is_err() {
            return Ok(None);
        }
        let store = &self.store;
        let renewals = store.calendars_of(link.organisation, link.reader).await?;
        let Some(renewals) = renewals else {
            return Ok(None);
        };
        let keyed = self.keyed(link.organisation).await?;
        if !opens(link.mac(keyed, renewals), &link.key) {
            return Ok(None);
        }
        let token = store.token(link.token).await?;
        let lives = |end: Option<Timestamp>| end.is_none_or(|end| now < end);
        if !token.is_some_and(|token| token.user == link.reader && lives(token.expires_at)) {
            return Ok(None);
        }
        let mut users = store.users_by_id(link.organisation, &[link.reader]).await?;
        let user = users.remove(&link.reader).filter(|user| user.is_active());
        Ok(user.map(|user| Actor {
            organisation: link.organisation,
            user,
            scopes: [Scope::BookingsRead, Scope::CatalogRead]
                .into_iter()
                .collect(),
            token: Some(link.token),
            door: Door::Web,
        }))
    }
}
