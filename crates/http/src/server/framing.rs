//! Follows where one request ends and the next begins, and refuses what can be read in two ways.
//!
//! hyper accepts bare line feeds, and of a request with both `Content-Length` and
//! `Transfer-Encoding` it drops the former before a handler can see it. A proxy in front may read
//! such bytes otherwise, and then a second request hides in the first (RFC 9112, section 11.2).
//! What passes here has one reading only, so this scan and hyper's parser cannot disagree on it.

use memchr::memchr;

/// A line that goes on for longer than this was long since refused by hyper for its size.
const MAX_LINE: usize = 128 * 1024;

/// More empty lines than this before a request only serve to look alive.
const MAX_BLANK: u32 = 2;

/// How far the bytes seen so far have come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Head,
    Body { left: u64 },
    ChunkSize,
    ChunkData { left: u64 },
    ChunkEnd,
    Trailer,
    Refused,
}

/// The scanner of one connection.
#[derive(Debug)]
pub(super) struct Framing {
    state: State,
    /// The part of the current line that came with earlier reads.
    carried: Vec<u8>,
    /// Lines of the current head, or of the trailer, that are complete.
    lines: u32,
    /// Empty lines before the current request line, which RFC 9112 wants skipped.
    blank: u32,
    length: Option<u64>,
    chunked: bool,
    heads: u64,
}

impl Framing {
    pub(super) fn new() -> Self {
        Self {
            state: State::Head,
            carried: Vec::new(),
            lines: 0,
            blank: 0,
            length: None,
            chunked: false,
            heads: 0,
        }
    }

    /// Whether nothing of a next request has come yet.
    pub(super) fn at_boundary(&self) -> bool {
        self.state == State::Head && self.lines == 0 && self.carried.is_empty()
    }

    /// Whether the connection has come to bytes that are not let through.
    pub(super) fn refused(&self) -> bool {
        self.state == State::Refused
    }

    /// Whether a request body is awaited.
    pub(super) fn in_body(&self) -> bool {
        !matches!(self.state, State::Head | State::Refused)
    }

    /// How many request heads have ended so far.
    pub(super) fn heads(&self) -> u64 {
        self.heads
    }

    /// Reads on through `bytes`.
    ///
    /// # Errors
    ///
    /// The offset from which on the bytes must not reach the parser: the beginning of the request
    /// head or of the chunk line that is ambiguous. All later bytes are refused as well.
    pub(super) fn scan(&mut self, bytes: &[u8]) -> Result<(), usize> {
        let mut at = 0;
        let mut head_start = 0;
        while at < bytes.len() {
            let rest = &bytes[at..];
            match self.state {
                State::Body { left } | State::ChunkData { left } => {
                    let taken = rest.len().min(usize::try_from(left).unwrap_or(usize::MAX));
                    at += taken;
                    self.data(left - taken as u64);
                    head_start = at;
                }
                State::Refused => return Err(at),
                State::Head | State::ChunkSize | State::ChunkEnd | State::Trailer => {
                    let start = at;
                    let understood = match memchr(b'\n', rest) {
                        None => {
                            at = bytes.len();
                            self.carried.extend_from_slice(rest);
                            self.carried.len() <= MAX_LINE
                        }
                        Some(end) => {
                            at += end + 1;
                            self.take_line(&rest[..end])
                        }
                    };
                    if !understood {
                        let cut = if self.state == State::Head {
                            head_start
                        } else {
                            start
                        };
                        self.state = State::Refused;
                        return Err(cut);
                    }
                    if self.at_boundary() || self.state != State::Head {
                        head_start = at;
                    }
                }
            }
        }
        Ok(())
    }

    fn data(&mut self, left: u64) {
        self.state = match self.state {
            State::ChunkData { .. } if left == 0 => State::ChunkEnd,
            State::ChunkData { .. } => State::ChunkData { left },
            _ if left == 0 => State::Head,
            _ => State::Body { left },
        };
    }

    fn take_line(&mut self, end: &[u8]) -> bool {
        if self.carried.is_empty() {
            return self.line(end);
        }
        let mut line = std::mem::take(&mut self.carried);
        line.extend_from_slice(end);
        let understood = self.line(&line);
        line.clear();
        self.carried = line;
        understood
    }

    /// Takes a line without its line feed; false if it is not to be let through.
    fn line(&mut self, line: &[u8]) -> bool {
        let Some(line) = line.strip_suffix(b"\r") else {
            return false;
        };
        match self.state {
            State::Head if line.is_empty() && self.lines == 0 => {
                self.blank += 1;
                self.blank <= MAX_BLANK
            }
            State::Head if line.is_empty() => self.end_of_head(),
            State::Head => {
                self.lines = self.lines.saturating_add(1);
                self.lines == 1 || self.field(line)
            }
            State::ChunkSize => match chunk_size(line) {
                Some(0) => {
                    self.state = State::Trailer;
                    true
                }
                Some(left) => {
                    self.state = State::ChunkData { left };
                    true
                }
                None => false,
            },
            State::ChunkEnd => {
                self.state = State::ChunkSize;
                line.is_empty()
            }
            State::Trailer if line.is_empty() => {
                self.state = State::Head;
                true
            }
            State::Trailer => !folded(line),
            State::Body { .. } | State::ChunkData { .. } | State::Refused => false,
        }
    }

