//! What is to be written: new rows, changed rows, and those that are gone.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::Timestamp;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{Fate, Known, Mark, Note, Report, Row, Source, SourceFile, SourceUser, flag, ledger};
use crate::booking::{Booking, Claim, Series, State};
use crate::catalog::{Catalog, Object, ObjectKind, StoredObject};
use crate::decide::{BookingChange, Changes, Context, ObjectChange, SeriesChange, UserChange};
use crate::entropy::Entropy;
use crate::ids::{BookingId, OrganisationId, SeriesId};
use crate::people::UserState;
use crate::reference;

/// What is to be written, and what to say about it.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// The rows.
    pub changes: Changes,
    /// The files whose contents are to be stored.
    pub files: Vec<i64>,
    /// The files that are gone.
    pub files_gone: Vec<i64>,
    /// What is remembered of them for the next time.
    pub marks: Vec<Mark>,
    /// What became of everything.
    pub report: Report,
}

/// What becomes of one row.
enum Step {
    /// It is new here.
    Make,
    /// It has changed there, and not here.
    Change,
    /// It is as it was there.
    Same,
    /// It has changed there, but it can not or must not change here.
    Keep(Fate, &'static str),
}

/// Compares what the other system has with what stands here.
///
/// `catalog` is the organisation's as it stands; of a new organisation, one with nothing in it but itself.
///
/// # Errors
/// If something has no JSON form, or what is stored is damaged.
pub fn plan(
    source: Source,
    known: &Known,
    catalog: &Catalog,
    context: &Context,
) -> Result<Plan, serde_json::Error> {
    let planner = Planner {
        known,
        organisation: catalog.id,
        now: context.now,
        entropy: context.entropy.clone(),
        seen: HashSet::new(),
        numbers: HashMap::new(),
        highest: highest(&source, known),
        plan: Plan::default(),
    };
    planner.run(source, catalog)
}

struct Planner<'a> {
    known: &'a Known,
    organisation: OrganisationId,
    now: Timestamp,
    entropy: Entropy,
    seen: HashSet<(Row, i64)>,
    /// Which numbers the bookings and series get here, where it can not be their own.
    numbers: HashMap<(Row, i64), i64>,
    /// The highest number of each kind so far, here and there.
    highest: BTreeMap<Row, i64>,
    plan: Plan,
}

