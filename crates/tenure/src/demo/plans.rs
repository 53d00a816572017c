//! Floor plans as SVG, drawn to scale in metres, and where on them each resource lies.

use std::fmt::Write;

use domain::catalog::{FloorPlan, Shape};

/// How deep the rooms along the north wall are.
const ROOM_DEPTH: f64 = 5.0;
/// How deep the offices along the south wall are.
const OFFICE_DEPTH: f64 = 4.6;
/// How wide stairs, lift and kitchen are together.
const CORE: f64 = 6.0;
/// A desk: width and depth.
const DESK: (f64, f64) = (1.6, 0.8);
/// A parking place: width and depth.
const BAY: (f64, f64) = (2.5, 5.0);

/// A floor of offices, as it is to be drawn.
pub struct Floor<'a> {
    /// Metres from west to east.
    pub width: f64,
    /// Metres from north to south.
    pub height: f64,
    /// Rooms along the north wall, with their widths.
    pub rooms: &'a [(&'a str, f64)],
    /// Offices along the south wall, beside the stairs, with their widths.
    pub offices: &'a [(&'a str, f64)],
    /// How many desks stand in the open.
    pub desks: usize,
    /// How many shelves for equipment there are.
    pub shelves: usize,
}

/// A plan, and where on it the resources lie, in the order of the floor's description.
pub struct Drawn {
    /// The plan.
    pub plan: FloorPlan,
    /// Rooms.
    pub rooms: Vec<Shape>,
    /// Offices.
    pub offices: Vec<Shape>,
    /// Desks, or parking places.
    pub places: Vec<Shape>,
    /// Shelves.
    pub shelves: Vec<Shape>,
}

/// An SVG drawing under way.
struct Pen(String);

impl Pen {
    fn new(width: f64, height: f64) -> Self {
        let mut pen = Self(String::with_capacity(16 * 1024));
        pen.add(format_args!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
             font-family=\"sans-serif\" stroke-linecap=\"round\">"
        ));
        pen.area(0.0, 0.0, width, height, "#faf9f6");
        pen
    }

    fn add(&mut self, piece: std::fmt::Arguments<'_>) {
        // Writing into a string can not fail.
        let _ = self.0.write_fmt(piece);
    }

    fn area(&mut self, x: f64, y: f64, width: f64, height: f64, fill: &str) {
        self.add(format_args!(
            "<rect x=\"{x:.2}\" y=\"{y:.2}\" width=\"{width:.2}\" height=\"{height:.2}\" fill=\"{fill}\"/>"
        ));
    }

    fn outline(&mut self, x: f64, y: f64, width: f64, height: f64, stroke: f64, fill: &str) {
        self.add(format_args!(
            "<rect x=\"{x:.2}\" y=\"{y:.2}\" width=\"{width:.2}\" height=\"{height:.2}\" rx=\"0.06\" \
             fill=\"{fill}\" stroke=\"#44484d\" stroke-width=\"{stroke}\"/>"
        ));
    }

    fn line(&mut self, from: (f64, f64), to: (f64, f64), color: &str, width: f64) {
        self.add(format_args!(
            "<path d=\"M{:.2} {:.2}L{:.2} {:.2}\" stroke=\"{color}\" stroke-width=\"{width}\" fill=\"none\"/>",
            from.0, from.1, to.0, to.1
        ));
    }

    fn wall(&mut self, from: (f64, f64), to: (f64, f64)) {
        self.line(from, to, "#44484d", 0.16);
    }

    /// A door of 0.9 m in a horizontal wall, hinged at `x`, that opens to the north.
    fn door(&mut self, x: f64, y: f64) {
        self.line((x, y), (x + 0.9, y), "#faf9f6", 0.2);
        self.add(format_args!(
            "<path d=\"M{x:.2} {y:.2}v-0.9a0.9 0.9 0 0 1 0.9 0.9\" fill=\"none\" stroke=\"#8a8f96\" \
             stroke-width=\"0.05\"/>"
        ));
    }

    fn windows(&mut self, width: f64, y: f64) {
        let mut x = 0.7;
        while x + 1.8 < width - 0.4 {
            self.line((x, y), (x + 1.8, y), "#9cc7e6", 0.16);
            x += 3.0;
        }
    }

    fn chair(&mut self, x: f64, y: f64) {
        self.add(format_args!(
            "<circle cx=\"{x:.2}\" cy=\"{y:.2}\" r=\"0.25\" fill=\"#d9dde2\" stroke=\"#a7adb5\" stroke-width=\"0.04\"/>"
        ));
    }

    fn label(&mut self, x: f64, y: f64, size: f64, text: &str) {
        self.add(format_args!(
            "<text x=\"{x:.2}\" y=\"{y:.2}\" font-size=\"{size}\" text-anchor=\"middle\" fill=\"#5b6169\">{text}</text>"
        ));
    }

    fn finish(mut self, width: f64, height: f64) -> FloorPlan {
        self.outline(0.15, 0.15, width - 0.3, height - 0.3, 0.3, "none");
        self.windows(width, 0.15);
        self.windows(width, height - 0.15);
        self.0.push_str("</svg>");
        FloorPlan {
            width,
            height,
            svg: self.0,
        }
    }
}

