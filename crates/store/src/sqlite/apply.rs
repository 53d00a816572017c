//! Writing what a decision changes.

use domain::catalog::{Catalog, Object, ObjectKind, StoredObject};
use domain::decide::{Changes, Context, UserChange};
use domain::ids::OrganisationId;
use domain::money::Charge;
use domain::people::{CreditEntry, UserState};
use domain::refusal::Forbidden;
use domain::time::micros;
use rusqlite::{Connection, params};

use super::bookings;
use super::drawings;
use super::load::{balance_of, ids};
use super::money;
use super::{people, subscriptions, tokens};
use crate::codec::{charge_body, pot_key};
use crate::journal::{self, Entry};
use crate::{Answer, NewOrganisation, StoreError};

/// By whom, how and when something is written.
pub(super) struct By<'a> {
    pub(super) context: &'a Context,
    pub(super) request: &'a str,
    /// The version of the time-zone database by which instants are derived.
    pub(super) tzdb: &'static str,
}

/// Writes all changes, each with its journal entry.
pub(super) fn changes(
    connection: &Connection,
    by: &By<'_>,
    changes: &Changes,
) -> Result<(), StoreError> {
    let By {
        context,
        request,
        tzdb,
    } = *by;
    let organisation = context.actor.organisation;
    for change in &changes.series {
        let series = &change.after;
        let body = serde_json::to_string(series).map_err(StoreError::corrupt)?;
        let sql =
            "INSERT INTO series (id, organisation, uuid, version, body) VALUES (?1, ?2, ?3, ?4, ?5)
                   ON CONFLICT (id) DO UPDATE SET version = ?4, body = ?5";
        let mut statement = connection.prepare_cached(sql)?;
        statement.execute(params![
            series.id.0,
            organisation.0,
            series.uuid,
            series.version,
            body
        ])?;
    }
    // Claims go before any comes: a booking may take the place of another that moves in the same command.
    for before in changes
        .bookings
        .iter()
        .filter_map(|change| change.before.as_ref())
    {
        bookings::remove_claims(connection, before)?;
    }
    for change in &changes.bookings {
        bookings::write(connection, change, tzdb)?;
    }
    for left in changes.left_series() {
        let sql = "DELETE FROM series WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM booking WHERE series = ?1)";
        connection.prepare_cached(sql)?.execute([left.0])?;
    }
    if !changes.objects.is_empty() {
        let sql =
            "UPDATE organisation SET revision = revision + 1 WHERE id = ?1 RETURNING revision";
        let revision: i64 = connection
            .prepare_cached(sql)?
            .query_row([organisation.0], |row| row.get(0))?;
        for change in &changes.objects {
            object(connection, organisation, revision, &change.after)?;
        }
    }
    for change in &changes.drawings {
        drawings::write(connection, organisation, change)?;
    }
    for change in &changes.users {
        user(connection, organisation, change)?;
        people::write_keys(connection, organisation, change)?;
    }
    for change in &changes.tokens {
        tokens::write(connection, context, change)?;
    }
    for entry in changes.credit_entries(context.now) {
        credit(connection, organisation, &entry)?;
    }
    for entry in changes.charges(context.now) {
        charge(connection, organisation, &entry)?;
    }
    for change in &changes.invoices {
        money::write_invoice(connection, change)?;
    }
    for change in &changes.subscriptions {
        subscriptions::write(connection, organisation, change)?;
    }
    for entry in journal::entries(changes, context.now)? {
        write_entry(connection, context, request, &entry)?;
    }
    Ok(())
}

fn object(
    connection: &Connection,
    organisation: OrganisationId,
    revision: i64,
    object: &StoredObject,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO object (kind, id, organisation, uuid, version, revision, body)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
               ON CONFLICT (kind, id) DO UPDATE SET version = ?5, revision = ?6, body = ?7";
    connection.prepare_cached(sql)?.execute(params![
        object.kind.name(),
        object.id,
        organisation.0,
        object.uuid,
        object.version,
        revision,
        object.body
    ])?;
    Ok(())
}

/// A deleted user keeps the row, for the bookings that point to it, but neither name nor address nor secrets.
fn user(
    connection: &Connection,
    organisation: OrganisationId,
    change: &UserChange,
) -> Result<(), StoreError> {
    if let Some(user) = &change.after {
        let body = serde_json::to_string(&user.body).map_err(StoreError::corrupt)?;
        let sql = "INSERT INTO user (id, organisation, uuid, version, username_key, email_key, state, password_hash, body)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
                   ON CONFLICT (id) DO UPDATE SET version = ?4, username_key = ?5, email_key = ?6, state = ?7,
                       password_hash = coalesce(?8, password_hash), body = ?9";
        connection.prepare_cached(sql)?.execute(params![
            user.id,
            organisation.0,
            user.uuid,
            user.version,
            user.username.to_lowercase(),
            user.email.to_lowercase(),
            state(user.state),
            change.password_hash,
            body
        ])?;
    } else if let Some(before) = &change.before {
        let body =
            serde_json::to_string(&domain::people::User::default()).map_err(StoreError::corrupt)?;
        let sql = "UPDATE user SET version = version + 1, username_key = NULL, email_key = NULL, state = 3,
                       password_hash = NULL, body = ?2 WHERE id = ?1";
        connection
            .prepare_cached(sql)?
            .execute(params![before.id, body])?;
    }
    if let Some(before) = change.before.as_ref().filter(|_| change.end_sessions) {
        connection
            .prepare_cached("DELETE FROM token WHERE user = ?1")?
            .execute([before.id])?;
    }
    let renewed = change.end_sessions || change.renew_calendars;
    if let Some(before) = change.before.as_ref().filter(|_| renewed) {
        connection
            .prepare_cached("UPDATE user SET calendars = calendars + 1 WHERE id = ?1")?
            .execute([before.id])?;
    }
    Ok(())
}

