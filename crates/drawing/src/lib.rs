//! Drawings of floors that people bring along, made harmless: read, held to a list of what a drawing needs, and written
//! again, so that nothing of the file that came is left.
//!
//! What a file is, its content tells, never its name. SVG is parsed as XML without entities; PNG and JPEG are decoded within
//! limits that are asked before any memory is.

mod css;
mod lists;
mod raster;
mod svg;

use domain::catalog::PlanMedia;

/// The largest file, in bytes: 4 MiB.
pub const MAX_BYTES: usize = 4 * 1024 * 1024;
/// The largest SVG, in bytes: 1 MiB.
pub const MAX_SVG: usize = 1024 * 1024;
/// The most nodes of an SVG: elements, texts and comments.
pub const MAX_NODES: u32 = 20_000;
/// How deep the elements of an SVG may stand in each other.
pub const MAX_DEPTH: usize = 64;
/// The longest side of an image, in pixels.
pub const MAX_SIDE: u32 = 8192;
/// The most pixels of an image.
pub const MAX_PIXELS: u64 = 16 * 1024 * 1024;

/// A drawing that is safe to keep and to serve.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawing {
    /// What it is.
    pub media: PlanMedia,
    /// The file, as it was written here.
    pub content: Vec<u8>,
    /// Its own width: in pixels, or in the units of an SVG's `viewBox`.
    pub width: f64,
    /// Its own height.
    pub height: f64,
}

/// Why a file is no drawing that can be taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// It is larger than the limit, of so many bytes.
    #[error("the drawing has more than {} KiB", .0 / 1024)]
    Bytes(usize),
    /// It is neither SVG nor PNG nor JPEG.
    #[error("the drawing is neither SVG nor PNG nor JPEG")]
    Unknown,
    /// It can not be read; why.
    #[error("the drawing can not be read: {0}")]
    Broken(String),
    /// It has too many nodes, or they stand too deep in each other.
    #[error(
        "the drawing has more than {MAX_NODES} nodes, or more than {MAX_DEPTH} within each other"
    )]
    Nodes,
    /// It has too many pixels.
    #[error("the drawing has more than {MAX_PIXELS} pixels, or more than {MAX_SIDE} on a side")]
    Pixels,
    /// It has something in it that a drawing does not need and an attacker would.
    #[error("a drawing has no {0}")]
    Active(String),
    /// It does not say how large it is.
    #[error(
        "the drawing has neither a viewBox nor a width and a height, or they are not above zero"
    )]
    Size,
}

/// What is harmless in a file.
///
/// # Errors
/// [`Unfit`]
pub fn clean(file: &[u8]) -> Result<Drawing, Unfit> {
    if file.len() > MAX_BYTES {
        return Err(Unfit::Bytes(MAX_BYTES));
    }
    if file.starts_with(b"\x89PNG\r\n\x1a\n") {
        return raster::png(file);
    }
    if file.starts_with(&[0xff, 0xd8, 0xff]) {
        return raster::jpeg(file);
    }
    let text = file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file);
    let text = std::str::from_utf8(text).map_err(|_| Unfit::Unknown)?;
    if !text.trim_start().starts_with('<') {
        return Err(Unfit::Unknown);
    }
    svg(text)
}

/// What is harmless in an SVG.
///
/// # Errors
/// [`Unfit`]
pub fn svg(text: &str) -> Result<Drawing, Unfit> {
    if text.len() > MAX_SVG {
        return Err(Unfit::Bytes(MAX_SVG));
    }
    svg::clean(text)
}
