//! Journal entries: every change as audit log and outgoing event at once.

use domain::booking::Booking;
use domain::catalog::{Object, ObjectKind, StoredObject};
use domain::decide::{Changes, SubscriptionChange, TokenChange};
use domain::money::InvoiceKind;
use domain::people::{Scope, User};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::StoreError;

/// An entry to be written; time, caller, door and request are the envelope's.
pub(crate) struct Entry {
    /// What happened.
    pub event: String,
    /// The id of what it happened to.
    pub subject: i64,
    /// As it was, or what of it changed.
    pub before: Option<String>,
    /// As it is, or what of it changed.
    pub after: Option<String>,
}

/// The entries of all changes, in order.
pub(crate) fn entries(changes: &Changes, now: Timestamp) -> Result<Vec<Entry>, StoreError> {
    let mut entries = Vec::new();
    for change in &changes.bookings {
        let id = change.after.id.0;
        entries.push(match &change.before {
            None => created(change.event, id, serde_json::to_string(&change.after)),
            Some(before) => changed(change.event.into(), id, before, &change.after),
        }?);
    }
    for change in &changes.objects {
        let verb = match (&change.before, &change.after.body) {
            (None, _) => "created",
            (Some(_), Some(_)) => "changed",
            (Some(_), None) => "deleted",
        };
        let event = format!("{}.{verb}", change.after.kind.name());
        entries.push(object(event, change.before.as_ref(), &change.after)?);
    }
    for change in &changes.users {
        entries.push(user(
            change.before.as_ref(),
            change.after.as_ref(),
            change.password_hash.is_some(),
        )?);
    }
    for change in &changes.tokens {
        entries.push(token(change));
    }
    for credit in &changes.credit_entries(now) {
        let after = serde_json::to_string(credit);
        entries.push(created("credit.entered", credit.user.0, after)?);
    }
    for charge in &changes.charges(now) {
        let after = serde_json::to_string(charge);
        entries.push(created("charge.entered", charge.booking.0, after)?);
    }
    for change in &changes.invoices {
        let after = serde_json::to_string(&change.invoice);
        let event = match change.invoice.kind {
            InvoiceKind::Invoice => "invoice.created",
            InvoiceKind::CreditNote => "credit_note.created",
        };
        entries.push(created(event, change.invoice.id.0, after)?);
    }
    for change in &changes.subscriptions {
        entries.push(subscription(change)?);
    }
    Ok(entries)
}

fn subscription(change: &SubscriptionChange) -> Result<Entry, StoreError> {
    let (event, subscription) = match change {
        SubscriptionChange::Made(made) => ("subscription.created", made),
        SubscriptionChange::Ended(ended) => ("subscription.deleted", ended),
    };
    let body = serde_json::to_string(subscription).map_err(StoreError::corrupt)?;
    let made = matches!(change, SubscriptionChange::Made(_));
    let (before, after) = if made {
        (None, Some(body))
    } else {
        (Some(body), None)
    };
    Ok(Entry {
        event: event.into(),
        subject: subscription.id.0,
        before,
        after,
    })
}

fn created(
    event: &str,
    subject: i64,
    after: serde_json::Result<String>,
) -> Result<Entry, StoreError> {
    let after = after.map_err(StoreError::corrupt)?;
    Ok(Entry {
        event: event.into(),
        subject,
        before: None,
        after: Some(after),
    })
}

fn changed(
    event: String,
    subject: i64,
    before: &Booking,
    after: &Booking,
) -> Result<Entry, StoreError> {
    let before = serde_json::to_value(before).map_err(StoreError::corrupt)?;
    let after = serde_json::to_value(after).map_err(StoreError::corrupt)?;
    Ok(difference(event, subject, before, after))
}

