//! Randomness: the one place where secrets and seeds come from.

use std::io;

/// Where random bits come from.
pub trait Random: Send + Sync {
    /// Fills `bytes` with bits that nobody can guess.
    ///
    /// # Errors
    /// If there are none to be had.
    fn fill(&self, bytes: &mut [u8]) -> io::Result<()>;
}

/// The operating system's source.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    #[allow(
        clippy::disallowed_methods,
        reason = "this is where randomness comes from"
    )]
    fn fill(&self, bytes: &mut [u8]) -> io::Result<()> {
        getrandom::fill(bytes).map_err(|error| io::Error::other(error.to_string()))
    }
}
