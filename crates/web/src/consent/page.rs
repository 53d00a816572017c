//! The page of the question.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use domain::people::Scope;
use http_kit::security_headers::PAGE_POLICY;
use maud::html;
use oauth::Wish;

use super::{ANSWER, YES};
use crate::viewer::Viewer;
use crate::{forms, layout};

/// What a scope lets a program do, in words that a person understands.
const fn told(scope: Scope) -> &'static str {
    match scope {
        Scope::BookingsRead => "See bookings, as far as you can see them",
        Scope::BookingsWrite => "Book, change and cancel for you",
        Scope::CatalogRead => "See the places and what can be booked there",
        Scope::MembershipsRead => "See memberships, as far as you can see them",
        Scope::CreditsRead => "See credits and passes, as far as you can see them",
        Scope::ProfileRead => "See your name and your e-mail address",
        Scope::SubscriptionsRead => "See which programs are told of events",
        Scope::SubscriptionsWrite => "Choose which programs are told of events",
        Scope::CatalogWrite => "Change places and what can be booked there",
        Scope::PeopleRead => "See people",
        Scope::PeopleWrite => "Change people",
        Scope::EventsRead => "Follow what happens",
        Scope::AuditRead => "Read the journal",
        Scope::TokensWrite => "Make and revoke tokens",
    }
}

/// Where one is sent, as far as a person needs to know: the host, or the app's own scheme.
fn target(uri: &str) -> String {
    match uri.split_once("://") {
        Some((_, rest)) => rest.split(['/', '?']).next().unwrap_or_default().to_owned(),
        None => uri.split(':').next().unwrap_or_default().to_owned(),
    }
}

/// The page's policy, which lets its form lead on to the program: Chromium applies `form-action` to where a form's answer
/// redirects to. It knows no IPv6 addresses, which only a person's own machine has here.
fn policy(uri: &str) -> String {
    let scheme = uri.split(':').next().unwrap_or_default();
    let host = target(uri);
    let source = match scheme {
        "http" | "https" if !host.starts_with('[') => format!("{scheme}://{host}"),
        _ => format!("{scheme}:"),
    };
    PAGE_POLICY.replace(
        "form-action 'self'",
        &format!("form-action 'self' {source}"),
    )
}

/// The question: who asks, for whom, for what, and where it goes on.
pub fn show(viewer: &Viewer, wish: &Wish, path: &str) -> Response {
    let secret = viewer.session().unwrap_or_default();
    let user = &viewer.actor.user;
    let program = &wish.registered.client.name;
    let content = html! {
        main #content .narrow .asking {
            h1 { "Let " (program) " use your account?" }
            p {
                (program) " asks to act for you at " (viewer.catalog.organisation.body.name) ", as "
                strong { (user.name()) } " (" (user.email) ")."
            }
            h2 #could { "It could" }
            ul aria-labelledby="could" {
                @for scope in wish.asked.scopes.iter() { li { (told(scope)) } }
            }
            p { "It can do no more than you can. You, or who administers this, can take it back at any time." }
            p .to { "Either way you are sent on to " strong { (target(&wish.asked.redirect_uri)) } "." }
            form method="post" action=(path) {
                @for (name, value) in wish.fields() {
                    input type="hidden" name=(name) value=(value);
                }
                input type="hidden" name=(forms::FIELD) value=(forms::mark(secret));
                div .choice {
                    button name=(ANSWER) value="deny" { "Deny" }
                    button .main name=(ANSWER) value=(YES) { "Allow" }
                }
            }
        }
    };
    let title = format!("Let {program} use your account?");
    let mut response = layout::page(StatusCode::OK, &title, None, &content);
    if let Ok(policy) = HeaderValue::from_str(&policy(&wish.asked.redirect_uri)) {
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_leads_to_the_program_and_nowhere_else() {
        let source = |uri| {
            let policy = policy(uri);
            let (_, rest) = policy.split_once("form-action ").unwrap_or_default();
            rest.split(';').next().unwrap_or_default().to_owned()
        };
        assert_eq!(
            source("https://app.example:8443/cb?x=1"),
            "'self' https://app.example:8443"
        );
        assert_eq!(
            source("http://127.0.0.1:3000"),
            "'self' http://127.0.0.1:3000"
        );
        assert_eq!(source("http://[::1]:3000/cb"), "'self' http:");
        assert_eq!(source("com.example.app:/cb"), "'self' com.example.app:");
        assert_eq!(target("com.example.app:/cb"), "com.example.app");
        assert_eq!(target("https://app.example?x"), "app.example");
    }
}
