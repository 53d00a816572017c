//! What an uploaded drawing must not contain.

use http_kit::Problem;

use crate::wire::invalid;

/// The largest drawing, in bytes: 200 KiB.
const MAX: usize = 200 * 1024;

/// Refuses what a drawing does not need and an attacker would.
///
/// # Errors
/// 422 for drawings that are too large, none at all, or contain scripts, foreign content, event attributes,
/// entities, or references to other places.
pub fn check(svg: &str) -> Result<(), Problem> {
    let refuse = |detail: &str| Err(invalid("plan", detail));
    if svg.len() > MAX {
        return refuse("the drawing has more than 200 KiB");
    }
    let lower = svg.to_ascii_lowercase();
    if !lower.contains("<svg") {
        return refuse("the drawing is not SVG");
    }
    let unwanted = [
        "<script",
        "foreignobject",
        "<!entity",
        "<!doctype",
        "<?xml-stylesheet",
        "<iframe",
        "<embed",
        "<object",
        "<handler",
        "javascript:",
        "@import",
        ":script",
        "&#",
    ];
    if let Some(found) = unwanted.iter().find(|unwanted| lower.contains(**unwanted)) {
        return refuse(&format!("a drawing must not contain {found}"));
    }
    for (name, value) in attributes(&lower) {
        let reference = name == "href" || name == "src" || name.ends_with(":href");
        if reference && !value.starts_with('#') {
            return refuse("a drawing refers to its own parts only");
        }
        if name.starts_with("on") {
            return refuse("a drawing has no event attributes");
        }
    }
    let mut urls = lower.split("url(").skip(1);
    if urls.any(|url| {
        !url.trim_start_matches(|c: char| c.is_whitespace() || c == '\'' || c == '"')
            .starts_with('#')
    }) {
        return refuse("a drawing refers to its own parts only");
    }
    Ok(())
}

/// Whatever looks like an attribute: a name, `=`, and what follows without its quotes.
fn attributes(svg: &str) -> impl Iterator<Item = (&str, &str)> {
    svg.match_indices('=').map(|(at, _)| {
        let before = svg[..at].trim_end();
        let start = before
            .rfind(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '/' | '>'))
            .map_or(0, |at| at + 1);
        let value = svg[at + 1..]
            .trim_start()
            .trim_start_matches(['"', '\''])
            .trim_start();
        (before.get(start..).unwrap_or_default(), value)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn e3_drawings_with_active_content_are_refused() {
        let hostile = [
            "<svg><script>alert(1)</script></svg>",
            "<svg><ScRiPt/></svg>",
            "<svg><foreignObject/></svg>",
            "<!DOCTYPE svg [<!ENTITY a 'b'>]><svg>&a;</svg>",
            "<svg><image href='https://evil.example/x.png'/></svg>",
            "<svg><use xlink:href = \"//evil.example/#a\"/></svg>",
            "<svg/onload=alert(1)>",
            "<svg onload = 'x()'/>",
            "<svg><rect\tonclick='x()'/></svg>",
            "<svg><rect fill=\"url(https://evil.example/a)\"/></svg>",
            "<svg><a href='java&#115;cript:x()'/></svg>",
            "plain text",
        ];
        for svg in hostile {
            assert!(check(svg).is_err(), "{svg}");
        }
        let huge = format!("<svg>{}</svg>", " ".repeat(MAX));
        assert!(check(&huge).is_err());
    }

    #[test]
    fn plain_drawings_pass() {
        let plain = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 10 10\"><defs><path id=\"a\"/></defs>\
                     <use href=\"#a\"/><rect fill=\"url(#b)\" width='10'/><text>A = B</text></svg>";
        assert!(check(plain).is_ok());
    }
}
