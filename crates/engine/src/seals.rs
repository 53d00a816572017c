//! Short texts that only we can read and nobody can change: XChaCha20-Poly1305 under a key made of a secret of the
//! organisation, so that nothing is stored for each of them.
//!
//! Each has a nonce of 192 random bits, so no two are alike, whatever is in them. What a text is good for (for which list,
//! in which order) goes into the seal without being in the text; opened for something else, it is none of ours.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use domain::ids::OrganisationId;
use hmac::Mac;
use store::StoreError;

use crate::Engine;

/// Sets the key apart from whatever else is made of the same secret.
const PURPOSE: &[u8] = b"seal";
const NONCE: usize = 24;

impl Engine {
    async fn sealer(&self, organisation: OrganisationId) -> Result<XChaCha20Poly1305, StoreError> {
        let mut mac = self.keyed(organisation).await?;
        mac.update(PURPOSE);
        let key = mac.finalize().into_bytes();
        XChaCha20Poly1305::new_from_slice(&key)
            .map_err(|error| StoreError::Corrupt(error.to_string()))
    }

    /// The content as a text of letters, digits, `-` and `_`, good for one thing in one organisation.
    ///
    /// # Errors
    /// If there is no randomness to be had, or the organisation's secret can not be read.
    pub async fn seal(
        &self,
        organisation: OrganisationId,
        good_for: &[u8],
        content: &[u8],
    ) -> Result<String, StoreError> {
        let nonce: [u8; NONCE] = self.random()?;
        let payload = Payload {
            msg: content,
            aad: good_for,
        };
        let sealed = self.sealer(organisation).await?;
        let sealed = sealed
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|error| StoreError::Unavailable(error.to_string()))?;
        let all = [nonce.as_slice(), &sealed].concat();
        Ok(URL_SAFE_NO_PAD.encode(all))
    }

    /// What is in a sealed text; none if it was not made here, for this organisation and this very thing, or was changed.
    ///
    /// # Errors
    /// If the organisation's secret can not be read.
    pub async fn open_seal(
        &self,
        organisation: OrganisationId,
        good_for: &[u8],
        sealed: &str,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let Ok(bytes) = URL_SAFE_NO_PAD.decode(sealed) else {
            return Ok(None);
        };
        let Some((nonce, msg)) = bytes.split_first_chunk::<NONCE>() else {
            return Ok(None);
        };
        let payload = Payload { msg, aad: good_for };
        let opener = self.sealer(organisation).await?;
        Ok(opener.decrypt(&XNonce::from(*nonce), payload).ok())
    }
}
