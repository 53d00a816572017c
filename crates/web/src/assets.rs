//! Style sheets and scripts, under addresses that change with their content, so that browsers may keep them.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

/// A file of the pages.
pub struct Asset {
    name: &'static str,
    kind: &'static str,
    content: &'static str,
}

/// The one style sheet.
pub const STYLE: Asset = Asset {
    name: "style.css",
    kind: "text/css; charset=utf-8",
    content: include_str!("assets/style.css"),
};
/// What moves the map and keeps it up to date.
pub const MAP: Asset = Asset {
    name: "map.js",
    kind: "text/javascript; charset=utf-8",
    content: include_str!("assets/map.js"),
};

/// What browsers show beside a page's title.
pub const ICON: Asset = Asset {
    name: "icon.svg",
    kind: "image/svg+xml",
    content: include_str!("assets/icon.svg"),
};

const ALL: [&Asset; 3] = [&STYLE, &MAP, &ICON];

/// What tells these files from those of other versions.
static MARK: LazyLock<String> = LazyLock::new(|| {
    let all = ALL.iter().fold(Sha256::new(), |hash, asset| {
        hash.chain_update(asset.content)
    });
    let bytes = all.finalize();
    bytes.iter().take(8).fold(String::new(), |mark, byte| {
        let digit = |value: u8| char::from_digit(value.into(), 16).unwrap_or('0');
        mark + &String::from_iter([digit(byte >> 4), digit(byte & 15)])
    })
});

impl Asset {
    /// The address under which it is served.
    pub fn address(&self) -> String {
        format!("/assets/{}/{}", *MARK, self.name)
    }
}

/// Serves a file, to be kept for a year.
pub async fn serve(Path((mark, name)): Path<(String, String)>) -> Response {
    let found = ALL.iter().find(|asset| asset.name == name);
    match found.filter(|_| mark == *MARK) {
        Some(asset) => {
            let headers = [
                (header::CONTENT_TYPE, asset.kind),
                (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
            ];
            (headers, asset.content).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
