//! What a user must satisfy, whoever makes or changes it.

use crate::decide::Snapshot;
use crate::ids::UserId;
use crate::limits::{MAX_ABOUT, MAX_NAME};
use crate::people::User;
use crate::refusal::{Refusal, Rule, Violation};
use crate::rules;

fn invalid(field: &str, detail: &str) -> Refusal {
    Refusal::rule(Rule::Invalid {
        field: field.into(),
        detail: detail.into(),
    })
}

/// Whether the user makes sense, what it names exists, and nobody else has its names. `protected` says whether the
/// caller may set what only administrators set.
pub(super) fn check(
    user: &User,
    id: Option<UserId>,
    protected: bool,
    snapshot: &Snapshot,
) -> Result<(), Refusal> {
    names(user)?;
    references(user, snapshot)?;
    let before = id.and_then(|id| snapshot.users.get(&id));
    rules::attributes_of_user(
        before.map(|user| &user.body),
        user,
        id.map(i64::from),
        protected,
        &snapshot.catalog,
    )?;
    unique(id, snapshot)
}

fn names(user: &User) -> Result<(), Refusal> {
    let bad_name =
        |name: &str| name.chars().count() > MAX_NAME || name.chars().any(char::is_control);
    if user.username.trim().is_empty() || bad_name(&user.username) || user.username.contains(':') {
        let detail = "1 to 255 characters, no colon, no control characters";
        return Err(invalid("username", detail));
    }
    if !rules::is_address(&user.email) {
        return Err(invalid("email", "one plain mail address"));
    }
    if user.name().trim().is_empty() || bad_name(&user.first_name) || bad_name(&user.last_name) {
        let detail = "1 to 255 characters, no control characters";
        return Err(invalid("first_name", detail));
    }
    let short = [
        ("phone", &user.phone),
        ("company", &user.company),
        ("position", &user.position),
        ("language", &user.language),
    ];
    for (field, value) in short {
        if value.as_deref().is_some_and(bad_name) {
            return Err(invalid(
                field,
                "at most 255 characters, no control characters",
            ));
        }
    }
    for (field, value) in [("about", &user.about), ("photo", &user.photo)] {
        let long = |text: &String| text.chars().count() > MAX_ABOUT || text.contains('\0');
        if value.as_ref().is_some_and(long) {
            return Err(invalid(field, "at most 2000 characters"));
        }
    }
    Ok(())
}

fn references(user: &User, snapshot: &Snapshot) -> Result<(), Refusal> {
    let catalog = &snapshot.catalog;
    if let Some(group) = user.groups.iter().find(|id| catalog.group(**id).is_none()) {
        return Err(invalid("groups", &format!("there is no group {group}")));
    }
    let gone = |id| catalog.resource(id).is_none();
    if let Some(held) = user.permissions.iter().find(|held| gone(held.resource)) {
        let detail = format!("there is no resource {}", held.resource);
        return Err(invalid("permissions", &detail));
    }
    Ok(())
}

/// Both names are told if both are taken.
fn unique(id: Option<UserId>, snapshot: &Snapshot) -> Result<(), Refusal> {
    let (by_name, by_email) = snapshot.taken;
    let taken = |field: &str, holder: Option<UserId>| {
        let other = holder.is_some_and(|holder| Some(holder) != id);
        other.then(|| {
            Violation::of(Rule::Taken {
                field: field.into(),
            })
        })
    };
    let both = [taken("email", by_email), taken("username", by_name)];
    Refusal::by(both.into_iter().flatten().collect())
}
