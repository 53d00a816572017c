//! A floor of offices: rooms in the north, desks in the open, offices in the south, and a core in the east.

use domain::catalog::Shape;

use super::furniture::{
    bistro, copier, counter, desk, lift, lockers, plant, sofa, stairs, table, toilet,
};
use super::pen::{MARGIN, OUTER, Pen};
use super::{DESK, Drawn, Floor, count, shape};

/// Where the inner face of the outer walls is.
const INSIDE: f64 = MARGIN + OUTER;
/// How deep the rooms along the north wall are.
const ROOM_DEPTH: f64 = 4.8;
/// How wide the corridor along them is.
const CORRIDOR: f64 = 1.8;
/// How deep the offices along the south wall are.
const OFFICE_DEPTH: f64 = 4.4;
/// How wide stairs, lift, toilets and kitchen are together.
const CORE: f64 = 6.6;
/// The colours of floors.
const CARPET: &str = "#edf1f6";
const HALL: &str = "#ece8e1";
const TILES: &str = "#e9eef0";
const ROOM: &str = "#f1f5ec";

/// Where things are on a floor.
struct Frame {
    west: f64,
    north: f64,
    east: f64,
    south: f64,
    /// Where the rooms end and the corridor begins.
    rooms: f64,
    /// Where the corridor ends.
    open: f64,
    /// Where the core begins.
    core: f64,
}

/// Draws a floor of offices.
pub fn office(floor: &Floor<'_>) -> Drawn {
    let (width, height) = (floor.width + 2.0 * MARGIN, floor.height + 2.0 * MARGIN);
    let mut pen = Pen::new(width, height);
    let frame = Frame {
        west: INSIDE,
        north: INSIDE,
        east: width - INSIDE,
        south: height - INSIDE,
        rooms: INSIDE + ROOM_DEPTH,
        open: INSIDE + ROOM_DEPTH + CORRIDOR,
        core: width - INSIDE - CORE,
    };
    let across = frame.east - frame.west;
    pen.area(frame.west, frame.rooms, across, CORRIDOR, HALL);
    let rooms = rooms(&mut pen, &frame, floor.rooms);
    let offices_width: f64 = floor.offices.iter().map(|(_, width)| width).sum();
    let offices = offices(&mut pen, &frame, floor.offices, frame.core - offices_width);
    commons(&mut pen, &frame, frame.core - offices_width);
    let shelves = core(&mut pen, &frame, floor.shelves);
    let places = desks(&mut pen, &frame, floor.desks);
    pen.glaze();
    Drawn {
        plan: pen.finish(),
        rooms,
        offices,
        places,
        shelves,
    }
}

fn rooms(pen: &mut Pen, frame: &Frame, rooms: &[(&str, f64)]) -> Vec<Shape> {
    let mut shapes = Vec::new();
    let mut x = frame.west;
    for (_, width) in rooms {
        pen.area(x, frame.north, *width, ROOM_DEPTH, ROOM);
        let length = (width - 2.0).max(1.3);
        let depth = if *width < 4.0 { 0.9 } else { 1.3 };
        let left = x + (width - length) / 2.0;
        table(pen, (left, frame.north + 1.5), (length, depth));
        // A screen on the wall.
        pen.area(x + 0.1, frame.north + 1.4, 0.08, 1.4, "#4b525a");
        pen.glass((x, frame.rooms), (x + width, frame.rooms));
        pen.wall((x + width, frame.north), (x + width, frame.rooms));
        pen.door(x + width - 1.2, frame.rooms, true);
        shapes.push(shape(
            x + 0.1,
            frame.north + 0.1,
            width - 0.2,
            ROOM_DEPTH - 0.2,
        ));
        x += width;
    }
    lounge(pen, frame, x);
    shapes
}

/// What is left of the north: sofas, a table, plants; and a place to print where that is much.
fn lounge(pen: &mut Pen, frame: &Frame, from: f64) {
    let width = frame.east - from;
    if width < 3.0 {
        return;
    }
    plant(pen, from + 0.6, frame.north + 0.6);
    sofa(pen, from + 1.2, frame.north + 0.3);
    pen.thing(from + 1.7, frame.north + 1.6, 1.2, 0.6, "#e8d9bf");
    pen.label(from + 2.4, frame.north + 3.3, 0.45, "Lounge");
    if width > 6.5 {
        sofa(pen, from + 4.0, frame.north + 0.3);
        bistro(pen, from + 5.2, frame.north + 2.6);
    }
    if width > 9.5 {
        let wall = frame.east - 3.2;
        pen.wall((wall, frame.north), (wall, frame.rooms));
        pen.wall((wall, frame.rooms), (frame.east, frame.rooms));
        pen.door(wall + 0.4, frame.rooms, true);
        copier(pen, wall + 0.5, frame.north + 0.3);
        copier(pen, wall + 1.8, frame.north + 0.3);
        pen.label(wall + 1.6, frame.north + 2.2, 0.45, "Print");
    }
    plant(pen, frame.east - 0.6, frame.rooms - 0.6);
}

