//! The help page: every service with its method, path, request and answer, generated from the table of services.

use std::fmt::Write;

use crate::BASE;
use crate::links::Links;
use crate::pages::{escaped, page};
use crate::routing::{Access, Service};
use crate::services::CHAPTERS;

const TITLE: &str = "LibreBooking API";

/// The page.
pub fn render(links: &Links) -> String {
    let mut content = format!("<header><h1>{TITLE}</h1>{INTRODUCTION}</header>\n");
    content.push_str("<nav aria-label=\"Services\"><ul>\n");
    for (chapter, services) in CHAPTERS {
        let _ = write!(content, "<li><a href=\"#{chapter}\">{chapter}</a><ul>");
        for service in *services {
            let name = service.name;
            let _ = write!(content, "<li><a href=\"#{name}\">{name}</a></li>");
        }
        content.push_str("</ul></li>\n");
    }
    content.push_str("</ul></nav>\n<main id=\"content\">\n");
    for (chapter, services) in CHAPTERS {
        let _ = writeln!(content, "<h2 id=\"{chapter}\">{chapter}</h2>");
        for service in *services {
            section(&mut content, links, service);
        }
    }
    content.push_str("</main>");
    page(TITLE, &content)
}

const INTRODUCTION: &str = "<p>The services of LibreBooking's API, answered by Tenure. Log in with \
    <a href=\"#login\">login</a>; then send its <code>sessionToken</code> as the header \
    <code>X-Booked-SessionToken</code> and its <code>userId</code> as <code>X-Booked-UserId</code>. \
    A session lasts thirty minutes after its last use. Bodies are JSON.</p>";

fn section(content: &mut String, links: &Links, service: &Service) {
    let name = service.name;
    let right = match service.access {
        Access::Anyone => "Open to everybody.",
        Access::User => "Needs a session.",
        Access::Administrator => "Needs the session of an application administrator.",
    };
    let address = links.address(&format!("{BASE}{}", service.path));
    let _ = writeln!(
        content,
        "<section aria-labelledby=\"{name}\"><h3 id=\"{name}\">{name}</h3>\n<p>{about}</p>\n\
         <p><code>{method} {address}</code></p>\n<p>{right}</p>",
        about = escaped(service.about),
        method = service.method,
        address = escaped(&address),
    );
    for (title, example) in [("Request", service.request), ("Response", service.response)] {
        if !example.is_empty() {
            let example = escaped(example);
            let _ = writeln!(
                content,
                "<details><summary>{title}</summary><pre tabindex=\"0\"><code>{example}</code></pre></details>"
            );
        }
    }
    content.push_str("</section>\n");
}