    fn field(&mut self, line: &[u8]) -> bool {
        if folded(line) {
            return false;
        }
        // Without a colon, or with white space before it, hyper refuses the line itself.
        let Some(colon) = memchr(b':', line) else {
            return true;
        };
        let value = line[colon + 1..].trim_ascii();
        match colon {
            14 if line[..colon].eq_ignore_ascii_case(b"content-length") => {
                let first = self.length.is_none();
                self.length = decimal(value);
                first && self.length.is_some()
            }
            17 if line[..colon].eq_ignore_ascii_case(b"transfer-encoding") => {
                let first = !self.chunked;
                self.chunked = true;
                first && value.eq_ignore_ascii_case(b"chunked")
            }
            _ => true,
        }
    }

    fn end_of_head(&mut self) -> bool {
        let length = self.length.take();
        let chunked = std::mem::take(&mut self.chunked);
        if chunked && length.is_some() {
            return false;
        }
        self.lines = 0;
        self.blank = 0;
        self.heads += 1;
        self.state = match length {
            _ if chunked => State::ChunkSize,
            None | Some(0) => State::Head,
            Some(left) => State::Body { left },
        };
        true
    }
}

/// A line that continues the one before it (`obs-fold`, RFC 9112, section 5.2).
fn folded(line: &[u8]) -> bool {
    matches!(line.first(), Some(b' ' | b'\t'))
}

fn decimal(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// The size before an optional extension. White space around it has more than one reading.
fn chunk_size(line: &[u8]) -> Option<u64> {
    let digits = &line[..memchr(b';', line).unwrap_or(line.len())];
    if digits.is_empty() || digits.len() > 15 || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    u64::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::Framing;
    use proptest::prelude::*;

    fn scan(text: &str) -> Result<bool, usize> {
        let mut framing = Framing::new();
        framing
            .scan(text.as_bytes())
            .map(|()| framing.at_boundary())
    }

    #[test]
    fn plain_requests_end_at_a_boundary() {
        assert_eq!(scan("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), Ok(true));
        assert_eq!(
            scan("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\n"),
            Ok(false)
        );
        assert_eq!(
            scan("POST / HTTP/1.1\r\ncontent-length:  3 \r\n\r\na\nb"),
            Ok(true)
        );
        assert_eq!(
            scan("POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\na\nb"),
            Ok(false)
        );
        let chunked = "POST / HTTP/1.1\r\nTransfer-Encoding: Chunked\r\n\r\n3;x=y\r\na\nb\r\n0\r\nT: 1\r\n\r\n";
        assert_eq!(scan(chunked), Ok(true));
    }

    #[test]
    fn two_readings_are_refused_from_the_beginning_of_their_head() {
        let good = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
        for bad in [
            "GET / HTTP/1.1\nHost: a\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\n\n",
            "GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n",
            "GET / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
            "GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n",
            "GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
            "GET / HTTP/1.1\r\nContent-Length: 1, 1\r\n\r\n",
            "GET / HTTP/1.1\r\nContent-Length: +1\r\n\r\n",
            "GET / HTTP/1.1\r\nContent-Length:\r\n\r\n",
            "GET / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n",
            "GET / HTTP/1.1\r\nTransfer-Encoding: xchunked\r\n\r\n",
            "GET / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
            "GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
        ] {
            assert_eq!(scan(bad), Err(0), "{bad:?}");
            assert_eq!(scan(&format!("{good}{bad}")), Err(good.len()), "{bad:?}");
        }
    }

    #[test]
    fn chunk_lines_have_one_reading() {
        let head = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
        for bad in [
            "3\n",
            "0x3\r\n",
            "3 \r\n",
            "\r\n",
            "-1\r\n",
            "1111111111111111\r\n",
        ] {
            assert_eq!(scan(&format!("{head}{bad}")), Err(head.len()), "{bad:?}");
        }
        assert_eq!(scan(&format!("{head}1\r\nab\r\n")), Err(head.len() + 4));
        assert_eq!(scan(&format!("{head}0\r\nA: b\n\r\n")), Err(head.len() + 3));
    }

    proptest! {
        #[test]
        fn cutting_the_stream_anywhere_changes_no_verdict(
            parts in proptest::collection::vec(prop_oneof![
                Just("GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
                Just("POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\na\nb"),
                Just("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n\n\n\r\n0\r\n\r\n"),
                Just("GET / HTTP/1.1\nHost: a\r\n\r\n"),
                Just("GET / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"),
            ], 1..5),
            cut in 1..40_usize,
        ) {
            let text = parts.concat();
            let whole = scan(&text);
            let mut framing = Framing::new();
            let mut pieces = Ok(());
            for piece in text.as_bytes().chunks(cut) {
                pieces = pieces.and(framing.scan(piece));
            }
            prop_assert_eq!(whole.is_ok(), pieces.is_ok());
            if let Ok(boundary) = whole {
                prop_assert_eq!(boundary, framing.at_boundary());
            }
        }
    }
}
