//! Many bookings, written straight into the server's database while it is stopped.
//!
//! A booking that the server itself has made is the pattern: whatever columns the store writes, these rows have too,
//! with the places and times changed.

use anyhow::Context as _;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use crate::numbers::Dice;

/// The title of the booking that is the pattern.
pub const PATTERN: &str = "Bench pattern";
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// A row to be written again and again, with some of its values changed.
struct Row {
    table: &'static str,
    sql: String,
    columns: Vec<String>,
    values: Vec<Value>,
}

impl Row {
    fn read(
        connection: &Connection,
        table: &'static str,
        condition: &str,
        key: i64,
    ) -> anyhow::Result<Self> {
        let mut statement =
            connection.prepare(&format!("SELECT * FROM {table} WHERE {condition}"))?;
        let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
        let values = statement
            .query_row([key], |row| {
                (0..columns.len()).map(|index| row.get(index)).collect()
            })
            .with_context(|| format!("the pattern's {table}"))?;
        let names: Vec<String> = columns.iter().map(|c| format!("\"{c}\"")).collect();
        let (names, marks) = (names.join(","), vec!["?"; columns.len()].join(","));
        Ok(Self {
            table,
            sql: format!("INSERT INTO {table} ({names}) VALUES ({marks})"),
            columns,
            values,
        })
    }

    /// Where these columns are.
    fn places<const N: usize>(&self, names: [&str; N]) -> anyhow::Result<[usize; N]> {
        let mut places = [0; N];
        for (place, name) in places.iter_mut().zip(names) {
            let found = self.columns.iter().position(|column| column == name);
            *place = found.with_context(|| format!("{} has no {name}", self.table))?;
        }
        Ok(places)
    }

    fn write(&self, connection: &Connection) -> anyhow::Result<()> {
        let mut statement = connection.prepare_cached(&self.sql)?;
        statement.execute(params_from_iter(&self.values))?;
        Ok(())
    }
}

/// Writes bookings after the pattern.
pub struct Stock {
    booking: Row,
    claim: Row,
    journal: Row,
    booking_places: [usize; 9],
    claim_places: [usize; 4],
    journal_places: [usize; 2],
    resource: i64,
    details: String,
    zone: TimeZone,
    next: i64,
    milliseconds: i64,
    dice: Dice,
}

impl Stock {
    /// After the pattern in a database.
    pub fn new(connection: &Connection) -> anyhow::Result<Self> {
        let (id, details): (i64, String) = connection.query_row(
            "SELECT id, details FROM booking WHERE details ->> 'title' = ?1",
            [PATTERN],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        let next = connection.query_row(
            "SELECT last + 1 FROM counter WHERE kind = 'booking'",
            (),
            |row| row.get(0),
        )?;
        let booking = Row::read(connection, "booking", "id = ?1", id)?;
        let claim = Row::read(connection, "claim", "booking = ?1", id)?;
        let mut journal = Row::read(
            connection,
            "journal",
            "subject = ?1 AND event = 'booking.created'",
            id,
        )?;
        let zone: String =
            connection.query_row("SELECT zone FROM booking WHERE id = ?1", [id], |row| {
                row.get(0)
            })?;
        let milliseconds: i64 = connection.query_row(
            "SELECT created_at / 1000 FROM booking WHERE id = ?1",
            [id],
            |row| row.get(0),
        )?;
        let item: i64 =
            connection.query_row("SELECT item FROM claim WHERE booking = ?1", [id], |row| {
                row.get(0)
            })?;
        let journal_places = journal.places(["position", "subject"])?;
        journal.values[journal_places[0]] = Value::Null;
        Ok(Self {
            booking_places: booking.places([
                "id",
                "uuid",
                "reference",
                "start",
                "end",
                "civil_start",
                "civil_end",
                "folds",
                "details",
            ])?,
            claim_places: claim.places(["item", "start", "booking", "end"])?,
            journal_places,
            booking,
            claim,
            journal,
            resource: item / 2,
            details,
            zone: TimeZone::get(&zone)?,
            next,
            milliseconds,
            dice: Dice::new(42),
        })
    }

    /// Writes a booking of a resource: as the store does, into all three tables.
    pub fn write(
        &mut self,
        connection: &Connection,
        resource: i64,
        start: Timestamp,
        end: Timestamp,
    ) -> anyhow::Result<()> {
        let id = self.next;
        self.next += 1;
        let (from, until) = (start.as_microsecond(), end.as_microsecond());
        let ((civil_start, fold_start), (civil_end, fold_end)) =
            (self.civil(start), self.civil(end));
        let details = self.details.replace(
            &format!("\"resource\":{},", self.resource),
            &format!("\"resource\":{resource},"),
        );
        let (uuid, reference) = (self.uuid(id), self.reference(id));
        let values = [
            Value::Integer(id),
            Value::Blob(uuid),
            Value::Text(reference),
            Value::Integer(from),
            Value::Integer(until),
            Value::Text(civil_start),
            Value::Text(civil_end),
            Value::Integer(fold_start + 2 * fold_end),
            Value::Text(details),
        ];
        for (place, value) in self.booking_places.into_iter().zip(values) {
            self.booking.values[place] = value;
        }
        self.booking.write(connection)?;
        for (place, value) in self
            .claim_places
            .into_iter()
            .zip([resource * 2, from, id, until])
        {
            self.claim.values[place] = Value::Integer(value);
        }
        self.claim.write(connection)?;
        self.journal.values[self.journal_places[1]] = Value::Integer(id);
        self.journal.write(connection)
    }

    /// Lets the server go on with the ids after those written here.
    pub fn finish(&self, connection: &Connection) -> anyhow::Result<()> {
        let sql = "UPDATE counter SET last = ?1 WHERE kind = 'booking'";
        connection.execute(sql, [self.next - 1])?;
        Ok(())
    }

    fn civil(&self, at: Timestamp) -> (String, i64) {
        let civil = self.zone.to_datetime(at);
        let first = self.zone.to_timestamp(civil);
        let fold = first.is_ok_and(|first| first != at);
        (civil.to_string(), i64::from(fold))
    }

    /// A UUID of version 7, a millisecond after the one before.
    fn uuid(&mut self, id: i64) -> Vec<u8> {
        let time = u128::try_from(self.milliseconds + id).unwrap_or_default() << 80;
        let random = self.dice.wide() & ((1 << 80) - 1);
        let version = (random & !(0xf << 76)) | (0x7 << 76);
        let variant = (version & !(0x3 << 62)) | (0x2 << 62);
        (time | variant).to_be_bytes().to_vec()
    }

    fn reference(&mut self, id: i64) -> String {
        let mut bits = self.dice.wide();
        let mut text = String::with_capacity(36);
        for _ in 0..26 {
            text.push(char::from(ALPHABET[(bits & 31) as usize]));
            bits >>= 5;
        }
        text + &id.to_string()
    }
}
