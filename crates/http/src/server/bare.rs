//! What hyper answers by itself, when it can not read a request's head: given a body that says so.

use std::io::IoSlice;

const BAD_REQUEST: &[u8] = b"HTTP/1.1 400 Bad Request\r\n\
    content-type: application/problem+json\r\n\
    cache-control: no-store\r\n\
    connection: close\r\n\
    content-length: 82\r\n\r\n\
    {\"type\":\"/problems/bad-request\",\"title\":\"The request is malformed.\",\"status\":400}\n";

const HEAD_TOO_LARGE: &[u8] = b"HTTP/1.1 431 Request Header Fields Too Large\r\n\
    content-type: application/problem+json\r\n\
    cache-control: no-store\r\n\
    connection: close\r\n\
    content-length: 92\r\n\r\n\
    {\"type\":\"/problems/head-too-large\",\"title\":\"The request's head is too large.\",\"status\":431}\n";

/// An answer that takes the place of hyper's own, on its way out.
#[derive(Debug)]
pub(super) struct StandIn {
    /// What is still to be written.
    pub(super) rest: &'static [u8],
    /// How many bytes hyper believes it has written, once all is.
    pub(super) replaces: usize,
}

/// The answer that takes the place of these bytes, if they are hyper's own refusal of a head: one without a body
/// and without the request id that every other answer carries.
pub(super) fn stand_in(bufs: &[IoSlice<'_>]) -> Option<StandIn> {
    let head = bufs.first()?;
    let rest = if head.starts_with(b"HTTP/1.1 400 ") {
        BAD_REQUEST
    } else if head.starts_with(b"HTTP/1.1 431 ") {
        HEAD_TOO_LARGE
    } else {
        return None;
    };
    let has = |needle: &[u8]| head.windows(needle.len()).any(|window| window == needle);
    if has(b"x-request-id") || !has(b"content-length: 0\r\n") || !head.ends_with(b"\r\n\r\n") {
        return None;
    }
    let replaces = bufs.iter().map(|buf| buf.len()).sum();
    Some(StandIn { rest, replaces })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_length_is_that_of_the_body() {
        for answer in [BAD_REQUEST, HEAD_TOO_LARGE] {
            let text = String::from_utf8_lossy(answer);
            let (head, body) = text.split_once("\r\n\r\n").unwrap();
            let length = format!("content-length: {}", body.len());
            assert!(head.contains(&length), "{length}: {text}");
        }
    }

    #[test]
    fn only_a_bare_refusal_is_replaced() {
        let found = |text: &str| stand_in(&[IoSlice::new(text.as_bytes())]).is_some();
        let bare = "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\ndate: today\r\n\r\n";
        assert!(found(bare));
        assert!(!found(&bare.replace("date", "x-request-id")));
        assert!(!found(&bare.replace("400 Bad Request", "200 OK")));
        assert!(!found(
            "HTTP/1.1 400 Bad Request\r\ncontent-length: 2\r\n\r\nno"
        ));
    }
}
