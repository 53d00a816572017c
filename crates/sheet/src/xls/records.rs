//! Records of an xls file's stream, and the strings in them.

use crate::error::Unreadable;
use crate::limits::MAX_CELL;
use crate::strings::Strings;

use super::DAMAGED;

/// A record: a kind and at most 8,224 bytes.
pub(super) struct Record<'a> {
    pub(super) kind: u16,
    pub(super) data: &'a [u8],
}

/// The kinds of records that are read (MS-XLS 2.3).
impl Record<'_> {
    pub(super) const FORMULA: u16 = 0x0006;
    pub(super) const EOF: u16 = 0x000A;
    pub(super) const FILEPASS: u16 = 0x002F;
    pub(super) const CONTINUE: u16 = 0x003C;
    pub(super) const BOUNDSHEET: u16 = 0x0085;
    pub(super) const MULRK: u16 = 0x00BD;
    pub(super) const RSTRING: u16 = 0x00D6;
    pub(super) const SST: u16 = 0x00FC;
    pub(super) const LABELSST: u16 = 0x00FD;
    pub(super) const SUPBOOK: u16 = 0x01AE;
    pub(super) const NUMBER: u16 = 0x0203;
    pub(super) const LABEL: u16 = 0x0204;
    pub(super) const BOOLERR: u16 = 0x0205;
    pub(super) const RK: u16 = 0x027E;
    pub(super) const BOF: u16 = 0x0809;
}

impl Record<'_> {
    /// So many bytes at a place.
    pub(super) fn bytes<const N: usize>(&self, at: usize) -> Result<[u8; N], Unreadable> {
        let found = self.data.get(at..).and_then(<[u8]>::first_chunk);
        found.copied().ok_or(DAMAGED)
    }

    pub(super) fn u16(&self, at: usize) -> Result<u16, Unreadable> {
        self.bytes(at).map(u16::from_le_bytes)
    }

    /// The string at a place; it lies within the record.
    pub(super) fn string(&self, at: usize) -> Result<String, Unreadable> {
        let data = self.data.get(at..).ok_or(DAMAGED)?;
        Pieces::of(&[data]).string()
    }
}

/// The records of a stream, up to its end.
pub(super) fn records(stream: &[u8]) -> impl Iterator<Item = Result<Record<'_>, Unreadable>> {
    let mut rest = stream;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let Some(([kind_low, kind_high, low, high], after)) = rest.split_first_chunk() else {
            rest = &[];
            return Some(Err(DAMAGED));
        };
        let length = usize::from(u16::from_le_bytes([*low, *high]));
        let Some((data, after)) = after.split_at_checked(length) else {
            rest = &[];
            return Some(Err(DAMAGED));
        };
        rest = after;
        let kind = u16::from_le_bytes([*kind_low, *kind_high]);
        Some(Ok(Record { kind, data }))
    })
}

/// The table of shared strings, which goes on in further records.
pub(super) fn shared(pieces: &[&[u8]], strings: &mut Strings) -> Result<(), Unreadable> {
    let mut pieces = Pieces::of(pieces);
    pieces.skip(4)?;
    let count = u32::from_le_bytes(pieces.array()?);
    for _ in 0..count {
        strings.push(&pieces.string()?)?;
    }
    Ok(())
}

/// Data that is spread over several records.
struct Pieces<'a> {
    rest: &'a [u8],
    next: &'a [&'a [u8]],
}

impl<'a> Pieces<'a> {
    fn of(pieces: &'a [&'a [u8]]) -> Self {
        Self {
            rest: &[],
            next: pieces,
        }
    }

    /// Makes sure that there is something; says whether that is in a new record.
    fn turn(&mut self) -> Result<bool, Unreadable> {
        let mut turned = false;
        while self.rest.is_empty() {
            (self.rest, self.next) = match self.next {
                [first, next @ ..] => (*first, next),
                [] => return Err(DAMAGED),
            };
            turned = true;
        }
        Ok(turned)
    }

    fn byte(&mut self) -> Result<u8, Unreadable> {
        self.turn()?;
        let (first, rest) = self.rest.split_first().ok_or(DAMAGED)?;
        self.rest = rest;
        Ok(*first)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Unreadable> {
        let mut bytes = [0; N];
        for byte in &mut bytes {
            *byte = self.byte()?;
        }
        Ok(bytes)
    }

    fn skip(&mut self, mut length: usize) -> Result<(), Unreadable> {
        while length > 0 {
            self.turn()?;
            let step = length.min(self.rest.len());
            self.rest = self.rest.get(step..).unwrap_or_default();
            length -= step;
        }
        Ok(())
    }

    /// A string with its formats (MS-XLS 2.5.293), which are passed over. Where its characters go on in another record,
    /// that begins by saying anew how wide they are.
    fn string(&mut self) -> Result<String, Unreadable> {
        const WIDE: u8 = 1;
        const EXTENDED: u8 = 4;
        const RICH: u8 = 8;
        let mut left = usize::from(u16::from_le_bytes(self.array()?));
        let flags = self.byte()?;
        let mut after = 0;
        if flags & RICH != 0 {
            after += 4 * usize::from(u16::from_le_bytes(self.array()?));
        }
        if flags & EXTENDED != 0 {
            let length = u32::from_le_bytes(self.array()?);
            after += usize::try_from(length).unwrap_or(usize::MAX / 2);
        }
        let mut wide = flags & WIDE != 0;
        let mut units = Vec::with_capacity(left.min(MAX_CELL));
        while left > 0 {
            if self.turn()? {
                wide = self.byte()? & WIDE != 0;
            }
            if wide {
                units.push(u16::from_le_bytes(self.array()?));
            } else {
                units.push(self.byte()?.into());
            }
            left -= 1;
        }
        self.skip(after)?;
        Ok(String::from_utf16_lossy(&units))
    }
}
