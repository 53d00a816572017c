//! Floor plans: a size in units of their own, and a drawing, which is kept with the area or beside the catalog.

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};

/// A floor plan; the resources' shapes lie over it in its units. It has one drawing: either of the two.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FloorPlan {
    /// Width in the plan's units.
    pub width: f64,
    /// Height in the plan's units.
    pub height: f64,
    /// The drawing, as SVG.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub svg: Option<String>,
    /// The drawing, kept beside the catalog, which is held in memory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<PlanImage>,
}

/// What a drawing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlanMedia {
    /// SVG.
    Svg,
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
}

impl PlanMedia {
    /// The media type.
    pub const fn mime(self) -> &'static str {
        match self {
            Self::Svg => "image/svg+xml",
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
        }
    }
}

/// A drawing that is kept beside the catalog, under its digest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanImage {
    /// What it is.
    pub media: PlanMedia,
    /// SHA-256 of its content, 64 hexadecimal digits.
    pub digest: String,
    /// Its content, on its way in and out only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<Content>,
}

impl PlanImage {
    /// A drawing with its content.
    pub fn new(media: PlanMedia, content: Vec<u8>) -> Self {
        Self {
            media,
            digest: digest(&content),
            content: Some(Content(content.into())),
        }
    }

    /// Whether the content that comes along, if any does, is what the digest says.
    pub fn is_sound(&self) -> bool {
        let content = self.content.as_ref();
        content.is_none_or(|content| digest(&content.0) == self.digest)
    }
}

impl FloorPlan {
    /// What the drawing is.
    pub fn media(&self) -> PlanMedia {
        self.image
            .as_ref()
            .map_or(PlanMedia::Svg, |image| image.media)
    }

    /// SHA-256 of the drawing, 64 hexadecimal digits.
    pub fn digest(&self) -> String {
        match &self.image {
            Some(image) => image.digest.clone(),
            None => digest(self.svg.as_deref().unwrap_or_default().as_bytes()),
        }
    }
}

/// SHA-256, 64 hexadecimal digits.
pub fn digest(content: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(value.into(), 16).unwrap_or('0');
    let bytes = Sha256::digest(content);
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(digit).collect()
}

/// The bytes of a file; base64 where they stand in a text.
#[derive(Clone, PartialEq, Eq)]
pub struct Content(pub Arc<[u8]>);

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

impl Serialize for Content {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = STANDARD.decode(text).map_err(serde::de::Error::custom)?;
        Ok(Self(bytes.into()))
    }
}