fn shape(x: f64, y: f64, width: f64, height: f64) -> Shape {
    let round = |value: f64| (value * 100.0).round() / 100.0;
    Shape {
        x: round(x),
        y: round(y),
        width: round(width),
        height: round(height),
        rotation: 0.0,
    }
}

fn count(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}

/// Draws a floor of offices.
pub fn office(floor: &Floor<'_>) -> Drawn {
    let (width, height) = (floor.width, floor.height);
    let mut pen = Pen::new(width, height);
    let rooms = draw_rooms(&mut pen, floor.rooms);
    let offices_width: f64 = floor.offices.iter().map(|(_, width)| width).sum();
    let core = width - CORE;
    let offices = draw_offices(&mut pen, floor.offices, core - offices_width, height);
    let shelves = draw_core(&mut pen, core, width, height, floor.shelves);
    let across = if floor.offices.is_empty() {
        core
    } else {
        core - offices_width
    };
    let places = draw_desks(&mut pen, floor.desks, across);
    Drawn {
        plan: pen.finish(width, height),
        rooms,
        offices,
        places,
        shelves,
    }
}

fn draw_rooms(pen: &mut Pen, rooms: &[(&str, f64)]) -> Vec<Shape> {
    let mut shapes = Vec::new();
    let mut x = 0.3;
    for (name, width) in rooms {
        pen.area(x, 0.3, *width, ROOM_DEPTH - 0.3, "#eef4ea");
        table(pen, (x + 1.2, 1.7), (width - 2.4, 1.5));
        pen.label(x + width / 2.0, 4.3, 0.5, name);
        pen.wall((x, ROOM_DEPTH), (x + width, ROOM_DEPTH));
        pen.wall((x + width, 0.3), (x + width, ROOM_DEPTH));
        pen.door(x + 0.4, ROOM_DEPTH);
        shapes.push(shape(x + 0.1, 0.4, width - 0.2, ROOM_DEPTH - 0.5));
        x += width;
    }
    shapes
}

fn table(pen: &mut Pen, (x, y): (f64, f64), (width, depth): (f64, f64)) {
    let mut chair = x + 0.5;
    while chair < x + width - 0.2 {
        pen.chair(chair, y - 0.35);
        pen.chair(chair, y + depth + 0.35);
        chair += 0.9;
    }
    pen.outline(x, y, width, depth, 0.05, "#e3d3b8");
}

fn draw_offices(pen: &mut Pen, offices: &[(&str, f64)], west: f64, height: f64) -> Vec<Shape> {
    let mut shapes = Vec::new();
    let north = height - OFFICE_DEPTH;
    let mut x = west;
    for (name, width) in offices {
        pen.area(x, north, *width, OFFICE_DEPTH - 0.3, "#f4eeee");
        pen.wall((x, north), (x + width, north));
        pen.wall((x, north), (x, height - 0.3));
        pen.door(x + width - 1.3, north);
        desk(pen, x + 0.8, north + 1.6, true);
        desk(pen, x + 0.8, north + 1.6 + DESK.1, false);
        pen.label(x + width / 2.0, height - 0.6, 0.45, name);
        shapes.push(shape(x + 0.1, north + 0.1, width - 0.2, OFFICE_DEPTH - 0.5));
        x += width;
    }
    shapes
}