/// The number a user's state is stored under.
pub(super) const fn state(state: UserState) -> i64 {
    match state {
        UserState::Active => 0,
        UserState::Awaiting => 1,
        UserState::Inactive => 2,
    }
}

fn credit(
    connection: &Connection,
    organisation: OrganisationId,
    entry: &CreditEntry,
) -> Result<(), StoreError> {
    let pot = pot_key(entry.pot.as_ref())?;
    let after = balance_of(connection, entry.user, &pot)? + entry.amount;
    let sql = "INSERT INTO credit (organisation, user, amount, balance, booking, note, at, pot)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    connection.prepare_cached(sql)?.execute(params![
        organisation.0,
        entry.user.0,
        entry.amount.to_string(),
        after.to_string(),
        entry.booking.map(i64::from),
        entry.note,
        micros(entry.at),
        pot
    ])?;
    Ok(())
}

fn charge(
    connection: &Connection,
    organisation: OrganisationId,
    charge: &Charge,
) -> Result<(), StoreError> {
    let sql =
        "INSERT INTO charge (organisation, user, booking, month, body) VALUES (?1, ?2, ?3, ?4, ?5)";
    connection.prepare_cached(sql)?.execute(params![
        organisation.0,
        charge.user.0,
        charge.booking.0,
        charge.month.to_string(),
        charge_body(charge)?
    ])?;
    Ok(())
}

fn write_entry(
    connection: &Connection,
    context: &Context,
    request: &str,
    entry: &Entry,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO journal (organisation, at, event, subject, actor, door, request, before, after)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    connection.prepare_cached(sql)?.execute(params![
        context.actor.organisation.0,
        micros(context.now),
        entry.event,
        entry.subject,
        context.actor.id().0,
        context.actor.door.name(),
        request,
        entry.before,
        entry.after
    ])?;
    Ok(())
}

/// Writes down that somebody tried what they may not do. It is no event: nothing happened.
pub(super) fn denied(
    connection: &Connection,
    context: &Context,
    request: &str,
    what: Forbidden,
) -> Result<(), StoreError> {
    let after = serde_json::to_string(&what).map_err(StoreError::corrupt)?;
    let entry = Entry {
        event: "denied".into(),
        subject: 0,
        before: None,
        after: Some(after),
    };
    write_entry(connection, context, request, &entry)
}

/// Keeps an answer under the caller's key.
pub(super) fn keep_answer(
    connection: &Connection,
    context: &Context,
    key: &str,
    fingerprint: &[u8; 32],
    answer: &Answer,
) -> Result<(), StoreError> {
    let headers = serde_json::to_string(&answer.headers).map_err(StoreError::corrupt)?;
    let sql = "INSERT INTO idempotency (organisation, caller, key, fingerprint, status, headers, body, at)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    connection.prepare_cached(sql)?.execute(params![
        context.actor.organisation.0,
        context.actor.id().0,
        key,
        fingerprint,
        answer.status,
        headers,
        answer.body,
        micros(context.now)
    ])?;
    Ok(())
}

/// Forgets the answers kept before an instant.
pub(super) fn purge(connection: &Connection, before: jiff::Timestamp) -> Result<u64, StoreError> {
    let sql = "DELETE FROM idempotency WHERE at < ?1";
    let gone = connection.prepare_cached(sql)?.execute([micros(before)])?;
    Ok(u64::try_from(gone).unwrap_or(u64::MAX))
}

/// Makes the row of an organisation, not its object.
pub(super) fn organisation_row(
    connection: &Connection,
    id: OrganisationId,
    revision: i64,
    new: &NewOrganisation,
    tzdb: &str,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO organisation (id, slug, revision, tzdb, created_at) VALUES (?1, ?2, ?3, ?4, ?5)";
    connection.execute(
        sql,
        params![id.0, new.slug, revision, tzdb, micros(new.now)],
    )?;
    Ok(())
}

/// Makes an organisation, with nothing in it.
pub(super) fn organisation(
    connection: &Connection,
    new: &NewOrganisation,
    tzdb: &str,
) -> Result<Catalog, StoreError> {
    let id = ids(connection, ObjectKind::Organisation.name(), 1)?.start;
    organisation_row(connection, OrganisationId(id), 1, new, tzdb)?;
    let own = Object {
        id,
        uuid: new.uuid,
        version: 1,
        body: new.organisation.clone(),
    };
    let stored = StoredObject::encode(&own).map_err(StoreError::corrupt)?;
    object(connection, OrganisationId(id), 1, &stored)?;
    Catalog::new(OrganisationId(id), &new.slug, own)
        .with(1, &[])
        .map_err(StoreError::corrupt)
}
