//! Bookings and claims as rows, the same for both databases.

use domain::booking::{Booking, Claim, Details, Holding, Item, State};
use domain::decide::TokenKind;
use domain::ids::{BookingId, OrganisationId, SeriesId, UserId};
use domain::money::{Charge, Pot};
use domain::people::Door;
use domain::time::{CivilSpan, Interval, Zone, from_micros, micros};
use jiff::Timestamp;
use jiff::civil;
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::StoreError;
use crate::classes::{self, FOREVER};

/// A booking as a row.
pub struct BookingRow {
    pub id: i64,
    pub organisation: i64,
    pub uuid: Uuid,
    pub reference: String,
    pub version: i64,
    pub state: String,
    pub start: i64,
    pub end: i64,
    pub owner: i64,
    pub created_by: i64,
    pub series: Option<i64>,
    pub civil_start: String,
    pub civil_end: Option<String>,
    pub zone: String,
    pub folds: i64,
    pub occurrence: Option<String>,
    pub created_at: i64,
    pub updated_at: i64,
    pub details: String,
}

/// The columns of [`BookingRow`], in order.
pub const BOOKING_COLUMNS: &str = "b.id, b.organisation, b.uuid, b.reference, b.version, b.state, b.start, b.\"end\", \
     b.owner, b.created_by, b.series, b.civil_start, b.civil_end, b.zone, b.folds, b.occurrence, b.created_at, \
     b.updated_at, b.details";

/// The instant of so many microseconds.
pub fn instant(value: i64) -> Result<Timestamp, StoreError> {
    from_micros(value).ok_or_else(|| StoreError::corrupt(format!("{value} is no instant")))
}

/// The door of a stored name.
pub fn door(name: &str) -> Result<Door, StoreError> {
    Door::from_name(name).ok_or_else(|| StoreError::corrupt(format!("{name} is no door")))
}

/// The kind of token of a stored name.
pub fn token_kind(name: &str) -> Result<TokenKind, StoreError> {
    TokenKind::from_name(name)
        .ok_or_else(|| StoreError::corrupt(format!("{name} is no kind of token")))
}

fn interval(start: i64, end: i64) -> Result<Interval, StoreError> {
    let end = if end >= FOREVER {
        None
    } else {
        Some(instant(end)?)
    };
    Interval::new(instant(start)?, end).map_err(|_| StoreError::corrupt("an empty interval"))
}

impl BookingRow {
    /// The row of a booking.
    pub fn encode(booking: &Booking) -> Result<Self, StoreError> {
        let (start, end) = classes::bounds(&booking.interval);
        let (folds_start, folds_end) = booking.civil.folds();
        Ok(Self {
            id: booking.id.0,
            organisation: booking.organisation.0,
            uuid: booking.uuid,
            reference: booking.reference.clone(),
            version: booking.version,
            state: booking.state.name().to_owned(),
            start,
            end,
            owner: booking.owner.0,
            created_by: booking.created_by.0,
            series: booking.series.map(i64::from),
            civil_start: booking.civil.start().to_string(),
            civil_end: booking.civil.end().map(|end| end.to_string()),
            zone: booking.civil.zone().name().to_owned(),
            folds: i64::from(folds_start) + 2 * i64::from(folds_end),
            occurrence: booking.occurrence.map(|occurrence| occurrence.to_string()),
            created_at: micros(booking.created_at),
            updated_at: micros(booking.updated_at),
            details: serde_json::to_string(&booking.details).map_err(StoreError::corrupt)?,
        })
    }

    /// The booking of the row.
    pub fn decode(self) -> Result<Booking, StoreError> {
        let civil = |text: &str| text.parse::<civil::DateTime>().map_err(StoreError::corrupt);
        let zone = Zone::parse(&self.zone).map_err(StoreError::corrupt)?;
        let end = self.civil_end.as_deref().map(civil).transpose()?;
        Ok(Booking {
            id: BookingId(self.id),
            uuid: self.uuid,
            reference: self.reference,
            organisation: OrganisationId(self.organisation),
            version: self.version,
            state: State::from_name(&self.state)
                .ok_or_else(|| StoreError::corrupt("an unknown state"))?,
            owner: UserId(self.owner),
            created_by: UserId(self.created_by),
            interval: interval(self.start, self.end)?,
            civil: CivilSpan::with_folds(
                civil(&self.civil_start)?,
                end,
                zone,
                (self.folds & 1 != 0, self.folds & 2 != 0),
            ),
            series: self.series.map(SeriesId),
            occurrence: self.occurrence.as_deref().map(civil).transpose()?,
            created_at: instant(self.created_at)?,
            updated_at: instant(self.updated_at)?,
            details: serde_json::from_str(&self.details).map_err(StoreError::corrupt)?,
        })
    }

