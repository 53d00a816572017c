//! An SVG drawing under way: walls, doors, windows and what else a plan has lines for.

use std::fmt::Write;

use domain::catalog::FloorPlan;

/// The colours of a plan.
pub const WALL: &str = "#3c4148";
pub const FLOOR: &str = "#f7f5f0";
const PAPER: &str = "#ffffff";
const GLASS: &str = "#8fc1e3";
const THIN: &str = "#9aa1aa";
const LETTERS: &str = "#5b6169";

/// How thick the outer walls are.
pub const OUTER: f64 = 0.35;
/// How thick the inner walls are.
const INNER: f64 = 0.14;
/// How much paper there is around the building.
pub const MARGIN: f64 = 1.0;

/// An SVG drawing under way.
pub struct Pen {
    svg: String,
    width: f64,
    height: f64,
}

impl Pen {
    /// A drawing of so many metres, the building's outer walls a margin from its edges.
    pub fn new(width: f64, height: f64) -> Self {
        let mut pen = Self {
            svg: String::with_capacity(32 * 1024),
            width,
            height,
        };
        pen.add(format_args!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
             font-family=\"Helvetica, Arial, sans-serif\" stroke-linecap=\"round\" stroke-linejoin=\"round\">"
        ));
        pen.area(0.0, 0.0, width, height, PAPER);
        let (x, y) = (MARGIN, MARGIN);
        pen.area(x, y, width - 2.0 * x, height - 2.0 * y, WALL);
        let inset = MARGIN + OUTER;
        pen.area(
            inset,
            inset,
            width - 2.0 * inset,
            height - 2.0 * inset,
            FLOOR,
        );
        pen
    }

    pub fn add(&mut self, piece: std::fmt::Arguments<'_>) {
        // Writing into a string can not fail.
        let _ = self.svg.write_fmt(piece);
    }

    /// A surface without an edge.
    pub fn area(&mut self, x: f64, y: f64, width: f64, height: f64, fill: &str) {
        self.add(format_args!(
            "<rect x=\"{x:.2}\" y=\"{y:.2}\" width=\"{width:.2}\" height=\"{height:.2}\" fill=\"{fill}\"/>"
        ));
    }

    /// A thing with rounded corners and a thin edge.
    pub fn thing(&mut self, x: f64, y: f64, width: f64, height: f64, fill: &str) {
        self.add(format_args!(
            "<rect x=\"{x:.2}\" y=\"{y:.2}\" width=\"{width:.2}\" height=\"{height:.2}\" rx=\"0.08\" fill=\"{fill}\" \
             stroke=\"{THIN}\" stroke-width=\"0.04\"/>"
        ));
    }

    /// A round thing with a thin edge.
    pub fn round(&mut self, x: f64, y: f64, radius: f64, fill: &str) {
        self.add(format_args!(
            "<circle cx=\"{x:.2}\" cy=\"{y:.2}\" r=\"{radius:.2}\" fill=\"{fill}\" stroke=\"{THIN}\" stroke-width=\"0.04\"/>"
        ));
    }

    pub fn line(&mut self, from: (f64, f64), to: (f64, f64), color: &str, width: f64) {
        self.add(format_args!(
            "<path d=\"M{:.2} {:.2}L{:.2} {:.2}\" stroke=\"{color}\" stroke-width=\"{width}\" fill=\"none\"/>",
            from.0, from.1, to.0, to.1
        ));
    }

    /// A thin line.
    pub fn hair(&mut self, from: (f64, f64), to: (f64, f64)) {
        self.line(from, to, THIN, 0.04);
    }

    /// An inner wall.
    pub fn wall(&mut self, from: (f64, f64), to: (f64, f64)) {
        self.line(from, to, WALL, INNER);
    }

    /// A wall of glass, as rooms have towards the corridor.
    pub fn glass(&mut self, from: (f64, f64), to: (f64, f64)) {
        self.line(from, to, WALL, INNER);
        self.line(from, to, GLASS, 0.06);
    }

    /// A door of 0.9 m in a horizontal wall, hinged at `x`; it swings to the north, or else to the south.
    pub fn door(&mut self, x: f64, y: f64, north: bool) {
        let (way, sweep) = if north { (-0.9, 1) } else { (0.9, 0) };
        self.line((x, y), (x + 0.9, y), FLOOR, 0.2);
        self.add(format_args!(
            "<path d=\"M{x:.2} {y:.2}v{way}a0.9 0.9 0 0 {sweep} 0.9 {}\" fill=\"{PAPER}\" fill-opacity=\"0.6\" \
             stroke=\"{THIN}\" stroke-width=\"0.05\"/>",
            -way
        ));
    }

    /// A door of 0.9 m in a vertical wall, hinged at `y`, that swings to the east.
    pub fn side_door(&mut self, x: f64, y: f64) {
        self.line((x, y), (x, y + 0.9), FLOOR, 0.2);
        self.add(format_args!(
            "<path d=\"M{x:.2} {y:.2}h0.9a0.9 0.9 0 0 1 -0.9 0.9\" fill=\"{PAPER}\" fill-opacity=\"0.6\" \
             stroke=\"{THIN}\" stroke-width=\"0.05\"/>"
        ));
    }

    /// A window of 1.8 m every three in an outer wall along `y`.
    fn windows(&mut self, y: f64) {
        let mut x = MARGIN + 0.9;
        while x + 1.8 < self.width - MARGIN - 0.5 {
            self.pane((x, y), (x + 1.8, y));
            x += 3.0;
        }
    }

    /// The same in an outer wall along `x`.
    fn side_windows(&mut self, x: f64) {
        let mut y = MARGIN + 1.4;
        while y + 1.8 < self.height - MARGIN - 0.8 {
            self.pane((x, y), (x, y + 1.8));
            y += 3.4;
        }
    }

    fn pane(&mut self, from: (f64, f64), to: (f64, f64)) {
        for (color, width) in [(PAPER, OUTER), (GLASS, 0.1)] {
            self.add(format_args!(
                "<path d=\"M{:.2} {:.2}L{:.2} {:.2}\" stroke=\"{color}\" stroke-width=\"{width}\" stroke-linecap=\"butt\"/>",
                from.0, from.1, to.0, to.1
            ));
        }
    }

    pub fn label(&mut self, x: f64, y: f64, size: f64, text: &str) {
        self.add(format_args!(
            "<text x=\"{x:.2}\" y=\"{y:.2}\" font-size=\"{size}\" text-anchor=\"middle\" fill=\"{LETTERS}\">{text}</text>"
        ));
    }

    /// Windows all around.
    pub fn glaze(&mut self) {
        let middle = MARGIN + OUTER / 2.0;
        self.windows(middle);
        self.windows(self.height - middle);
        self.side_windows(middle);
        self.side_windows(self.width - middle);
    }

    /// The plan, with a scale and an arrow to the north.
    pub fn finish(mut self) -> FloorPlan {
        let (width, height) = (self.width, self.height);
        self.scale();
        self.svg.push_str("</svg>");
        FloorPlan {
            width,
            height,
            svg: Some(self.svg),
            image: None,
        }
    }

    /// Five metres to measure by, and where north is, on the paper below the building.
    fn scale(&mut self) {
        let (x, y) = (MARGIN, self.height - 0.4);
        self.line((x, y), (x + 5.0, y), WALL, 0.05);
        for metre in 0..=5_u32 {
            let at = x + f64::from(metre);
            self.line((at, y - 0.12), (at, y + 0.12), WALL, 0.05);
        }
        self.label(x + 5.6, y + 0.14, 0.4, "5 m");
        let east = self.width - MARGIN - 0.3;
        self.add(format_args!(
            "<path d=\"M{east:.2} {:.2}l0.22 0.6l-0.22 -0.14l-0.22 0.14z\" fill=\"{WALL}\"/>",
            y - 0.3
        ));
        self.label(east - 0.5, y + 0.18, 0.4, "N");
    }
}
