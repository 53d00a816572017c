//! The places as shapes over the floor plan, in its own units.

use domain::catalog::{FloorPlan, Shape};
use engine::{Place, PlaceState};
use maud::{Markup, html};

use super::Shown;
use super::words;

/// The sizes of marks on a plan: a fraction of its longer side, so that they look the same on each.
struct Sizes {
    unit: f64,
}

/// The drawing with the places over it.
pub fn drawing(shown: &Shown, plan: &FloorPlan, image: &str) -> Markup {
    let sizes = Sizes {
        unit: plan.width.max(plan.height) / 160.0,
    };
    let name = &shown.asked.area.body.name;
    let places = &shown.floor.places;
    html! {
        svg #map viewBox=(format!("0 0 {} {}", plan.width, plan.height)) preserveAspectRatio="xMidYMid meet"
            role="group" aria-label=(format!("Floor plan: {name}")) {
            defs { (weaves(&sizes)) }
            image .plan href=(image) width=(plan.width) height=(plan.height) preserveAspectRatio="none"
                aria-hidden="true" {}
            // The booked places come last, so that none lies over their marks.
            @for place in places.iter().filter(|place| !shown.is_booked(place.resource.id)) {
                (one(shown, place, &sizes))
            }
            @for place in places.iter().filter(|place| shown.is_booked(place.resource.id)) {
                (one(shown, place, &sizes))
            }
        }
    }
}

/// What the shapes are filled with beside their colours, so that nobody has to tell these apart.
fn weaves(sizes: &Sizes) -> Markup {
    let side = sizes.unit * 2.4;
    let (half, dot) = (side / 2.0, side / 5.0);
    html! {
        pattern #weave-taken width=(side) height=(side) patternUnits="userSpaceOnUse" patternTransform="rotate(45)" {
            rect .ink width=(side / 3.0) height=(side) {}
        }
        pattern #weave-waiting width=(side) height=(side) patternUnits="userSpaceOnUse" {
            circle .ink cx=(half) cy=(half) r=(dot) {}
        }
        pattern #weave-closed width=(side) height=(side) patternUnits="userSpaceOnUse" patternTransform="rotate(45)" {
            rect .ink width=(side / 8.0) height=(side) {}
            rect .ink width=(side) height=(side / 8.0) {}
        }
    }
}

/// The value of `fill` for a state's weave.
pub fn weave(state: PlaceState) -> String {
    match state {
        PlaceState::Free => "none".to_owned(),
        other => format!("url(#weave-{})", words::class(other)),
    }
}

fn one(shown: &Shown, place: &Place, sizes: &Sizes) -> Markup {
    let Some(shape) = &place.resource.body.shape else {
        return html! {};
    };
    let (id, name) = (place.resource.id, &place.resource.body.name);
    let Shape {
        x,
        y,
        width,
        height,
        rotation,
    } = *shape;
    let (center, middle) = (x + width / 2.0, y + height / 2.0);
    let turn = (rotation != 0.0).then(|| format!("rotate({rotation} {center} {middle})"));
    let letters = f64::from(u32::try_from(name.chars().count().max(1)).unwrap_or(1));
    let mark = (height * 0.46).min(width * 0.4).min(sizes.unit * 5.0);
    let small = (width * 0.92 / (letters * 0.56))
        .min(height * 0.3)
        .min(sizes.unit * 2.6);
    let booked = shown.is_booked(id);
    let class = format!(
        "place {}{}",
        words::class(place.state),
        if booked { " booked" } else { "" }
    );
    html! {
        a class=(class) href=(format!("#place-{id}")) data-place=(id) aria-label=(shown.label(place))
            transform=[turn] {
            title { (shown.label(place)) }
            @if booked { (ring(shape, sizes)) }
            rect .base x=(x) y=(y) width=(width) height=(height) rx=(sizes.unit / 2.0) {}
            rect .weave x=(x) y=(y) width=(width) height=(height) rx=(sizes.unit / 2.0)
                fill=(weave(place.state)) {}
            text .glyph x=(center) y=(middle - mark * 0.02) font-size=(mark) aria-hidden="true" {
                (words::glyph(place.state))
            }
            text .name x=(center) y=(middle + mark * 0.5 + small * 0.62) font-size=(small) aria-hidden="true" {
                (name)
            }
            @if booked { (pin(center, y, sizes)) }
        }
    }
}

/// What surrounds the booked place.
fn ring(shape: &Shape, sizes: &Sizes) -> Markup {
    let gap = sizes.unit * 0.9;
    html! {
        rect .ring x=(shape.x - gap) y=(shape.y - gap) width=(shape.width + 2.0 * gap)
            height=(shape.height + 2.0 * gap) rx=(gap) stroke-width=(sizes.unit * 0.6) {}
    }
}

/// What stands over the booked place, its point on the upper edge.
fn pin(x: f64, y: f64, sizes: &Sizes) -> Markup {
    let u = sizes.unit * 1.6;
    let path = format!(
        "M{x} {y}C{} {} {} {} {} {}A{u} {u} 0 1 1 {} {}C{} {} {} {} {x} {y}Z",
        x - u * 0.3,
        y - u * 0.8,
        x - u,
        y - u * 1.1,
        x - u,
        y - u * 2.0,
        x + u,
        y - u * 2.0,
        x + u,
        y - u * 1.1,
        x + u * 0.3,
        y - u * 0.8,
    );
    html! {
        path .pin d=(path) stroke-width=(sizes.unit * 0.3) {}
        circle .hole cx=(x) cy=(y - u * 2.0) r=(u * 0.4) {}
    }
}