    /// Its duration class.
    pub fn class(&self) -> i64 {
        class(self.start, self.end)
    }
}

fn class(start: i64, end: i64) -> i64 {
    let span = if end >= FOREVER { FOREVER } else { end - start };
    i64::try_from(classes::of_span(span)).unwrap_or_default()
}

/// A claim as a row: its booking's own time, with the buffers beside it.
pub struct ClaimRow {
    pub item: i64,
    pub class: i64,
    pub start: i64,
    pub booking: i64,
    pub end: i64,
    pub before: i64,
    pub after: i64,
    pub units: i64,
    pub exclusive: bool,
    pub legacy: bool,
}

impl ClaimRow {
    /// The rows of a booking's claims. The class is that of the whole time they occupy.
    pub fn of(booking: &Booking) -> Vec<Self> {
        let (start, end) = classes::bounds(&booking.interval);
        let row = |claim: Claim| {
            let (from, to) = classes::bounds(&claim.occupied);
            Self {
                item: item_key(claim.item),
                class: class(from, to),
                start,
                booking: booking.id.0,
                end,
                before: start - from,
                after: if end >= FOREVER { 0 } else { to - end },
                units: claim.units.into(),
                exclusive: claim.exclusive,
                legacy: claim.legacy,
            }
        };
        booking.claims().into_iter().map(row).collect()
    }

    /// The claim of the row.
    pub fn decode(&self) -> Result<Claim, StoreError> {
        let end = if self.end >= FOREVER {
            FOREVER
        } else {
            self.end + self.after
        };
        Ok(Claim {
            item: item_of(self.item),
            booking: BookingId(self.booking),
            core: interval(self.start, self.end)?,
            occupied: interval(self.start - self.before, end)?,
            units: u32::try_from(self.units).map_err(StoreError::corrupt)?,
            exclusive: self.exclusive,
            legacy: self.legacy,
        })
    }
}

/// The number an item is stored under.
pub fn item_key(item: Item) -> i64 {
    match item {
        Item::Resource(id) => id.0 * 2,
        Item::Accessory(id) => id.0 * 2 + 1,
    }
}

/// The item that is stored under this number.
pub fn item_of(key: i64) -> Item {
    if key % 2 == 0 {
        Item::Resource((key / 2).into())
    } else {
        Item::Accessory((key / 2).into())
    }
}

/// What a person holds, out of the columns of a booking.
pub fn holding(
    id: i64,
    owner: UserId,
    start: i64,
    end: i64,
    details: &str,
) -> Result<Holding, StoreError> {
    let details: Details = serde_json::from_str(details).map_err(StoreError::corrupt)?;
    Ok(Holding {
        booking: BookingId(id),
        owner,
        interval: interval(start, end)?,
        resources: details
            .resources
            .iter()
            .map(|booked| booked.resource)
            .collect(),
        price: details.price,
    })
}

/// A pot as it is stored; empty for none.
pub fn pot_key(pot: Option<&Pot>) -> Result<String, StoreError> {
    pot.map_or(Ok(String::new()), |pot| {
        serde_json::to_string(pot).map_err(StoreError::corrupt)
    })
}

/// The pot that is stored so, with its balance.
pub fn pot(key: &str, balance: &str) -> Result<(Pot, Decimal), StoreError> {
    let pot = serde_json::from_str(key).map_err(StoreError::corrupt)?;
    Ok((pot, balance.parse().map_err(StoreError::corrupt)?))
}

/// A charge as it is stored.
pub fn charge_body(charge: &Charge) -> Result<String, StoreError> {
    serde_json::to_string(charge).map_err(StoreError::corrupt)
}
