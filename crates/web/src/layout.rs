//! What every page has around its content.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use http_kit::security_headers;
use maud::{DOCTYPE, Markup, html};

use crate::assets::{Asset, ICON, STYLE};

/// A page with a title, a script if it has one, and its content, of which one element is `#content`.
///
/// Its forms come back with their origin, which `no-referrer` would hide: so it says `same-origin`.
pub fn page(status: StatusCode, title: &str, script: Option<&Asset>, content: &Markup) -> Response {
    let text = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " · Tenure" }
                link rel="stylesheet" href=(STYLE.address());
                link rel="icon" type="image/svg+xml" href=(ICON.address());
                @if let Some(script) = script {
                    script src=(script.address()) defer {}
                }
            }
            body {
                a .skip href="#content" { "Skip to the content" }
                (content)
            }
        }
    };
    let kind = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
    let mut response = (status, kind, text.into_string()).into_response();
    let headers = response.headers_mut();
    security_headers::add_page_policy(headers);
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("same-origin"),
    );
    response
}
