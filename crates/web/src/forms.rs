//! Forms that only our own pages can send: a mark that the page carries, and the origin that the browser tells.

use axum::http::{HeaderMap, header};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::app::Settings;
use crate::fault::Fault;

/// The name of the field that carries the mark.
pub const FIELD: &str = "mark";

/// The mark of the forms of a page, made of a secret that only the browser's cookie holds.
pub fn mark(secret: &str) -> String {
    let bytes = Sha256::new()
        .chain_update("form ")
        .chain_update(secret)
        .finalize();
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Lets a form pass that carries the mark made of this secret, and comes from this site.
///
/// # Errors
/// [`Fault::Forged`]
pub fn check(
    headers: &HeaderMap,
    settings: &Settings,
    secret: &str,
    sent: &str,
) -> Result<(), Fault> {
    let right: bool = mark(secret).as_bytes().ct_eq(sent.as_bytes()).into();
    if right && !secret.is_empty() && is_ours(headers, settings) {
        Ok(())
    } else {
        Err(Fault::Forged)
    }
}

/// Whether the browser says that a page of this site is behind the request; one that says nothing is an old one.
pub fn is_ours(headers: &HeaderMap, settings: &Settings) -> bool {
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or(""));
    if let Some(site) = text(header::HeaderName::from_static("sec-fetch-site"))
        && !matches!(site, "same-origin" | "none")
    {
        return false;
    }
    let Some(origin) = text(header::ORIGIN) else {
        return true;
    };
    // Behind a proxy the host stays, and the scheme is the proxy's.
    let own = text(header::HOST).unwrap_or("");
    let host = origin
        .strip_prefix("https://")
        .or_else(|| origin.strip_prefix("http://"));
    origin == settings.base_url || host.is_some_and(|host| !own.is_empty() && host == own)
}

/// The value of a cookie; the first one, if a browser sends several.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(header::COOKIE).iter();
    lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(found, _)| *found == name)
        .map(|(_, value)| value)
}

/// The line that sets a cookie which no script can read and no other site's form sends along; for so many seconds.
pub fn set_cookie(settings: &Settings, name: &str, value: &str, seconds: i64) -> String {
    let secure = if settings.is_secure() { "; Secure" } else { "" };
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}")
}

#[cfg(test)]
mod tests {
    use domain::ids::OrganisationId;

    use super::*;

    #[test]
    fn d15_only_our_own_pages_send_forms() {
        let settings = Settings {
            base_url: "https://book.example".into(),
            organisation: OrganisationId(1),
        };
        let ours = |lines: &[(&'static str, &'static str)]| {
            let headers = lines.iter().map(|(name, value)| {
                (
                    header::HeaderName::from_static(name),
                    header::HeaderValue::from_static(value),
                )
            });
            is_ours(&headers.collect(), &settings)
        };
        assert!(ours(&[]));
        assert!(ours(&[("origin", "https://book.example")]));
        assert!(ours(&[
            ("host", "inside:8080"),
            ("origin", "http://inside:8080")
        ]));
        for origin in [
            "null",
            "",
            "https://evil.example",
            "https://book.example.evil",
        ] {
            assert!(
                !ours(&[("host", "book.example"), ("origin", origin)]),
                "{origin}"
            );
        }
        assert!(!ours(&[("sec-fetch-site", "cross-site")]));
        assert!(!ours(&[("sec-fetch-site", "same-site")]));
        assert!(ours(&[("sec-fetch-site", "same-origin")]));
    }
}
