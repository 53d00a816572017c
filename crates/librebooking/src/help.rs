//! The help page: every service with its method, path, request and answer, generated from the table of services.

use std::fmt::Write;

use crate::routing::{Access, Service};
use crate::services::CHAPTERS;
use crate::{App, BASE};

/// The page.
pub fn page(app: &App) -> String {
    let mut page = String::from(concat!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>LibreBooking API</title>",
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"></head><body><main>",
        "<h1>LibreBooking API</h1><p>These are the services of LibreBooking's API, answered by Tenure. ",
        "Log in at <a href=\"#login\">Authenticate</a>; then send its <code>sessionToken</code> as ",
        "<code>X-Booked-SessionToken</code> and its <code>userId</code> as <code>X-Booked-UserId</code>.</p>",
    ));
    for (chapter, services) in CHAPTERS {
        let _ = write!(page, "<h2>{chapter}</h2>");
        for service in *services {
            section(&mut page, app, service);
        }
    }
    page.push_str("</main></body></html>");
    page
}

fn section(page: &mut String, app: &App, service: &Service) {
    let right = match service.access {
        Access::Anyone => "",
        Access::User => "<p>Needs a session.</p>",
        Access::Administrator => "<p>Needs the session of an application administrator.</p>",
    };
    let address = escaped(&app.links.address(&format!("{BASE}{}", service.path)));
    let _ = write!(
        page,
        "<section id=\"{name}\"><h3>{name}</h3><p>{about}</p><p><code>{method} {address}</code></p>{right}",
        name = service.name,
        about = escaped(service.about),
        method = service.method,
    );
    for (title, example) in [("Request", service.request), ("Response", service.response)] {
        if !example.is_empty() {
            let _ = write!(page, "<h4>{title}</h4><pre>{}</pre>", escaped(example));
        }
    }
    page.push_str("</section>");
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
