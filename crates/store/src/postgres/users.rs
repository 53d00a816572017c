//! Writing users and the keys by which they are found: a statement for each sort of change, however many they are.

use domain::catalog::Object;
use domain::decide::UserChange;
use domain::people::{User, UserKey, UserState};

use super::flight::{Flight, params};
use super::rows::plain;
use crate::StoreError;

/// Adds the writing of all changes of users.
pub(super) fn write(
    flight: &mut Flight,
    organisation: i64,
    changes: &[UserChange],
) -> Result<(), StoreError> {
    // Who goes makes names free for who comes.
    delete(flight, changes)?;
    put(flight, organisation, changes)?;
    let ids = |wanted: fn(&UserChange) -> bool| -> Vec<i64> {
        let wanted = changes.iter().filter(|change| wanted(change));
        let before = wanted.filter_map(|change| change.before.as_ref());
        before.map(|user| user.id).collect()
    };
    let ended = ids(|change| change.end_sessions);
    if !ended.is_empty() {
        let sql = "DELETE FROM token WHERE person = ANY ($1::bigint[])";
        flight.add(sql, params![ended]);
    }
    let renewed = ids(|change| change.end_sessions || change.renew_calendars);
    if !renewed.is_empty() {
        let sql = "UPDATE person SET calendars = calendars + 1 WHERE id = ANY ($1::bigint[])";
        flight.add(sql, params![renewed]);
    }
    keys(flight, organisation, changes);
    Ok(())
}

fn json(user: &User) -> Result<String, StoreError> {
    serde_json::to_string(user).map_err(StoreError::corrupt)
}

/// Those who are made or changed.
fn put(flight: &mut Flight, organisation: i64, changes: &[UserChange]) -> Result<(), StoreError> {
    let all = || {
        changes
            .iter()
            .filter_map(|change| Some((change, change.after.as_ref()?)))
    };
    let of = |text: fn(&User) -> &str| -> Vec<String> {
        all()
            .map(|(_, user)| plain(&text(user).to_lowercase()))
            .collect()
    };
    let ids: Vec<i64> = all().map(|(_, user)| user.id).collect();
    if ids.is_empty() {
        return Ok(());
    }
    let uuids: Vec<uuid::Uuid> = all().map(|(_, user)| user.uuid).collect();
    let versions: Vec<i64> = all().map(|(_, user)| user.version).collect();
    let states: Vec<i64> = all().map(|(_, user)| state(user.state)).collect();
    let hashes = all().map(|(change, _)| change.password_hash.clone());
    let hashes: Vec<Option<String>> = hashes.collect();
    let bodies = all().map(|(_, user)| json(user));
    let bodies = bodies.collect::<Result<Vec<_>, _>>()?;
    let sql = "INSERT INTO person AS p
                   (id, organisation, uuid, version, username_key, email_key, state, password_hash, body)
               SELECT id, $1, uuid, version, username_key, email_key, state, password_hash, body
               FROM unnest($2::bigint[], $3::uuid[], $4::bigint[], $5::text[], $6::text[], $7::bigint[], $8::text[],
                   $9::text[]) AS new(id, uuid, version, username_key, email_key, state, password_hash, body)
               ON CONFLICT (id) DO UPDATE SET version = excluded.version, username_key = excluded.username_key,
                   email_key = excluded.email_key, state = excluded.state,
                   password_hash = coalesce(excluded.password_hash, p.password_hash), body = excluded.body";
    let rows = params![
        organisation,
        ids,
        uuids,
        versions,
        of(|user| &user.username),
        of(|user| &user.email),
        states,
        hashes,
        bodies
    ];
    flight.add(sql, rows);
    Ok(())
}

/// A deleted user keeps the row, for the bookings that point to it, but neither name nor address nor secrets.
fn delete(flight: &mut Flight, changes: &[UserChange]) -> Result<(), StoreError> {
    let gone = changes.iter().filter(|change| change.after.is_none());
    let gone = gone.filter_map(|change| change.before.as_ref());
    let gone: Vec<i64> = gone.map(|user| user.id).collect();
    if !gone.is_empty() {
        let sql = "UPDATE person SET version = version + 1, username_key = NULL, email_key = NULL, state = 3,
                       password_hash = NULL, body = $2 WHERE id = ANY ($1::bigint[])";
        flight.add(sql, params![gone, json(&User::default())?]);
    }
    Ok(())
}

/// Writes by what changed users are found now, and forgets by what they were.
fn keys(flight: &mut Flight, organisation: i64, changes: &[UserChange]) {
    let (mut gone, mut come) = (Keys::default(), Keys::default());
    for change in changes {
        let keys = |user: &Option<Object<User>>| user.as_ref().map(|user| user.keys());
        let before = keys(&change.before).unwrap_or_default();
        let after = keys(&change.after).unwrap_or_default();
        let id = change.after.as_ref().or(change.before.as_ref());
        let id = id.map_or(0, |user| user.id);
        gone.extend(before.difference(&after), id);
        come.extend(after.difference(&before), id);
    }
    gone.fly(
        flight,
        organisation,
        "DELETE FROM person_key k USING unnest($2::text[], $3::text[], $4::bigint[]) AS gone(field, value, person)
         WHERE k.organisation = $1 AND k.field = gone.field AND k.value = gone.value AND k.person = gone.person",
    );
    come.fly(
        flight,
        organisation,
        "INSERT INTO person_key (organisation, field, value, person)
         SELECT $1, field, value, person
         FROM unnest($2::text[], $3::text[], $4::bigint[]) AS come(field, value, person) ON CONFLICT DO NOTHING",
    );
}

#[derive(Default)]
struct Keys {
    fields: Vec<String>,
    values: Vec<String>,
    people: Vec<i64>,
}

impl Keys {
    fn extend<'a>(&mut self, keys: impl Iterator<Item = &'a UserKey>, person: i64) {
        for key in keys {
            self.fields.push(plain(&key.field));
            self.values.push(plain(&key.value));
            self.people.push(person);
        }
    }

    fn fly(self, flight: &mut Flight, organisation: i64, sql: &'static str) {
        if !self.people.is_empty() {
            let rows = params![organisation, self.fields, self.values, self.people];
            flight.add(sql, rows);
        }
    }
}

/// The number a user's state is stored under.
pub(super) const fn state(state: UserState) -> i64 {
    match state {
        UserState::Active => 0,
        UserState::Awaiting => 1,
        UserState::Inactive => 2,
    }
}
