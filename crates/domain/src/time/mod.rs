//! stub
use jiff::{SignedDuration, Timestamp, civil};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Interval {
    start: Timestamp,
    end: Option<Timestamp>,
}
#[derive(Debug)]
pub struct EmptyInterval;
impl Interval {
    pub fn new(start: Timestamp, end: Option<Timestamp>) -> Result<Self, EmptyInterval> {
        if end.is_some_and(|e| e <= start) {
            Err(EmptyInterval)
        } else {
            Ok(Self { start, end })
        }
    }
    pub fn start(&self) -> Timestamp {
        self.start
    }
    pub fn end(&self) -> Option<Timestamp> {
        self.end
    }
    pub fn overlaps(&self, o: &Self) -> bool {
        self.end.is_none_or(|e| o.start < e) && o.end.is_none_or(|e| self.start < e)
    }
    pub fn duration(&self) -> Option<SignedDuration> {
        self.end.map(|e| e.duration_since(self.start))
    }
    pub fn widen(&self, before: u64, after: u64) -> Self {
        Self {
            start: self.start - SignedDuration::from_secs(before as i64),
            end: self
                .end
                .map(|e| e + SignedDuration::from_secs(after as i64)),
        }
    }
}
#[derive(Clone, Debug)]
pub struct Zone(jiff::tz::TimeZone);
impl PartialEq for Zone {
    fn eq(&self, o: &Self) -> bool {
        self.name() == o.name()
    }
}
impl Eq for Zone {}
impl Zone {
    pub fn parse(s: &str) -> Result<Self, String> {
        jiff::tz::TimeZoneDatabase::bundled()
            .get(s)
            .map(Zone)
            .map_err(|e| e.to_string())
    }
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }
    pub fn utc() -> Self {
        Zone(jiff::tz::TimeZone::UTC)
    }
    pub fn time_zone(&self) -> &jiff::tz::TimeZone {
        &self.0
    }
    pub fn civil(&self, t: Timestamp) -> (civil::DateTime, Fold) {
        (self.0.to_datetime(t), Fold::First)
    }
}
impl Serialize for Zone {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.name())
    }
}
impl<'de> Deserialize<'de> for Zone {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let s = String::deserialize(d)?;
        Zone::parse(&s).map_err(serde::de::Error::custom)
    }
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fold {
    First,
    Second,
}
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CivilSpan {
    pub start: civil::DateTime,
    pub end: Option<civil::DateTime>,
    pub zone: Zone,
}
#[derive(Debug)]
pub struct CivilError;
impl CivilSpan {
    pub fn of(i: Interval, zone: &Zone) -> Self {
        Self {
            start: zone.civil(i.start()).0,
            end: i.end().map(|e| zone.civil(e).0),
            zone: zone.clone(),
        }
    }
    pub fn at(
        start: civil::DateTime,
        end: Option<civil::DateTime>,
        zone: &Zone,
    ) -> Result<Self, CivilError> {
        Ok(Self {
            start,
            end,
            zone: zone.clone(),
        })
    }
    pub fn interval(&self) -> Result<Interval, CivilError> {
        let r = |d: civil::DateTime| self.zone.0.to_timestamp(d).map_err(|_| CivilError);
        Interval::new(r(self.start)?, self.end.map(r).transpose()?).map_err(|_| CivilError)
    }
}
pub fn micros(t: Timestamp) -> i64 {
    t.as_microsecond()
}
pub fn from_micros(m: i64) -> Option<Timestamp> {
    Timestamp::from_microsecond(m).ok()
}
pub fn in_supported_range(t: Timestamp) -> bool {
    t.as_second() >= 0 && t.as_second() < 7_258_118_400
}

impl CivilSpan {
    pub fn folds(&self) -> (bool, bool) {
        (false, false)
    }
    pub fn with_folds(
        start: civil::DateTime,
        end: Option<civil::DateTime>,
        zone: Zone,
        _f: (bool, bool),
    ) -> Self {
        Self { start, end, zone }
    }
}
pub fn tzdb_version() -> &'static str {
    "2026f"
}
pub const EARLIEST: Timestamp = Timestamp::UNIX_EPOCH;
pub const LATEST: Timestamp = Timestamp::constant(7_258_118_400, 0);
