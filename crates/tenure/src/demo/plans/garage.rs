//! A garage: two rows of parking places, a lane between them, a gate in the west, stairs and stores in the east.

use super::furniture::{car, lift, stairs};
use super::pen::{MARGIN, OUTER, Pen, WALL};
use super::{BAY, Drawn, count, shape};

/// How wide the lane is.
const LANE: f64 = 6.0;
/// How wide stairs, lift and stores are together.
const CORE: f64 = 6.0;
const CONCRETE: &str = "#dfe1e3";
const PAINT: &str = "#ffffff";

/// Draws a garage.
pub fn garage(places: usize, shelves: usize) -> Drawn {
    let columns = places.div_ceil(2);
    let inside = MARGIN + OUTER;
    let width = count(columns) * BAY.0 + CORE + 1.0 + 2.0 * inside;
    let height = 2.0 * BAY.1 + LANE + 2.0 * inside;
    let mut pen = Pen::new(width, height);
    let (lane, core) = (height / 2.0, width - inside - CORE);
    pen.area(
        inside,
        inside,
        width - 2.0 * inside,
        height - 2.0 * inside,
        CONCRETE,
    );
    let mut shapes = Vec::new();
    for place in 0..places {
        let (column, south) = (place % columns, place >= columns);
        let x = inside + 0.4 + count(column) * BAY.0;
        let y = if south {
            height - inside - BAY.1
        } else {
            inside
        };
        for edge in [x, x + BAY.0] {
            pen.line((edge, y + 0.1), (edge, y + BAY.1 - 0.1), PAINT, 0.12);
        }
        if place % 3 == 0 {
            car(&mut pen, x + 0.35, y + 0.35);
        }
        if column % 3 == 0 {
            let pillar = if south { y - 0.25 } else { y + BAY.1 - 0.25 };
            pen.area(x - 0.25, pillar, 0.5, 0.5, WALL);
        }
        shapes.push(shape(x + 0.1, y + 0.15, BAY.0 - 0.2, BAY.1 - 0.3));
    }
    arrows(&mut pen, inside, core, lane);
    stairs(&mut pen, (core + 2.6, inside), (CORE - 2.6, 4.4));
    lift(&mut pen, core + 0.4, inside + 0.3);
    pen.label(core + 1.25, inside + 2.6, 0.5, "Lift");
    pen.wall((core, inside), (core, inside + 4.4));
    pen.wall((core, inside + 4.4), (width - inside, inside + 4.4));
    pen.door(core + 0.6, inside + 4.4, true);
    let mut stores = Vec::new();
    for store in 0..shelves {
        let y = height - inside - 2.2 - count(store) * 2.4;
        pen.thing(width - inside - 3.2, y, 3.0, 2.0, "#d9cfe4");
        stores.push(shape(width - inside - 3.2, y, 3.0, 2.0));
    }
    pen.label(core + 1.2, height - inside - 1.0, 0.5, "Stores");
    // The gate is an opening in the west wall.
    let wall = MARGIN + OUTER / 2.0;
    pen.line((wall, lane - 2.4), (wall, lane + 2.4), "#f2b84b", OUTER);
    pen.label(MARGIN + 1.3, lane + 0.15, 0.5, "Gate");
    Drawn {
        plan: pen.finish(),
        rooms: Vec::new(),
        offices: Vec::new(),
        places: shapes,
        shelves: stores,
    }
}

/// Which way to drive: in on the right, out on the left, as both countries do.
fn arrows(pen: &mut Pen, west: f64, east: f64, lane: f64) {
    let mut x = west + 3.0;
    while x + 2.0 < east {
        for (y, head) in [(lane + 1.3, 0.5), (lane - 1.3, -0.5)] {
            let (from, way) = if head > 0.0 {
                (x, 2.0)
            } else {
                (x + 2.0, -2.0)
            };
            pen.add(format_args!(
                "<path d=\"M{from:.2} {y:.2}h{way}m{} -0.4l{head} 0.4l{} 0.4\" fill=\"none\" stroke=\"{PAINT}\" \
                 stroke-width=\"0.14\"/>",
                -head, -head
            ));
        }
        x += 5.0;
    }
    pen.add(format_args!(
        "<path d=\"M{:.2} {lane:.2}H{:.2}\" stroke=\"{PAINT}\" stroke-width=\"0.1\" stroke-dasharray=\"0.8 0.8\"/>",
        west + 2.0,
        east - 0.5
    ));
}