impl Planner<'_> {
    fn run(mut self, mut source: Source, catalog: &Catalog) -> Result<Plan, serde_json::Error> {
        let own = StoredObject {
            kind: ObjectKind::Organisation,
            id: catalog.id.0,
            uuid: catalog.organisation.uuid,
            version: 0,
            body: Some(serde_json::to_string(&source.organisation)?),
        };
        self.object(own);
        for object in std::mem::take(&mut source.objects) {
            self.object(object);
        }
        for user in std::mem::take(&mut source.users) {
            self.user(user)?;
        }
        for series in std::mem::take(&mut source.series) {
            self.series(series)?;
        }
        for booking in std::mem::take(&mut source.bookings) {
            self.booking(booking)?;
        }
        for file in std::mem::take(&mut source.files) {
            self.file(file);
        }
        self.gone();
        self.flag(catalog)?;
        for entry in source
            .ledgers
            .iter_mut()
            .flat_map(|ledger| &mut ledger.entries)
        {
            if let Some(booking) = &mut entry.booking {
                booking.0 = self.number(Row::Booking, booking.0, false);
            }
        }
        ledger::plan(source.ledgers, self.known, self.now, &mut self.plan);
        self.plan.report.notes.sort_unstable();
        Ok(self.plan)
    }

    fn step(&mut self, row: Row, id: i64, fingerprint: &str, here: Option<i64>) -> Step {
        self.seen.insert((row, id));
        self.plan.report.counts.entry(row.name()).or_default().read += 1;
        let mark = self.known.marks.get(&(row, id));
        match (mark, here) {
            (None, None) if self.numbers.contains_key(&(row, id)) => Step::Make,
            (None, None) if self.known.taken.contains(&(row, id)) => {
                Step::Keep(Fate::Left, "its number is taken here")
            }
            (None, None) => Step::Make,
            (None, Some(_)) => Step::Keep(Fate::Left, "its number is taken here"),
            (Some(mark), _) if mark.fingerprint == fingerprint => Step::Same,
            (Some(mark), None) if mark.fingerprint == GONE => Step::Keep(
                Fate::Left,
                "it was gone there once, and was deleted here then",
            ),
            (Some(_), None) => Step::Keep(Fate::Contested, "it was deleted here"),
            (Some(mark), Some(version)) if mark.version == version => Step::Change,
            (Some(_), Some(_)) => Step::Keep(Fate::Contested, "it was changed here"),
        }
    }

    fn keep(&mut self, row: Row, id: i64, fate: Fate, why: &str) {
        self.plan.report.notes.push(Note {
            fate,
            table: row.name().into(),
            id,
            detail: why.into(),
        });
    }

    /// The number that a booking or a series has here, or is to have: its own, unless that is taken.
    fn number(&mut self, row: Row, source: i64, taken: bool) -> i64 {
        if let Some(mark) = self.known.marks.get(&(row, source)) {
            return mark.id;
        }
        if let Some(number) = self.numbers.get(&(row, source)) {
            return *number;
        }
        if !taken && !self.known.taken.contains(&(row, source)) {
            return source;
        }
        let last = self.highest.entry(row).or_default();
        *last += 1;
        let number = *last;
        self.numbers.insert((row, source), number);
        let why = format!("its number is taken here: it is {number}");
        self.keep(row, source, Fate::Adapted, &why);
        number
    }

    fn mark(&mut self, row: Row, source: i64, version: i64, fingerprint: String) {
        let count = self.plan.report.counts.entry(row.name()).or_default();
        if version == 1 {
            count.new += 1;
        } else {
            count.changed += 1;
        }
        self.plan.marks.push(Mark {
            row,
            source,
            id: self
                .numbers
                .get(&(row, source))
                .copied()
                .unwrap_or_else(|| {
                    let mark = self.known.marks.get(&(row, source));
                    mark.map_or(source, |mark| mark.id)
                }),
            version,
            fingerprint,
        });
    }

    fn object(&mut self, mut object: StoredObject) {
        let row = Row::Object(object.kind);
        let body = object.body.as_deref().unwrap_or_default();
        let fingerprint = hash(body.as_bytes());
        let stored = self.known.objects.get(&(object.kind, object.id));
        let here = stored.filter(|stored| stored.body.is_some());
        match self.step(row, object.id, &fingerprint, here.map(|here| here.version)) {
            Step::Same => return,
            Step::Keep(fate, why) => return self.keep(row, object.id, fate, why),
            Step::Make if object.kind != ObjectKind::Organisation => {
                object.uuid = self.entropy.uuid(self.now);
            }
            Step::Make => {}
            Step::Change => object.uuid = here.map_or(object.uuid, |here| here.uuid),
        }
        object.version = here.map_or(0, |here| here.version) + 1;
        self.mark(row, object.id, object.version, fingerprint);
        self.plan.changes.objects.push(ObjectChange {
            before: here.cloned(),
            after: object,
        });
    }

    fn user(&mut self, user: SourceUser) -> Result<(), serde_json::Error> {
        let id = user.id.0;
        let fingerprint = print(&user.user)?;
        let password = user.password_hash.as_deref().unwrap_or_default();
        let password = hash(password.as_bytes());
        let here = self.known.users.get(&id);
        let marked = self.known.marks.get(&(Row::Password, id));
        let new_password = marked.is_none_or(|mark| mark.fingerprint != password);
        let both = format!("{fingerprint}{password}");
        match self.step(Row::User, id, &both, here.map(|here| here.version)) {
            Step::Same => return Ok(()),
            Step::Keep(fate, why) => {
                self.keep(Row::User, id, fate, why);
                return Ok(());
            }
            Step::Make | Step::Change => {}
        }
        let after = Object {
            id,
            uuid: here.map_or_else(|| self.entropy.uuid(self.now), |here| here.uuid),
            version: here.map_or(0, |here| here.version) + 1,
            body: user.user,
        };
        self.mark(Row::User, id, after.version, both);
        if new_password {
            self.plan.marks.push(Mark {
                row: Row::Password,
                source: id,
                id,
                version: 1,
                fingerprint: password,
            });
        }
        let ends = here.is_some() && (new_password || after.body.state != UserState::Active);
        self.plan.changes.users.push(UserChange {
            before: here.cloned(),
            after: Some(after),
            password_hash: user.password_hash.filter(|_| new_password),
            end_sessions: ends,
            renew_calendars: false,
        });
        Ok(())
    }

    fn series(&mut self, mut series: Series) -> Result<(), serde_json::Error> {
        let id = series.id.0;
        let fingerprint = print(&series)?;
        let known = self.known;
        let number = self.number(Row::Series, id, known.series.contains_key(&id));
        series.id = SeriesId(number);
        let here = known.series.get(&number);
        match self.step(Row::Series, id, &fingerprint, here.map(|here| here.version)) {
            Step::Same => return Ok(()),
            Step::Keep(fate, why) => {
                self.keep(Row::Series, id, fate, why);
                return Ok(());
            }
            Step::Make | Step::Change => {}
        }
        series.uuid = here.map_or_else(|| self.entropy.uuid(self.now), |here| here.uuid);
        series.version = here.map_or(0, |here| here.version) + 1;
        series.organisation = self.organisation;
        self.mark(Row::Series, id, series.version, fingerprint);
        self.plan.changes.series.push(SeriesChange {
            before: here.cloned(),
            after: series,
        });
        Ok(())
    }

    fn booking(&mut self, mut booking: Booking) -> Result<(), serde_json::Error> {
        let id = booking.id.0;
        let fingerprint = print(&booking)?;
        let known = self.known;
        let number = self.number(Row::Booking, id, known.bookings.contains_key(&id));
        booking.id = BookingId(number);
        if let Some(series) = &mut booking.series {
            series.0 = self.number(Row::Series, series.0, false);
        }
        let here = known.bookings.get(&number);
        let row = Row::Booking;
        match self.step(row, id, &fingerprint, here.map(|here| here.version)) {
            Step::Same => return Ok(()),
            Step::Keep(fate, why) => {
                self.keep(row, id, fate, why);
                return Ok(());
            }
            Step::Make | Step::Change => {}
        }
        booking.uuid = here.map_or_else(|| self.entropy.uuid(self.now), |here| here.uuid);
        booking.version = here.map_or(0, |here| here.version) + 1;
        booking.organisation = self.organisation;
        if booking.reference.is_empty() {
            booking.reference = match here {
                Some(here) => here.reference.clone(),
                None => reference::make(self.entropy.draw(), booking.id),
            };
        }
        self.mark(row, id, booking.version, fingerprint);
        self.plan.changes.bookings.push(BookingChange {
            event: match here {
                None => "booking.created",
                Some(here) if here.state.is_open() && booking.state == State::Cancelled => {
                    "booking.cancelled"
                }
                Some(_) => "booking.changed",
            },
            before: here.cloned(),
            after: booking,
        });
        Ok(())
    }

    fn file(&mut self, file: SourceFile) {
        let Some(fingerprint) = file.fingerprint else {
            self.seen.insert((Row::Attachment, file.id));
            return;
        };
        let mark = self.known.marks.get(&(Row::Attachment, file.id));
        let here = mark.map(|mark| mark.version);
        match self.step(Row::Attachment, file.id, &fingerprint, here) {
            Step::Same => {}
            Step::Keep(fate, why) => self.keep(Row::Attachment, file.id, fate, why),
            Step::Make | Step::Change => {
                let version = here.unwrap_or(0) + 1;
                self.mark(Row::Attachment, file.id, version, fingerprint);
                self.plan.files.push(file.id);
            }
        }
    }

    /// What was taken over before and is gone there now.
    fn gone(&mut self) {
        let mut gone: Vec<&Mark> = self
            .known
            .marks
            .values()
            .filter(|mark| !self.seen.contains(&(mark.row, mark.source)))
            .filter(|mark| mark.fingerprint != GONE)
            .collect();
        gone.sort_unstable_by_key(|mark| (mark.row, mark.source));
        for mark in gone {
            let removed = match mark.row {
                Row::Booking => self.booking_gone(mark),
                Row::Object(kind) => self.object_gone(kind, mark),
                Row::User => self.user_gone(mark),
                Row::Attachment => {
                    self.plan.files_gone.push(mark.id);
                    Some(mark.version + 1)
                }
                Row::Password | Row::Series | Row::Credits => continue,
            };
            if let Some(version) = removed {
                let count = self.plan.report.counts.entry(mark.row.name()).or_default();
                count.removed += 1;
                self.plan.marks.push(Mark {
                    version,
                    fingerprint: GONE.into(),
                    ..mark.clone()
                });
            }
        }
    }

    /// A booking that is gone there is cancelled here, unless it was changed here or is over.
    fn booking_gone(&mut self, mark: &Mark) -> Option<i64> {
        let here = self.known.bookings.get(&mark.id)?;
        if !here.state.is_open() || here.is_over(self.now) {
            return None;
        }
        if here.version != mark.version {
            self.contested(mark);
            return None;
        }
        let mut after = here.clone();
        after.version += 1;
        after.state = State::Cancelled;
        after.updated_at = self.now;
        let version = after.version;
        self.plan.changes.bookings.push(BookingChange {
            event: "booking.cancelled",
            before: Some(here.clone()),
            after,
        });
        Some(version)
    }

    fn object_gone(&mut self, kind: ObjectKind, mark: &Mark) -> Option<i64> {
        let here = self.known.objects.get(&(kind, mark.id))?;
        here.body.as_ref()?;
        if here.version != mark.version {
            self.contested(mark);
            return None;
        }
        let after = StoredObject {
            version: here.version + 1,
            body: None,
            ..here.clone()
        };
        self.plan.changes.objects.push(ObjectChange {
            before: Some(here.clone()),
            after,
        });
        Some(here.version + 1)
    }

    fn user_gone(&mut self, mark: &Mark) -> Option<i64> {
        let here = self.known.users.get(&mark.id)?;
        if here.version != mark.version {
            self.contested(mark);
            return None;
        }
        self.plan.changes.users.push(UserChange {
            before: Some(here.clone()),
            after: None,
            password_hash: None,
            end_sessions: true,
            renew_calendars: false,
        });
        Some(here.version + 1)
    }

    fn contested(&mut self, mark: &Mark) {
        let why = "it was deleted in the other system, and changed here";
        self.keep(mark.row, mark.source, Fate::Contested, why);
    }

    /// Flags what overlaps, beside what stands and stays as it is.
    fn flag(&mut self, catalog: &Catalog) -> Result<(), serde_json::Error> {
        let objects: Vec<StoredObject> = self
            .plan
            .changes
            .objects
            .iter()
            .map(|change| change.after.clone())
            .collect();
        let after = catalog.with(catalog.revision + 1, &objects)?;
        let touched: HashSet<i64> = self
            .plan
            .changes
            .bookings
            .iter()
            .map(|change| change.after.id.0)
            .collect();
        let standing = self
            .known
            .bookings
            .values()
            .filter(|booking| booking.state.occupies() && !touched.contains(&booking.id.0));
        let standing: Vec<Claim> = standing.flat_map(Booking::claims).collect();
        let changes = self.plan.changes.bookings.iter_mut();
        let mut bookings: Vec<&mut Booking> = changes.map(|change| &mut change.after).collect();
        let notes = flag(&mut bookings, &standing, &after);
        self.plan.report.notes.extend(notes);
        Ok(())
    }
}

/// The highest numbers of bookings and series, here and there.
fn highest(source: &Source, known: &Known) -> BTreeMap<Row, i64> {
    let mut highest = source.highest.clone();
    let here = known.bookings.keys().map(|id| (Row::Booking, *id));
    let here = here.chain(known.series.keys().map(|id| (Row::Series, *id)));
    for (row, id) in here.chain(known.taken.iter().copied()) {
        let last = highest.entry(row).or_insert(id);
        *last = id.max(*last);
    }
    highest
}

/// The fingerprint of what is no longer there.
const GONE: &str = "gone";

fn hash(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    let number = digest
        .iter()
        .take(16)
        .fold(0, |sum: u128, byte| sum << 8 | u128::from(*byte));
    format!("{number:032x}")
}

fn print<T: Serialize>(value: &T) -> Result<String, serde_json::Error> {
    Ok(hash(&serde_json::to_vec(value)?))
}