fn offices(pen: &mut Pen, frame: &Frame, offices: &[(&str, f64)], west: f64) -> Vec<Shape> {
    let mut shapes = Vec::new();
    let north = frame.south - OFFICE_DEPTH;
    let mut x = west;
    for (_, width) in offices {
        pen.area(x, north, *width, OFFICE_DEPTH, ROOM);
        desk(pen, x + 0.5, north + 1.9, true);
        desk(pen, x + 0.5, north + 1.9 + DESK.1, false);
        plant(pen, x + width - 0.5, frame.south - 0.5);
        pen.thing(x + width - 0.6, north + 1.6, 0.45, 1.6, "#e3e6ea");
        pen.glass((x, north), (x + width, north));
        pen.wall((x, north), (x, frame.south));
        pen.door(x + width - 1.3, north, false);
        shapes.push(shape(x + 0.1, north + 0.1, width - 0.2, OFFICE_DEPTH - 0.2));
        x += width;
    }
    shapes
}

/// Where people meet without booking: lockers, a long table, sofas; in the south, beside the offices.
fn commons(pen: &mut Pen, frame: &Frame, east: f64) {
    let (west, south) = (frame.west, frame.south);
    lockers(pen, west + 0.2, south - 0.5, 8);
    let mut x = west + 5.2;
    pen.label(west + 2.2, south - 1.2, 0.45, "Lockers");
    while x + 4.6 < east {
        table(pen, (x, south - 2.9), (3.6, 1.1));
        plant(pen, x + 4.4, south - 0.5);
        sofa(pen, x + 0.7, south - 1.1);
        x += 6.4;
    }
}

/// Desks in fours, two and two facing each other, spread over the room there is; each four on a carpet.
fn desks(pen: &mut Pen, frame: &Frame, desks: usize) -> Vec<Shape> {
    let south = frame.south - OFFICE_DEPTH;
    let (width, depth) = (frame.core - frame.west - 0.6, south - frame.open);
    let fours = desks.div_ceil(4);
    // A four with its chairs takes 3.2 by 3 metres, and one wants to pass between.
    let columns = (1..=fours)
        .rev()
        .find(|columns| count(*columns) * 4.3 <= width)
        .unwrap_or(1);
    let rows = fours.div_ceil(columns);
    let columns = fours.div_ceil(rows);
    let pitch = (width / count(columns), depth / count(rows));
    let mut shapes = Vec::new();
    for four in 0..fours {
        let center = (
            frame.west + 0.3 + (count(four % columns) + 0.5) * pitch.0,
            frame.open + (count(four / columns) + 0.5) * pitch.1,
        );
        let (x, y) = (center.0 - DESK.0, center.1 - DESK.1);
        pen.area(
            x - 0.4,
            y - 0.75,
            2.0 * DESK.0 + 0.8,
            2.0 * DESK.1 + 1.5,
            CARPET,
        );
        for (column, row) in [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)] {
            if shapes.len() < desks {
                let (left, top) = (x + column * DESK.0, y + row * DESK.1);
                desk(pen, left, top, row < 0.5);
                shapes.push(shape(left, top, DESK.0, DESK.1));
            }
        }
        if four % columns > 0 {
            plant(pen, center.0 - pitch.0 / 2.0, center.1);
        }
    }
    shapes
}

/// Stairs, lift, toilets, kitchen and shelves along the east wall.
fn core(pen: &mut Pen, frame: &Frame, shelves: usize) -> Vec<Shape> {
    let (west, east, top) = (frame.core, frame.east, frame.open);
    let kitchen = top + 4.6;
    pen.area(west, top, east - west, kitchen - top, TILES);
    stairs(pen, (east - 2.7, top), (2.7, 4.6));
    lift(pen, west + 0.2, top + 0.2);
    pen.label(west + 1.05, top + 1.2, 0.36, "Lift");
    pen.label(east - 1.35, top + 0.5, 0.36, "Stairs");
    for (number, x) in [west + 2.05, west + 0.1].into_iter().enumerate() {
        toilet(pen, x, kitchen - 1.75);
        pen.label(
            x + 0.85,
            kitchen - 0.25,
            0.32,
            if number == 0 { "WC" } else { "WC ♿" },
        );
    }
    pen.wall((west, top), (west, frame.south));
    pen.wall((west, kitchen), (east, kitchen));
    pen.wall((west, kitchen - 1.95), (east - 2.7, kitchen - 1.95));
    pen.wall((west + 2.0, kitchen - 1.95), (west + 2.0, kitchen));
    pen.wall((east - 2.7, top), (east - 2.7, kitchen));
    pen.door(west + 2.5, kitchen - 1.95, true);
    pen.side_door(west, kitchen - 1.2);
    pen.side_door(west, kitchen + 0.5);
    counter(pen, east - 0.65, kitchen + 0.1, 3.2);
    let depth = frame.south - kitchen;
    bistro(pen, west + 2.2, kitchen + (depth * 0.36).max(1.3));
    if depth > 4.4 {
        bistro(pen, west + 4.2, kitchen + 1.6);
    }
    pen.label(west + 3.4, frame.south - 1.6, 0.45, "Kitchen");
    let mut places = Vec::new();
    for shelf in 0..shelves {
        let x = west + 0.3 + count(shelf) * 1.5;
        pen.thing(x, frame.south - 0.8, 1.3, 0.7, "#d9cfe4");
        places.push(shape(x, frame.south - 0.8, 1.3, 0.7));
    }
    places
}
