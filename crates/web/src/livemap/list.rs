//! The places as a table: the map's twin, with the same states in words, and what its cards are made of.

use domain::time::{civil, day_bounds};
use engine::Place;
use maud::{Markup, html};

use super::Shown;
use super::words;

/// Minutes of a day, the width of its bar.
const DAY: f64 = 1440.0;

/// The table.
pub fn table(shown: &Shown) -> Markup {
    html! {
        table {
            caption { "Places, and how they stand now" }
            thead {
                tr {
                    th scope="col" { "Place" }
                    th scope="col" { "Now" }
                    th scope="col" { "Today" }
                }
            }
            tbody {
                @for place in &shown.floor.places {
                    tr #{ "place-" (place.resource.id) } .booked[shown.is_booked(place.resource.id)] {
                        (cells(shown, place))
                    }
                }
            }
        }
    }
}

/// The cells of a place.
pub fn cells(shown: &Shown, place: &Place) -> Markup {
    let detail = shown.detail(place);
    html! {
        th scope="row" {
            (place.resource.body.name)
            @if shown.is_booked(place.resource.id) { " " span .tag { "this booking" } }
        }
        td {
            (chip(place))
            @if !detail.is_empty() { " " span .detail { (detail) } }
        }
        td { (day(shown, place)) }
    }
}

fn chip(place: &Place) -> Markup {
    html! {
        span class=(format!("chip {}", words::class(place.state))) {
            span aria-hidden="true" { (words::glyph(place.state)) " " }
            (words::state(place.state))
        }
    }
}

/// The day's bookings: as a bar, and in words.
fn day(shown: &Shown, place: &Place) -> Markup {
    let zone = shown.zone();
    let bookings = place.bookings.iter();
    let seen: Vec<_> = bookings
        .filter_map(|id| shown.floor.bookings.get(id))
        .collect();
    let day = day_bounds(civil(shown.now, zone).0.date(), zone);
    let minutes = |at: jiff::Timestamp| {
        let start = day.map_or(at, |day| day.start());
        (at.duration_since(start).as_secs_f64() / 60.0)
            .clamp(0.0, DAY)
            .round()
    };
    html! {
        svg .bar viewBox="0 0 1440 60" preserveAspectRatio="none" aria-hidden="true" {
            @for one in &seen {
                @let from = minutes(one.booking.interval.start());
                @let to = one.booking.interval.end().map_or(DAY, minutes);
                rect x=(from) width=((to - from).max(6.0)) y="0" height="60" {}
            }
            rect .now x=(minutes(shown.now)) width="6" y="0" height="60" {}
        }
        @if seen.is_empty() {
            span .none { "no bookings" }
        } @else {
            ul {
                @for one in &seen {
                    li {
                        span .times { (words::times(&one.booking.interval, shown.now, zone)) }
                        " " (words::whose(one))
                    }
                }
            }
        }
    }
}
