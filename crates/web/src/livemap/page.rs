//! The page around map and list.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use engine::PlaceState;
use maud::{Markup, html};
use sha2::{Digest, Sha256};

use super::Shown;
use super::{list, shapes, words};
use crate::viewer::Way;
use crate::{assets, layout, login};

/// The page as an answer. What was opened by a link has it in its address, which goes nowhere else.
pub fn answer(shown: &Shown) -> Response {
    let name = &shown.asked.area.body.name;
    let title = format!("Live map: {name}");
    let mut response = layout::page(StatusCode::OK, &title, Some(&assets::MAP), &content(shown));
    if matches!(shown.asked.viewer.way, Way::Link(_)) {
        let value = HeaderValue::from_static("no-referrer");
        response
            .headers_mut()
            .insert(header::REFERRER_POLICY, value);
    }
    response
}

/// The address of something below the page, with the link by which the viewer came.
fn below(shown: &Shown, part: &str) -> String {
    let id = shown.asked.booking.booking.id;
    let query = match &shown.asked.viewer.way {
        Way::Session(_) => String::new(),
        Way::Link(link) => link.query(),
    };
    format!("/livemap/{id}/{part}{query}")
}

/// What tells whether the page still has the right shapes in the right places.
pub fn mark(shown: &Shown) -> String {
    let mut hash = Sha256::new();
    hash.update(shown.asked.area.version.to_be_bytes());
    for place in &shown.floor.places {
        let (body, id) = (&place.resource.body, place.resource.id);
        hash.update(format!("{id} {} {:?}", body.name, body.shape));
    }
    let bytes = hash.finalize();
    let short = bytes.iter().take(8);
    short
        .fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte))
        .to_string()
}

fn content(shown: &Shown) -> Markup {
    let viewer = &shown.asked.viewer;
    let area = &shown.asked.area;
    let site = viewer.catalog.sites.get(area.site.0);
    html! {
        header .top {
            div {
                p .where {
                    @if let Some(site) = site { (site.body.name) " · " }
                    (viewer.catalog.organisation.body.name)
                }
                h1 { (area.body.name) }
                (booking(shown))
            }
            (login::leave(viewer))
        }
        main #content data-events=(below(shown, "events")) data-mark=(mark(shown)) {
            div .bar-line {
                (legend())
                p .live {
                    span #live role="status" { "As of " (words::clock(shown.now, shown.zone())) }
                }
            }
            div .two {
                section .plan-side aria-label="Map" {
                    @if let Some(plan) = &area.body.plan {
                        a .skip href="#list" { "Skip the map: go to the list" }
                        div #tools .tools role="group" aria-label="Zoom" hidden {
                            button type="button" data-zoom="in" aria-label="Zoom in" { "+" }
                            button type="button" data-zoom="out" aria-label="Zoom out" { "−" }
                            button type="button" data-zoom="all" { "Whole floor" }
                            button type="button" data-zoom="booked" { "Booked place" }
                        }
                        (shapes::drawing(shown, plan, &below(shown, "plan")))
                        p #keys .hint hidden { "Arrow keys go from place to place, Enter opens one; + and − zoom." }
                    } @else {
                        p { "There is no floor plan of this area yet. The list has all its places." }
                    }
                }
                section #list .list-side tabindex="0" aria-label="List" { (list::table(shown)) }
            }
            div #told .hidden role="status" {}
            dialog #card aria-labelledby="card-name" {
                div #card-body {}
                form method="dialog" { button .main { "Close" } }
            }
        }
    }
}

fn booking(shown: &Shown) -> Markup {
    let (seen, zone) = (&shown.asked.booking, shown.zone());
    let catalog = &shown.asked.viewer.catalog;
    let names = seen.booking.resource_ids();
    let names: Vec<&str> = names
        .filter_map(|id| catalog.resource(id))
        .map(|resource| resource.body.name.as_str())
        .collect();
    let over = !seen.booking.state.occupies();
    html! {
        p .booking {
            strong { (names.join(", ")) } " "
            (words::times(&seen.booking.interval, shown.now, zone))
            @let whose = words::whose(seen);
            @if whose != "booked" { ", " (whose) }
            @if over { " (no longer booked)" }
        }
    }
}

fn legend() -> Markup {
    let states = [
        PlaceState::Free,
        PlaceState::Taken,
        PlaceState::Waiting,
        PlaceState::Closed,
    ];
    html! {
        ul .legend aria-label="What the marks mean" {
            @for state in states {
                li {
                    span class=(format!("chip {}", words::class(state))) {
                        span aria-hidden="true" { (words::glyph(state)) " " }
                        (words::state(state))
                    }
                }
            }
            li { span .chip.ours { span aria-hidden="true" { "● " } "this booking" } }
        }
    }
}
