//! Pages for people: the help, and what is answered where clients expect a page rather than JSON.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use http_kit::security_headers;

use crate::BASE;

const STYLE: &str = include_str!("pages.css");

/// The path of the style sheet below [`BASE`].
pub const STYLE_PATH: &str = "/Help/style.css";

/// The style sheet.
pub fn style() -> Response {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], STYLE).into_response()
}

/// A page with a title; `content` is HTML.
pub fn page(title: &str, content: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
         <link rel=\"stylesheet\" href=\"{BASE}{STYLE_PATH}\">\n</head>\n<body>\n\
         <a class=\"skip\" href=\"#content\">Skip to the content</a>\n{content}\n</body>\n</html>\n"
    )
}

/// A page as an answer, with the headers that pages need.
pub fn html(status: StatusCode, page: String) -> Response {
    let kind = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
    let mut response = (status, kind, page).into_response();
    security_headers::add_page_policy(response.headers_mut());
    response
}

/// A page that says one thing; `text` is HTML.
pub fn notice(status: StatusCode, title: &str, text: &str) -> Response {
    let content = format!("<main id=\"content\"><h1>{title}</h1>\n<p>{text}</p></main>");
    html(status, page(title, &content))
}

/// The text as it may stand in HTML.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
