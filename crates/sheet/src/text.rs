//! Text out of bytes whose encoding nobody has said.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::error::Unreadable;

/// How many characters must look like UTF-16 for a text without a mark to be it.
const SAMPLE: usize = 4;

/// The text: in the encoding that a byte order mark says; in UTF-16 if its first characters are plain letters of it;
/// in UTF-8 if it can be; otherwise in Windows-1252, in which every byte means something.
pub(crate) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, Unreadable> {
    let (encoding, bytes) = match Encoding::for_bom(bytes) {
        Some((encoding, length)) => (encoding, bytes.get(length..).unwrap_or_default()),
        None => (guess(bytes), bytes),
    };
    let (text, damaged) = encoding.decode_without_bom_handling(bytes);
    if damaged || text.contains('\0') {
        return Err(Unreadable::NotText);
    }
    Ok(text)
}

fn guess(bytes: &[u8]) -> &'static Encoding {
    let units = || bytes.as_chunks::<2>().0.iter().take(SAMPLE);
    let plain = |byte: u8| byte != 0 && byte.is_ascii();
    if units().count() == SAMPLE && units().all(|[low, high]| plain(*low) && *high == 0) {
        UTF_16LE
    } else if units().count() == SAMPLE && units().all(|[high, low]| plain(*low) && *high == 0) {
        UTF_16BE
    } else if std::str::from_utf8(bytes).is_ok() {
        UTF_8
    } else {
        WINDOWS_1252
    }
}
