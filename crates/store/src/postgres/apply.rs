//! Writing what a decision changes: a statement per table, however many rows.
//!
//! The statements travel together with the commit, so what must hold is checked by the database itself: a count that
//! is not as expected divides by zero, and nothing is committed.

use domain::booking::Booking;
use domain::catalog::StoredObject;
use domain::decide::{Changes, Context};
use domain::money::Charge;
use domain::people::CreditEntry;
use domain::refusal::Forbidden;
use domain::time::micros;

use super::bookings;
use super::drawings;
use super::flight::{Flight, params};
use super::money;
use super::rows::plain;
use super::{subscriptions, tokens, users};
use crate::codec::{charge_body, pot_key};
use crate::journal::{self, Entry};
use crate::{Answer, StoreError};

/// The channel on which other processes hear of changes.
pub(super) const CHANNEL: &str = "tenure";

/// Adds the writing of all changes, each with its journal entry. `tzdb` is the version of the time-zone database by
/// which instants are derived.
pub(super) fn changes(
    flight: &mut Flight,
    context: &Context,
    request: &str,
    tzdb: &'static str,
    changes: &Changes,
) -> Result<(), StoreError> {
    let organisation = context.actor.organisation.0;
    series(flight, organisation, changes)?;
    // Claims go before any comes: a booking may take the place of another that moves in the same command.
    let before: Vec<&Booking> = changes
        .bookings
        .iter()
        .filter_map(|change| change.before.as_ref())
        .collect();
    bookings::remove_claims(flight, &before)?;
    let (old, new): (Vec<_>, Vec<_>) = changes
        .bookings
        .iter()
        .partition(|change| change.before.is_some());
    bookings::insert(flight, &new, tzdb)?;
    bookings::update(flight, &old, tzdb)?;
    bookings::insert_claims(flight, &changes.bookings);
    let left: Vec<i64> = changes.left_series().into_iter().map(|id| id.0).collect();
    if !left.is_empty() {
        let sql = "DELETE FROM series s WHERE s.id = ANY ($1::bigint[])
                   AND NOT EXISTS (SELECT 1 FROM booking b WHERE b.series = s.id)";
        flight.add(sql, params![left]);
    }
    if !changes.objects.is_empty() {
        let sql = "UPDATE organisation SET revision = revision + 1 WHERE id = $1";
        flight.add(sql, params![organisation]);
        for change in &changes.objects {
            put_object(flight, organisation, &change.after);
        }
    }
    for change in &changes.drawings {
        drawings::write(flight, organisation, change);
    }
    users::write(flight, organisation, &changes.users)?;
    for change in &changes.tokens {
        tokens::write(flight, context, change);
    }
    credits(flight, organisation, &changes.credit_entries(context.now))?;
    charges(flight, organisation, &changes.charges(context.now))?;
    for change in &changes.invoices {
        money::write_invoice(flight, change)?;
    }
    for change in &changes.subscriptions {
        subscriptions::write(flight, organisation, change)?;
    }
    let entries = journal::entries(changes, context.now)?;
    journal_entries(flight, context, request, &entries);
    tell(flight, organisation, changes);
    Ok(())
}

/// Lets other processes know, once it is committed.
fn tell(flight: &mut Flight, organisation: i64, changes: &Changes) {
    let people = !changes.users.is_empty() || !changes.tokens.is_empty();
    if people {
        let sql = "UPDATE organisation SET people_revision = people_revision + 1 WHERE id = $1";
        flight.add(sql, params![organisation]);
    }
    if people || !changes.objects.is_empty() {
        let payload = organisation.to_string();
        flight.add("SELECT pg_notify($1, $2)", params![CHANNEL, payload]);
    }
}

fn series(flight: &mut Flight, organisation: i64, changes: &Changes) -> Result<(), StoreError> {
    if changes.series.is_empty() {
        return Ok(());
    }
    let all = || changes.series.iter().map(|change| &change.after);
    let ids: Vec<i64> = all().map(|series| series.id.0).collect();
    let uuids: Vec<uuid::Uuid> = all().map(|series| series.uuid).collect();
    let versions: Vec<i64> = all().map(|series| series.version).collect();
    let bodies: Vec<String> = all()
        .map(serde_json::to_string)
        .collect::<Result<_, _>>()
        .map_err(StoreError::corrupt)?;
    let sql = "INSERT INTO series (id, organisation, uuid, version, body)
               SELECT id, $2, uuid, version, body
               FROM unnest($1::bigint[], $3::uuid[], $4::bigint[], $5::text[]) AS new(id, uuid, version, body)
               ON CONFLICT (id) DO UPDATE SET version = excluded.version, body = excluded.body";
    flight.add(sql, params![ids, organisation, uuids, versions, bodies]);
    Ok(())
}

