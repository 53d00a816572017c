//! What stands on a floor.

use super::DESK;
use super::pen::Pen;

const WOOD: &str = "#e8d9bf";
const SEAT: &str = "#cfd6df";
const STEEL: &str = "#e3e6ea";
const WATER: &str = "#d6e8f2";
const LEAVES: &str = "#b9d8b0";
const CLOTH: &str = "#d9cfe4";

/// A chair, its back to the north or to the south.
fn chair(pen: &mut Pen, x: f64, y: f64, north: bool) {
    pen.round(x, y, 0.24, SEAT);
    let back = if north { y - 0.22 } else { y + 0.22 };
    pen.line((x - 0.2, back), (x + 0.2, back), "#8d96a1", 0.08);
}

/// A desk with its screen and its chair, which stands in the north or in the south.
pub fn desk(pen: &mut Pen, x: f64, y: f64, north: bool) {
    let seat = if north { y - 0.32 } else { y + DESK.1 + 0.32 };
    chair(pen, x + DESK.0 / 2.0, seat, north);
    pen.thing(x, y, DESK.0, DESK.1, WOOD);
    let screen = if north { y + DESK.1 - 0.2 } else { y + 0.12 };
    pen.area(x + 0.5, screen, 0.6, 0.08, "#4b525a");
}

/// A table with chairs along both sides.
pub fn table(pen: &mut Pen, (x, y): (f64, f64), (width, depth): (f64, f64)) {
    let mut seat = x + 0.45;
    while seat < x + width - 0.2 {
        chair(pen, seat, y - 0.3, true);
        chair(pen, seat, y + depth + 0.3, false);
        seat += 0.85;
    }
    pen.thing(x, y, width, depth, WOOD);
}

/// A round table with four stools.
pub fn bistro(pen: &mut Pen, x: f64, y: f64) {
    for (dx, dy) in [(-0.75, 0.0), (0.75, 0.0), (0.0, -0.75), (0.0, 0.75)] {
        pen.round(x + dx, y + dy, 0.2, SEAT);
    }
    pen.round(x, y, 0.5, WOOD);
}

/// A sofa of 2.2 m with its back to the north.
pub fn sofa(pen: &mut Pen, x: f64, y: f64) {
    pen.thing(x, y, 2.2, 0.9, CLOTH);
    pen.hair((x, y + 0.25), (x + 2.2, y + 0.25));
    pen.hair((x + 1.1, y + 0.25), (x + 1.1, y + 0.9));
}

/// A plant in a pot.
pub fn plant(pen: &mut Pen, x: f64, y: f64) {
    for (dx, dy) in [(-0.16, 0.0), (0.16, 0.0), (0.0, -0.16), (0.0, 0.16)] {
        pen.round(x + dx, y + dy, 0.2, LEAVES);
    }
}

/// Lockers of half a metre each, along a wall.
pub fn lockers(pen: &mut Pen, x: f64, y: f64, number: u32) {
    for place in 0..number {
        pen.thing(x + f64::from(place) * 0.5, y, 0.5, 0.45, STEEL);
    }
}

/// Stairs with their landing; the arrow goes up.
pub fn stairs(pen: &mut Pen, (x, y): (f64, f64), (width, depth): (f64, f64)) {
    pen.area(x, y, width, depth, "#eef0f2");
    let steps = 12_u32;
    for step in 0..=steps {
        let at = y + 0.7 + f64::from(step) * (depth - 0.9) / f64::from(steps);
        pen.hair((x, at), (x + width, at));
    }
    let middle = x + width / 2.0;
    pen.line((middle, y + 0.7), (middle, y + depth), "#9aa1aa", 0.08);
    let up = x + width / 4.0;
    pen.add(format_args!(
        "<path d=\"M{up:.2} {:.2}V{:.2}m-0.16 0.25l0.16 -0.25l0.16 0.25\" fill=\"none\" stroke=\"#5b6169\" \
         stroke-width=\"0.06\"/>",
        y + depth - 0.3,
        y + 1.0
    ));
}

/// The cabin of a lift.
pub fn lift(pen: &mut Pen, x: f64, y: f64) {
    pen.thing(x, y, 1.7, 1.7, "#eef0f2");
    pen.hair((x, y), (x + 1.7, y + 1.7));
    pen.hair((x + 1.7, y), (x, y + 1.7));
}

/// A toilet with its basin, in a room of at least 1.4 by 1.8 m.
pub fn toilet(pen: &mut Pen, x: f64, y: f64) {
    pen.thing(x + 0.2, y + 0.1, 0.5, 0.2, STEEL);
    pen.round(x + 0.45, y + 0.52, 0.22, "#ffffff");
    pen.thing(x + 1.0, y + 0.1, 0.45, 0.35, WATER);
}

/// A kitchen counter with sink, hob and fridge along an east wall.
pub fn counter(pen: &mut Pen, x: f64, y: f64, length: f64) {
    pen.thing(x, y, 0.65, length, STEEL);
    pen.thing(x + 0.12, y + 0.35, 0.4, 0.6, WATER);
    for (dx, dy) in [(0.2, 1.4), (0.45, 1.4), (0.2, 1.7), (0.45, 1.7)] {
        pen.round(x + dx, y + dy, 0.1, "#ffffff");
    }
    pen.thing(x, y + length - 0.7, 0.65, 0.7, "#cdd6de");
}

/// A copier with its paper.
pub fn copier(pen: &mut Pen, x: f64, y: f64) {
    pen.thing(x, y, 1.1, 0.7, STEEL);
    pen.area(x + 0.2, y + 0.15, 0.5, 0.35, "#ffffff");
}

/// A car from above, its nose to the north.
pub fn car(pen: &mut Pen, x: f64, y: f64) {
    pen.add(format_args!(
        "<rect x=\"{x:.2}\" y=\"{y:.2}\" width=\"1.8\" height=\"4.3\" rx=\"0.5\" fill=\"none\" stroke=\"#c3c8ce\" \
         stroke-width=\"0.06\"/>"
    ));
}
