//! The headers that tell browsers and caches to be careful.

use http::HeaderMap;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};

/// The policy for pages: everything from this server, no inline scripts or styles, no plugins, no
/// framing by others, forms sent to this server only. Images may also be `data:` URIs.
pub const PAGE_POLICY: &str = "default-src 'self'; script-src 'self'; style-src 'self'; \
    img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; \
    frame-ancestors 'none'";

/// The policy for uploaded files and for data: it may do nothing at all.
pub const SANDBOX_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/// Adds, each unless it is set: `X-Content-Type-Options: nosniff`, `Referrer-Policy: no-referrer`
/// and `Cache-Control: no-store`.
///
/// `no-store` is the default since nearly every answer is for one person only; what may be cached,
/// such as a style sheet, says so itself.
pub fn add_defaults(headers: &mut HeaderMap) {
    add(headers, X_CONTENT_TYPE_OPTIONS, "nosniff");
    add(headers, REFERRER_POLICY, "no-referrer");
    add(headers, CACHE_CONTROL, "no-store");
}

/// Adds, each unless it is set, what a page needs: [`PAGE_POLICY`] and, for browsers that do not
/// know `frame-ancestors`, `X-Frame-Options: DENY`.
pub fn add_page_policy(headers: &mut HeaderMap) {
    add(headers, CONTENT_SECURITY_POLICY, PAGE_POLICY);
    add(headers, X_FRAME_OPTIONS, "DENY");
}

/// Sets [`SANDBOX_POLICY`], for files that people uploaded.
pub fn set_sandbox(headers: &mut HeaderMap) {
    headers.insert(
        CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(SANDBOX_POLICY),
    );
}

fn add(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers
        .entry(name)
        .or_insert(HeaderValue::from_static(value));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_set_stays() {
        let mut headers = HeaderMap::new();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("max-age=60"));
        add_defaults(&mut headers);
        add_page_policy(&mut headers);
        insta::assert_debug_snapshot!(headers, @r#"
        {
            "cache-control": "max-age=60",
            "x-content-type-options": "nosniff",
            "referrer-policy": "no-referrer",
            "content-security-policy": "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
            "x-frame-options": "DENY",
        }
        "#);
    }
}