/// Adds the writing of an object, with the organisation's revision of the moment.
pub(super) fn put_object(flight: &mut Flight, organisation: i64, object: &StoredObject) {
    let sql = "INSERT INTO object (kind, id, organisation, uuid, version, revision, body)
               SELECT $1, $2, id, $4, $5, revision, $6 FROM organisation WHERE id = $3
               ON CONFLICT (kind, id) DO UPDATE
               SET version = excluded.version, revision = excluded.revision, body = excluded.body";
    let params = params![
        object.kind.name(),
        object.id,
        organisation,
        object.uuid,
        object.version,
        object.body.clone()
    ];
    flight.add(sql, params);
}

/// Each entry's balance is the person's last one plus its own amount; one statement each, to see the one before.
fn credits(
    flight: &mut Flight,
    organisation: i64,
    entries: &[CreditEntry],
) -> Result<(), StoreError> {
    for entry in entries {
        let sql = "INSERT INTO credit (organisation, person, amount, balance, booking, note, at, pot)
                   SELECT $1, $2, $3, (coalesce((SELECT balance FROM credit WHERE person = $2 AND pot = $7
                       ORDER BY id DESC LIMIT 1), '0')::numeric + $3::text::numeric)::text, $4, $5, $6, $7";
        let params = params![
            organisation,
            entry.user.0,
            entry.amount.to_string(),
            entry.booking.map(i64::from),
            plain(&entry.note),
            micros(entry.at),
            plain(&pot_key(entry.pot.as_ref())?)
        ];
        flight.add(sql, params);
    }
    Ok(())
}

fn charges(flight: &mut Flight, organisation: i64, charges: &[Charge]) -> Result<(), StoreError> {
    if charges.is_empty() {
        return Ok(());
    }
    let people: Vec<i64> = charges.iter().map(|charge| charge.user.0).collect();
    let bookings: Vec<i64> = charges.iter().map(|charge| charge.booking.0).collect();
    let months: Vec<String> = charges.iter().map(|c| c.month.to_string()).collect();
    let bodies = charges
        .iter()
        .map(|c| charge_body(c).map(|body| plain(&body)));
    let bodies: Vec<String> = bodies.collect::<Result<_, _>>()?;
    let sql = "INSERT INTO charge (organisation, person, booking, month, body)
               SELECT $1, person, booking, month, body
               FROM unnest($2::bigint[], $3::bigint[], $4::text[], $5::text[]) AS new(person, booking, month, body)";
    flight.add(sql, params![organisation, people, bookings, months, bodies]);
    Ok(())
}

fn journal_entries(flight: &mut Flight, context: &Context, request: &str, entries: &[Entry]) {
    if entries.is_empty() {
        return;
    }
    let sql = "INSERT INTO journal (organisation, at, event, subject, actor, door, request, before, after)
               SELECT $1, $2, event, subject, $3, $4, $5, before, after
               FROM unnest($6::text[], $7::bigint[], $8::text[], $9::text[]) AS new(event, subject, before, after)";
    let events: Vec<String> = entries.iter().map(|entry| entry.event.clone()).collect();
    let subjects: Vec<i64> = entries.iter().map(|entry| entry.subject).collect();
    let before: Vec<Option<String>> = entries.iter().map(|entry| entry.before.clone()).collect();
    let after: Vec<Option<String>> = entries.iter().map(|entry| entry.after.clone()).collect();
    let params = params![
        context.actor.organisation.0,
        micros(context.now),
        context.actor.id().0,
        context.actor.door.name(),
        request.to_owned(),
        events,
        subjects,
        before,
        after
    ];
    flight.add(sql, params);
}

/// Adds that somebody tried what they may not do. It is no event: nothing happened.
pub(super) fn denied(
    flight: &mut Flight,
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
    journal_entries(flight, context, request, &[entry]);
    Ok(())
}

/// Adds the keeping of an answer under the caller's key.
pub(super) fn keep_answer(
    flight: &mut Flight,
    context: &Context,
    key: &str,
    fingerprint: &[u8; 32],
    answer: &Answer,
) -> Result<(), StoreError> {
    let headers = serde_json::to_string(&answer.headers).map_err(StoreError::corrupt)?;
    let sql = "INSERT INTO idempotency (organisation, caller, key, fingerprint, status, headers, body, at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let params = params![
        context.actor.organisation.0,
        context.actor.id().0,
        plain(key),
        fingerprint.to_vec(),
        i64::from(answer.status),
        headers,
        answer.body.clone(),
        micros(context.now)
    ];
    flight.add(sql, params);
    Ok(())
}
