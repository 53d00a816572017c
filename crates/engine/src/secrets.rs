//! Keys that open an address without a log-in: HMAC-SHA-256 under a secret of the organisation, so that nothing is stored
//! for each of them.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use domain::ids::OrganisationId;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use store::StoreError;

use crate::Engine;

/// A MAC under way; whoever makes one begins it with a purpose of their own.
pub(crate) type Keyed = Hmac<Sha256>;

/// The secrets of organisations, as far as they were asked for.
#[derive(Default)]
pub(crate) struct Secrets(Mutex<HashMap<OrganisationId, Keyed>>);

/// The key that a MAC is, 64 hexadecimal digits.
pub(crate) fn key_of(mac: Keyed) -> String {
    let digit = |value: u8| char::from_digit(value.into(), 16).unwrap_or_default();
    let bytes = mac.finalize().into_bytes();
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 0xf]);
    digits.map(digit).collect()
}

/// Whether this is the key that the MAC is; compared in constant time.
pub(crate) fn opens(mac: Keyed, key: &str) -> bool {
    let digit = |place: usize| u8::from_str_radix(key.get(place..place + 2)?, 16).ok();
    let bytes: Option<Vec<u8>> = (0..key.len()).step_by(2).map(digit).collect();
    bytes.is_some_and(|bytes| mac.verify_slice(&bytes).is_ok())
}

impl Engine {
    /// A MAC under the organisation's secret, which is made if there is none yet.
    pub(crate) async fn keyed(&self, organisation: OrganisationId) -> Result<Keyed, StoreError> {
        let known = || {
            self.secrets
                .0
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
        };
        if let Some(keyed) = known().get(&organisation) {
            return Ok(keyed.clone());
        }
        let secret = self.store.secret(organisation, self.random()?).await?;
        let keyed = Keyed::new_from_slice(&secret)
            .map_err(|error| StoreError::Corrupt(error.to_string()))?;
        known().insert(organisation, keyed.clone());
        Ok(keyed)
    }
}
