//! PNG and JPEG: decoded and encoded again, so that only pixels are left of what came.

use std::io::Cursor;

use domain::catalog::PlanMedia;
use image::codecs::jpeg::{JpegDecoder, JpegEncoder};
use image::codecs::png::PngDecoder;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, Limits};

use crate::{Drawing, MAX_PIXELS, MAX_SIDE, Unfit};

/// The most memory that decoding may take, in bytes: what the most pixels take with eight bytes each, and as much again.
const MEMORY: u64 = MAX_PIXELS * 16;
/// Of 100; lines and letters of a floor plan stay legible.
const QUALITY: u8 = 88;

fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MEMORY);
    limits
}

fn broken(error: &ImageError) -> Unfit {
    match error {
        ImageError::Limits(_) => Unfit::Pixels,
        other => Unfit::Broken(other.to_string()),
    }
}

pub fn png(file: &[u8]) -> Result<Drawing, Unfit> {
    let decoder = PngDecoder::with_limits(Cursor::new(file), limits());
    let image = decoded(decoder.map_err(|error| broken(&error))?)?;
    let image = if image.color().has_alpha() {
        DynamicImage::from(image.into_rgba8())
    } else {
        DynamicImage::from(image.into_rgb8())
    };
    let mut content = Vec::new();
    let written = image.write_to(&mut Cursor::new(&mut content), ImageFormat::Png);
    written.map_err(|error| broken(&error))?;
    Ok(drawing(PlanMedia::Png, content, &image))
}

pub fn jpeg(file: &[u8]) -> Result<Drawing, Unfit> {
    let decoder = JpegDecoder::new(Cursor::new(file)).map_err(|error| broken(&error))?;
    let image = DynamicImage::from(decoded(decoder)?.into_rgb8());
    let mut content = Vec::new();
    let written = image.write_with_encoder(JpegEncoder::new_with_quality(&mut content, QUALITY));
    written.map_err(|error| broken(&error))?;
    Ok(drawing(PlanMedia::Jpeg, content, &image))
}

/// The pixels, the right way up. How many there are is asked before there is any memory for them.
fn decoded(mut decoder: impl ImageDecoder) -> Result<DynamicImage, Unfit> {
    let (width, height) = decoder.dimensions();
    if width.max(height) > MAX_SIDE || u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(Unfit::Pixels);
    }
    decoder
        .set_limits(limits())
        .map_err(|error| broken(&error))?;
    let turned = decoder.orientation().ok();
    let mut image = DynamicImage::from_decoder(decoder).map_err(|error| broken(&error))?;
    if let Some(turned) = turned {
        image.apply_orientation(turned);
    }
    Ok(image)
}

fn drawing(media: PlanMedia, content: Vec<u8>, image: &DynamicImage) -> Drawing {
    Drawing {
        media,
        content,
        width: image.width().into(),
        height: image.height().into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clean;

    fn picture(width: u32, height: u32) -> DynamicImage {
        let dot = |x: u32, y: u32| image::Rgb([x.to_le_bytes()[0], y.to_le_bytes()[0], 90]);
        image::RgbImage::from_fn(width, height, dot).into()
    }

    fn encoded(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut file = Vec::new();
        image.write_to(&mut Cursor::new(&mut file), format).unwrap();
        file
    }

    #[test]
    fn e4_what_hides_behind_pixels_is_gone() {
        for (format, media) in [
            (ImageFormat::Png, PlanMedia::Png),
            (ImageFormat::Jpeg, PlanMedia::Jpeg),
        ] {
            let mut file = encoded(&picture(40, 20), format);
            file.extend_from_slice(b"<html><script>alert(1)</script></html>PK\x03\x04");
            let drawing = clean(&file).unwrap();
            assert_eq!(
                (drawing.media, drawing.width, drawing.height),
                (media, 40.0, 20.0)
            );
            let has = |needle: &[u8]| drawing.content.windows(needle.len()).any(|at| at == needle);
            assert!(!has(b"script") && !has(b"PK\x03\x04"));
            assert_eq!(clean(&drawing.content).unwrap().media, media);
        }
    }

    #[test]
    fn what_a_camera_notes_is_gone() {
        let mut file = encoded(&picture(8, 8), ImageFormat::Jpeg);
        let mut exif = vec![0xff, 0xe1, 0x00, 0x22];
        exif.extend_from_slice(b"Exif\0\0II*\0\x08\0\0\0\0\0\0\0\0\0GPS 52.5 13.4");
        exif.resize(0x22 + 2, 0);
        file.splice(2..2, exif);
        let drawing = clean(&file).unwrap();
        assert!(
            !drawing
                .content
                .windows(4)
                .any(|at| at == b"Exif" || at == b"GPS ")
        );
    }

    #[test]
    fn too_many_pixels_are_refused_before_they_are_decoded() {
        // Only the head of a PNG: 60,000 by 60,000.
        let mut huge = encoded(&picture(4, 4), ImageFormat::Png);
        huge[16..20].copy_from_slice(&60_000_u32.to_be_bytes());
        huge[20..24].copy_from_slice(&60_000_u32.to_be_bytes());
        let crc = crc(&huge[12..29]);
        huge[29..33].copy_from_slice(&crc.to_be_bytes());
        assert_eq!(clean(&huge), Err(Unfit::Pixels));
        let wide = encoded(&picture(8193, 1), ImageFormat::Png);
        assert_eq!(clean(&wide), Err(Unfit::Pixels));
        let wide = encoded(&picture(8193, 1), ImageFormat::Jpeg);
        assert_eq!(clean(&wide), Err(Unfit::Pixels));
    }

    #[test]
    fn a_broken_file_is_refused() {
        for format in [ImageFormat::Png, ImageFormat::Jpeg] {
            let file = encoded(&picture(64, 64), format);
            for cut in [4, 20, 40] {
                assert!(clean(&file[..cut]).is_err());
            }
        }
        for other in [
            &b""[..],
            b"GIF89a",
            b"\0\0\0\0",
            b"plain",
            &[0xff, 0xfe, b'<', 0],
        ] {
            assert_eq!(clean(other), Err(Unfit::Unknown));
        }
    }

    /// The checksum of a PNG's chunks (ISO 3309).
    fn crc(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(!0_u32, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
                (crc >> 1) ^ (0xedb8_8320 & 0_u32.wrapping_sub(crc & 1))
            })
        })
    }
}
