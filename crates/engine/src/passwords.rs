//! Passwords: hashed with Argon2id, on few threads, so that guessing is dear and logging in is no way to overload.

use std::sync::Arc;
use std::time::Duration;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use store::StoreError;
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
        self.on_a_turn(move || {
            let right = PasswordHash::new(&hash).is_ok_and(|hash| {
                Argon2::default()
                    .verify_password(password.as_bytes(), &hash)
                    .is_ok()
            });
            right && known
        })
        .await
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_is_right() {
        let passwords = Passwords::new();
        let hash = passwords.hash("correct horse").await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
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
