//! How the map says things.

use domain::time::{Interval, Zone, civil};
use engine::{Place, PlaceState, Seen};
use jiff::Timestamp;

use super::Shown;

/// The name of a state as a class and as data.
pub const fn class(state: PlaceState) -> &'static str {
    match state {
        PlaceState::Free => "free",
        PlaceState::Taken => "taken",
        PlaceState::Waiting => "waiting",
        PlaceState::Closed => "closed",
    }
}

/// A state in words.
pub const fn state(state: PlaceState) -> &'static str {
    match state {
        PlaceState::Free => "free",
        PlaceState::Taken => "taken",
        PlaceState::Waiting => "booked, not checked in",
        PlaceState::Closed => "not bookable",
    }
}

/// A state as a mark that tells it without colour.
pub const fn glyph(state: PlaceState) -> &'static str {
    match state {
        PlaceState::Free => "✓",
        PlaceState::Taken => "✕",
        PlaceState::Waiting => "?",
        PlaceState::Closed => "–",
    }
}

/// The time of day on a zone's clock.
pub fn clock(at: Timestamp, zone: &Zone) -> String {
    let shown = civil(at, zone).0;
    format!("{:02}:{:02}", shown.hour(), shown.minute())
}

/// From when to when, with the dates where they are not today's.
pub fn times(interval: &Interval, now: Timestamp, zone: &Zone) -> String {
    let today = civil(now, zone).0.date();
    let moment = |at| {
        let date = civil(at, zone).0.date();
        if date == today {
            clock(at, zone)
        } else {
            format!("{} {}", date.strftime("%-d %b %Y"), clock(at, zone))
        }
    };
    let start = moment(interval.start());
    match interval.end() {
        Some(end) => format!("{start}–{}", moment(end)),
        None => format!("from {start} on"),
    }
}

/// Whose booking it is, as far as the viewer may know; otherwise what else may be told.
pub fn whose(seen: &Seen) -> String {
    let name = seen.owner.as_ref().map(engine::Person::name);
    let title = seen.booking.details.title.as_deref();
    let known = [name.as_deref(), title];
    let known: Vec<&str> = known
        .into_iter()
        .flatten()
        .filter(|text| !text.is_empty())
        .collect();
    if known.is_empty() {
        "booked".to_owned()
    } else {
        known.join(", ")
    }
}

impl Shown {
    /// The booking that has the place now, if the viewer may know of it.
    pub fn present<'a>(&'a self, place: &Place) -> Option<&'a Seen> {
        let bookings = place.bookings.iter();
        let mut seen = bookings.filter_map(|id| self.floor.bookings.get(id));
        seen.find(|seen| seen.booking.interval.contains(self.now))
    }

    /// Until when the place stands as it does, and who has it.
    pub fn detail(&self, place: &Place) -> String {
        let by = self.present(place).and_then(|seen| seen.owner.as_ref());
        let by = by.map(|owner| format!("by {}", owner.name()));
        let until = place.until.map(|at| {
            let clock = clock(at, self.zone());
            match place.state {
                PlaceState::Closed => format!("until {clock} at least"),
                _ => format!("until {clock}"),
            }
        });
        let parts: Vec<String> = by.into_iter().chain(until).collect();
        parts.join(" ")
    }

    /// The place in one sentence.
    pub fn label(&self, place: &Place) -> String {
        let booked = if self.is_booked(place.resource.id) {
            "booked place, "
        } else {
            ""
        };
        let (name, state) = (&place.resource.body.name, state(place.state));
        let detail = self.detail(place);
        let space = if detail.is_empty() { "" } else { " " };
        format!("{name}: {booked}{state}{space}{detail}")
    }
}
