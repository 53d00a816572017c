//! Passwords: what will do, and who knows theirs.

use engine::{MAX_PASSWORD, MIN_PASSWORD};

use crate::access::Caller;
use crate::answer::Fault;
use crate::dispatch::Call;

/// Says so if a password will not do.
pub fn complaint(password: &str) -> Option<String> {
    let fits = password.chars().count() >= MIN_PASSWORD && password.len() <= MAX_PASSWORD;
    (!fits).then(|| {
        format!(
            "Password must contain at least {MIN_PASSWORD} characters, and at most {MAX_PASSWORD} bytes"
        )
    })
}

/// The hash to store.
///
/// # Errors
/// If too many wait.
pub async fn hash(call: &Call, password: &str) -> Result<String, Fault> {
    Ok(call.app.engine.passwords().hash(password).await?)
}

/// Whether the caller knows their own password; guesses are slowed down as at the log-in.
///
/// # Errors
/// If there were too many guesses, or too many wait.
pub async fn proven(call: &Call, caller: &Caller, password: &str) -> Result<bool, Fault> {
    let user = &caller.actor.user;
    let account = format!("{}/{}", call.organisation, user.username.to_lowercase());
    call.app
        .logins
        .attempt(&account, call.network)
        .map_err(|wait| Fault::TooMany(wait.0))?;
    let engine = &call.app.engine;
    let right = engine.proves(&caller.actor, password).await?;
    if right {
        call.app.logins.succeeded(&account, call.network);
    }
    Ok(right)
}
