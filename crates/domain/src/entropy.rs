//! Random bits for a command: drawn by the engine, spent here, so that a command decides the same way twice.

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// A stream of random bits from a seed.
#[derive(Clone)]
pub struct Entropy {
    seed: [u8; 32],
    drawn: u64,
}

impl Entropy {
    /// The stream of this seed, which must come from the operating system and be used for one command only.
    pub const fn new(seed: [u8; 32]) -> Self {
        Self { seed, drawn: 0 }
    }

    /// The next 128 bits.
    pub fn draw(&mut self) -> [u8; 16] {
        let digest = Sha256::new()
            .chain_update(self.seed)
            .chain_update(self.drawn.to_le_bytes())
            .finalize();
        self.drawn += 1;
        let mut bits = [0; 16];
        bits.copy_from_slice(&digest[..16]);
        bits
    }

    /// A fresh UUID of version 7 (RFC 9562 §5.7), so that keys made later sort later.
    pub fn uuid(&mut self, now: Timestamp) -> Uuid {
        let bits = self.draw();
        let mut random = [0; 10];
        random.copy_from_slice(&bits[..10]);
        let millis = u64::try_from(now.as_millisecond()).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
    }
}

impl std::fmt::Debug for Entropy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Entropy").finish_non_exhaustive()
    }
}