fn desk(pen: &mut Pen, x: f64, y: f64, northward: bool) {
    let chair = if northward {
        y - 0.35
    } else {
        y + DESK.1 + 0.35
    };
    pen.chair(x + DESK.0 / 2.0, chair);
    pen.outline(x, y, DESK.0, DESK.1, 0.04, "#e9dcc6");
    let screen = if northward {
        y + DESK.1 - 0.2
    } else {
        y + 0.12
    };
    pen.area(x + 0.5, screen, 0.6, 0.08, "#5b6169");
}

/// Desks in fours, two and two facing each other, from the north-west on.
fn draw_desks(pen: &mut Pen, desks: usize, across: f64) -> Vec<Shape> {
    let mut shapes = Vec::new();
    let (west, pitch) = (1.4, (5.0, 4.2));
    let (mut x, mut y) = (west, 7.6);
    while shapes.len() < desks {
        for (column, row) in [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)] {
            if shapes.len() < desks {
                let (left, top) = (x + column * DESK.0, y + row * DESK.1);
                desk(pen, left, top, row < 0.5);
                shapes.push(shape(left, top, DESK.0, DESK.1));
            }
        }
        x += pitch.0;
        if x + 2.0 * DESK.0 > across - 0.6 {
            (x, y) = (west, y + pitch.1);
        }
    }
    shapes
}

/// Stairs, lift, kitchen and shelves along the east wall.
fn draw_core(pen: &mut Pen, west: f64, width: f64, height: f64, shelves: usize) -> Vec<Shape> {
    let top = ROOM_DEPTH + 1.8;
    pen.wall((west, top), (west, height - 0.3));
    pen.outline(width - 3.4, top + 0.2, 3.0, 3.2, 0.08, "#e7e8ea");
    for step in 1_u32..10 {
        let y = top + 0.2 + f64::from(step) * 0.32;
        pen.line((width - 3.4, y), (width - 0.4, y), "#a7adb5", 0.04);
    }
    pen.label(width - 1.9, top + 2.0, 0.45, "Stairs");
    pen.outline(west + 0.4, top + 0.2, 1.9, 1.9, 0.08, "#e7e8ea");
    pen.line(
        (west + 0.4, top + 0.2),
        (west + 2.3, top + 2.1),
        "#a7adb5",
        0.04,
    );
    pen.line(
        (west + 2.3, top + 0.2),
        (west + 0.4, top + 2.1),
        "#a7adb5",
        0.04,
    );
    pen.label(west + 1.35, top + 2.7, 0.4, "Lift");
    let kitchen = top + 4.2;
    pen.line(
        (west, kitchen - 0.4),
        (width - 0.3, kitchen - 0.4),
        "#44484d",
        0.16,
    );
    pen.outline(width - 1.0, kitchen, 0.6, 2.4, 0.05, "#d5e3e8");
    table(pen, (west + 1.6, kitchen + 0.8), (1.8, 0.9));
    pen.label(west + 2.6, kitchen + 2.6, 0.4, "Kitchen");
    let mut places = Vec::new();
    for shelf in 0..shelves {
        let x = west + 0.3 + count(shelf) * 1.2;
        pen.outline(x, height - 1.0, 1.0, 0.6, 0.05, "#d8cfe2");
        places.push(shape(x, height - 1.0, 1.0, 0.6));
    }
    places
}