fn object(
    event: String,
    before: Option<&StoredObject>,
    after: &StoredObject,
) -> Result<Entry, StoreError> {
    let parse =
        |stored: Option<&StoredObject>| match stored.and_then(|stored| stored.body.as_deref()) {
            Some(body) => serde_json::from_str(body).map_err(StoreError::corrupt),
            None => Ok(Value::Null),
        };
    let (mut old, mut new) = (parse(before)?, parse(Some(after))?);
    if after.kind == ObjectKind::Client {
        hide_secret(&mut old, &mut new);
    }
    Ok(difference(event, after.id, old, new))
}

/// That a client's secret is another one is told, neither is nor its hash.
fn hide_secret(before: &mut Value, after: &mut Value) {
    const FIELD: &str = "secret_hash";
    let changed = before.get(FIELD) != after.get(FIELD);
    if let Value::Object(before) = before {
        before.remove(FIELD);
    }
    if let Value::Object(after) = after
        && after.remove(FIELD).is_some_and(|hash| !hash.is_null())
        && changed
    {
        after.insert("secret".into(), json!("changed"));
    }
}

/// A password's change is told, the password never is.
fn user(
    before: Option<&Object<User>>,
    after: Option<&Object<User>>,
    password: bool,
) -> Result<Entry, StoreError> {
    let body = |user: Option<&Object<User>>| match user {
        Some(user) => serde_json::to_value(&user.body).map_err(StoreError::corrupt),
        None => Ok(Value::Null),
    };
    let verb = match (before, after) {
        (None, _) => "user.created",
        (Some(_), Some(_)) => "user.changed",
        (Some(_), None) => "user.deleted",
    };
    let id = after.or(before).map_or(0, |user| user.id);
    let mut after = body(after)?;
    if let (true, Value::Object(after)) = (password, &mut after) {
        after.insert("password".into(), json!("changed"));
    }
    Ok(difference(verb.into(), id, body(before)?, after))
}

fn token(change: &TokenChange) -> Entry {
    let (event, id, after) = match change {
        TokenChange::Issued { id, token, grant } => {
            let scopes: Vec<_> = token.scopes.iter().map(Scope::name).collect();
            let mut after = json!({
                "user": token.user,
                "kind": token.kind,
                "door": token.door,
                "name": token.name,
                "scopes": scopes,
            });
            if let (Some(grant), Value::Object(after)) = (grant, &mut after) {
                after.insert("client".into(), json!(grant.client));
            }
            ("token.issued", id.0, Some(after.to_string()))
        }
        TokenChange::Revoked { id, user } => (
            "token.revoked",
            id.0,
            Some(json!({"user": user}).to_string()),
        ),
        TokenChange::Spent { id, user, .. } => {
            let after = json!({"user": user});
            ("token.spent", id.0, Some(after.to_string()))
        }
        TokenChange::FamilyEnded { family, user } => {
            let after = json!({"user": user, "with": "all that came of it"});
            ("token.revoked", family.0, Some(after.to_string()))
        }
        TokenChange::ClientEnded { client } => ("client.tokens_revoked", client.0, None),
    };
    Entry {
        event: event.into(),
        subject: id,
        before: None,
        after,
    }
}

/// Only what differs, on both sides; a whole side where the other is missing.
fn difference(event: String, subject: i64, before: Value, after: Value) -> Entry {
    let text = |value: Value| (!value.is_null()).then(|| value.to_string());
    let (before, after) = match (before, after) {
        (Value::Object(before), Value::Object(after)) => {
            let only = |of: &Map<String, Value>, other: &Map<String, Value>| {
                let differs = |(key, value): &(&String, &Value)| other.get(*key) != Some(*value);
                Value::Object(
                    of.iter()
                        .filter(differs)
                        .map(|(key, value)| (key.clone(), value.clone()))
                        .collect(),
                )
            };
            (only(&before, &after), only(&after, &before))
        }
        sides => sides,
    };
    Entry {
        event,
        subject,
        before: text(before),
        after: text(after),
    }
}
