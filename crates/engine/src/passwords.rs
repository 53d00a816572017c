//! Passwords: hashed with Argon2id, on few threads, so that guessing is dear and logging in is no way to overload.

use std::sync::Arc;
use std::time::Duration;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use sha1::{Digest, Sha1};
use store::StoreError;
use subtle::ConstantTimeEq;
use tokio::sync::Semaphore;

/// The longest password, in bytes; longer ones are refused before any work is done.
pub const MAX_PASSWORD: usize = 1024;
/// The shortest password, in characters.
pub const MIN_PASSWORD: usize = 8;
/// How many are hashed at once; each takes 19 MiB.
const AT_ONCE: usize = 2;
/// How long one waits for its turn.
const PATIENCE: Duration = Duration::from_secs(5);

/// A hash of nothing anybody knows, so that an unknown user takes as long as a wrong password.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$1ZkVeX0Zs6dCPq9cfQVJyBVmOKo4Qh4gsuxCDk6xSUY";

/// How the hashes begin that this program makes; any other form, or another cost, is replaced when it is right.
const OWN: &str = "$argon2id$v=19$m=19456,t=2,p=1$";
/// How the hashes begin that older `LibreBooking`s made: SHA-1 in hexadecimal, `$`, and the salt.
const SHA1: &str = "$librebooking-sha1$";
/// The dearest bcrypt that is worked out: 2^15 rounds take a few seconds, and each step more twice as long.
const DEAREST_BCRYPT: u32 = 15;

/// The bounded pool that passwords are hashed on.
pub struct Passwords {
    turns: Arc<Semaphore>,
}

impl Passwords {
    pub(crate) fn new() -> Self {
        Self {
            turns: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }

    /// The hash to store, in PHC form, with the parameters of OWASP's minimum (m = 19 MiB, t = 2, p = 1).
    ///
    /// # Errors
    /// [`StoreError::Overloaded`] if too many wait.
    pub async fn hash(&self, password: &str) -> Result<String, StoreError> {
        let password = password.to_owned();
        self.on_a_turn(move || {
            Argon2::default()
                .hash_password(password.as_bytes())
                .map(|hash| hash.to_string())
        })
        .await?
        .map_err(|error| StoreError::Unavailable(error.to_string()))
    }

    /// Whether the password is the one of the stored hash; no hash is never right, but takes as long.
    ///
    /// # Errors
    /// [`StoreError::Overloaded`] if too many wait.
    pub async fn verify(&self, password: &str, hash: Option<&str>) -> Result<bool, StoreError> {
        if password.len() > MAX_PASSWORD {
            return Ok(false);
        }
        let (password, known) = (password.to_owned(), hash.is_some());
        let hash = hash.unwrap_or(NOBODY).to_owned();
        self.on_a_turn(move || is_right(&password, &hash) && known)
            .await
    }

    /// Whether a hash that was right should be replaced by one of this program's own.
    pub fn is_outdated(hash: &str) -> bool {
        !hash.starts_with(OWN)
    }

    async fn on_a_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, StoreError> {
        let turn = tokio::time::timeout(PATIENCE, self.turns.clone().acquire_owned()).await;
        let turn = turn
            .map_err(|_| StoreError::Overloaded)?
            .map_err(|_| StoreError::Overloaded)?;
        let done = tokio::task::spawn_blocking(move || {
            let result = work();
            drop(turn);
            result
        });
        done.await
            .map_err(|error| StoreError::Unavailable(error.to_string()))
    }
}

/// Whether the password is that of the hash: Argon2 in PHC form, bcrypt as PHP makes it, or `LibreBooking`'s salted
/// SHA-1.
fn is_right(password: &str, hash: &str) -> bool {
    if let Some(rest) = hash.strip_prefix(SHA1) {
        // As dear as any other, so that the time does not tell whose hash is old.
        let _ = argon2(password, NOBODY);
        return rest.split_once('$').is_some_and(|(digest, salt)| {
            let own = hexadecimal(&Sha1::digest(format!("{password}{salt}").as_bytes()));
            own.as_bytes().ct_eq(digest.as_bytes()).into()
        });
    }
    if hash.starts_with("$2") {
        let cost = hash
            .split('$')
            .nth(2)
            .and_then(|cost| cost.parse::<u32>().ok());
        return cost.is_some_and(|cost| cost <= DEAREST_BCRYPT)
            && bcrypt::verify(password, hash).unwrap_or(false);
    }
    argon2(password, hash)
}

fn argon2(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| {
        Argon2::default()
            .verify_password(password.as_bytes(), &hash)
            .is_ok()
    })
}

fn hexadecimal(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(nibble.into(), 16).unwrap_or('0');
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_other_systems_hashed_is_verified_and_outdated() {
        for hash in [
            "$librebooking-sha1$c79f983cdd0d05a941a31673b29d222d904cbe71$a0000001",
            // As PHP's password_hash makes them.
            "$2y$04$xpjf9kFJcUsEg8uY.P4n2uY3bXNXbO7uvWZvInvrIgY3sylcBUEPe",
        ] {
            assert!(is_right("Passw0rd!", hash), "{hash}");
            assert!(!is_right("Passw0rd", hash), "{hash}");
            assert!(Passwords::is_outdated(hash), "{hash}");
        }
        for broken in ["$librebooking-sha1$", "$2y$31$x", "$2y$", "", "c79f983c"] {
            assert!(!is_right("Passw0rd!", broken), "{broken}");
        }
        let salted = "$librebooking-sha1$45b9054ab5bed4b5f62516110350854260541943$a0000001";
        assert!(
            !is_right("Passw0rd!", salted),
            "the salt stands behind the password"
        );
    }

    #[tokio::test]
    async fn only_the_right_password_is_right() {
        let passwords = Passwords::new();
        let hash = passwords.hash("correct horse").await.unwrap();
        assert!(!Passwords::is_outdated(&hash));
        assert!(
            passwords
                .verify("correct horse", Some(&hash))
                .await
                .unwrap()
        );
        assert!(!passwords.verify("wrong horse", Some(&hash)).await.unwrap());
        assert!(!passwords.verify("correct horse", None).await.unwrap());
        assert!(
            !passwords
                .verify(&"x".repeat(2000), Some(&hash))
                .await
                .unwrap()
        );
        assert!(
            PasswordHash::new(NOBODY).is_ok(),
            "an unknown user must take as long"
        );
    }
}
