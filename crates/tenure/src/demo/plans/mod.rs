//! Floor plans as SVG, drawn to scale in metres, and where on them each resource lies.

mod furniture;
mod garage;
mod office;
mod pen;

use domain::catalog::{FloorPlan, Shape};

pub use garage::garage;
pub use office::office;

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
        for drawn in [office(&floor), garage(16, 2), garage(8, 3)] {
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
            let svg = drawn.plan.svg.unwrap();
            assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>"));
            assert_eq!(svg.matches("</svg>").count(), 1);
        }
    }
}