/// Draws a garage: two rows of parking places, a lane between them, a gate in the west, shelves in the east.
pub fn garage(places: usize, shelves: usize) -> Drawn {
    let columns = places.div_ceil(2);
    let (width, height) = (count(columns) * BAY.0 + 8.0, 17.0);
    let mut pen = Pen::new(width, height);
    pen.area(0.3, 0.3, width - 0.6, height - 0.6, "#eceded");
    let mut shapes = Vec::new();
    for place in 0..places {
        let (column, south) = (place % columns, place >= columns);
        let x = 1.0 + count(column) * BAY.0;
        let y = if south { height - 0.5 - BAY.1 } else { 0.5 };
        for edge in [x, x + BAY.0] {
            pen.line((edge, y), (edge, y + BAY.1), "#ffffff", 0.12);
        }
        let number = (place + 1).to_string();
        pen.label(x + BAY.0 / 2.0, y + BAY.1 / 2.0 + 0.3, 0.8, &number);
        if column % 3 == 0 {
            let pillar = if south { y - 0.4 } else { y + BAY.1 };
            pen.area(x - 0.2, pillar, 0.4, 0.4, "#6b7077");
        }
        shapes.push(shape(x, y, BAY.0, BAY.1));
    }
    let lane = height / 2.0;
    let mut arrow = 2.0;
    while arrow < width - 9.0 {
        pen.add(format_args!(
            "<path d=\"M{arrow:.2} {lane:.2}h2m-0.5 -0.4l0.5 0.4l-0.5 0.4\" fill=\"none\" stroke=\"#ffffff\" \
             stroke-width=\"0.15\"/>"
        ));
        arrow += 6.0;
    }
    let east = width - 6.0;
    pen.wall((east, 0.3), (east, 6.0));
    pen.outline(east + 1.0, 0.8, 2.0, 2.0, 0.08, "#e7e8ea");
    pen.label(east + 2.0, 3.5, 0.45, "Lift");
    let mut shelf_shapes = Vec::new();
    for shelf in 0..shelves {
        let y = height - 2.6 - count(shelf) * 2.4;
        pen.outline(width - 3.4, y, 2.8, 1.9, 0.05, "#d8cfe2");
        shelf_shapes.push(shape(width - 3.4, y, 2.8, 1.9));
    }
    pen.label(1.6, lane - 1.0, 0.5, "Gate");
    let mut plan = pen.finish(width, height);
    // The gate is an opening in the west wall, drawn over it.
    let gate = format!(
        "<path d=\"M0.15 {:.2}V{:.2}\" stroke=\"#f2b84b\" stroke-width=\"0.3\"/></svg>",
        lane - 2.5,
        lane + 2.5
    );
    plan.svg.truncate(plan.svg.len() - "</svg>".len());
    plan.svg.push_str(&gate);
    Drawn {
        plan,
        rooms: Vec::new(),
        offices: Vec::new(),
        places: shapes,
        shelves: shelf_shapes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_drawn_lies_on_the_plan_and_apart() {
        let floor = Floor {
            width: 32.0,
            height: 18.0,
            rooms: &[("A", 5.0), ("B", 6.0)],
            offices: &[("C", 4.0)],
            desks: 17,
            shelves: 3,
        };
        for drawn in [office(&floor), garage(16, 2)] {
            let shapes = [&drawn.rooms, &drawn.offices, &drawn.places, &drawn.shelves];
            let shapes: Vec<&Shape> = shapes.into_iter().flatten().collect();
            for (index, a) in shapes.iter().enumerate() {
                assert!(a.x >= 0.0 && a.x + a.width <= drawn.plan.width, "{a:?}");
                assert!(a.y >= 0.0 && a.y + a.height <= drawn.plan.height, "{a:?}");
                for b in &shapes[..index] {
                    let apart = a.x + a.width <= b.x + 0.001
                        || b.x + b.width <= a.x + 0.001
                        || a.y + a.height <= b.y + 0.001
                        || b.y + b.height <= a.y + 0.001;
                    assert!(apart, "{a:?} lies over {b:?}");
                }
            }
            assert!(drawn.plan.svg.starts_with("<svg ") && drawn.plan.svg.ends_with("</svg>"));
            assert_eq!(drawn.plan.svg.matches("</svg>").count(), 1);
        }
    }
}
