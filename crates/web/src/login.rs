//! Logging in and out.

use std::net::Ipv4Addr;

use axum::Extension;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::ids::OrganisationId;
use domain::people::Door;
use engine::{AuthError, Session};
use http_kit::json::read_body;
use http_kit::query::{parse_query, query_pairs};
use http_kit::{ClientAddress, RequestId};
use jiff::SignedDuration;
use maud::{Markup, html};
use serde::Deserialize;

use crate::App;
use crate::consent;
use crate::fault::Fault;
use crate::forms::{self, cookie, set_cookie};
use crate::layout;
use crate::viewer::{COOKIE, Viewer, logged_in, logged_in_to, organisation};

/// Where one logs in.
pub const PATH: &str = "/login";
/// Where one logs out.
pub const OUT: &str = "/logout";
/// The cookie that holds the secret of the forms of somebody who has not logged in.
const FORM_COOKIE: &str = "tenure_form";
/// How long a log-in lasts; each use does not prolong it.
const SESSION: Session = Session {
    door: Door::Web,
    lasts: SignedDuration::from_hours(12),
    prolonged: false,
};
/// How long the form can be left open, in seconds.
const FORM_LASTS: i64 = 3600;
/// The largest form, in bytes.
const MAX_FORM: usize = 32 * 1024;
/// The longest path to go on to, in bytes: what a program asks for may be long.
const MAX_PATH: usize = 8 * 1024;
/// Where one comes to who did not say where to.
const HOME: &str = "/";

#[derive(Deserialize)]
struct Credentials {
    login: String,
    password: String,
    next: String,
    mark: String,
}

#[derive(Deserialize)]
struct Leaving {
    mark: String,
}

/// The path to go on to, if it is one of ours: no other site, no other scheme, nothing that a browser reads so.
fn own_path(next: &str) -> &str {
    let mut bytes = next.bytes();
    let rooted = bytes.next() == Some(b'/') && !matches!(bytes.next(), Some(b'/' | b'\\'));
    let plain = next
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if rooted && plain && next.len() <= MAX_PATH {
        next
    } else {
        HOME
    }
}

/// The organisation that one logs in to: that of the program that asks, where one does; else the host name's.
fn place(app: &App, headers: &HeaderMap, next: &str) -> OrganisationId {
    consent::organisation_of(app, next).unwrap_or_else(|| organisation(app, headers))
}

/// Leads to the form, and from there on to a path of ours.
pub fn redirect_to_form(next: &str) -> Response {
    let encoded = next.bytes().fold(String::new(), |text, byte| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' => {
            text + &char::from(byte).to_string()
        }
        other => text + &format!("%{other:02X}"),
    });
    redirect(&format!("{PATH}?next={encoded}"), StatusCode::FOUND)
}

/// Leads to an address.
pub fn redirect(to: &str, status: StatusCode) -> Response {
    let to = HeaderValue::from_str(to).unwrap_or(HeaderValue::from_static(HOME));
    (status, [(header::LOCATION, to)]).into_response()
}

/// The form.
pub async fn form(State(app): State<App>, request: Request) -> Result<Response, Fault> {
    let pairs = query_pairs(request.uri().query().unwrap_or_default()).unwrap_or_default();
    let next = pairs.into_iter().find(|(name, _)| name == "next");
    let next = next.map_or_else(String::new, |(_, value)| value);
    let next = own_path(&next);
    let headers = request.headers();
    if let Some(viewer) = logged_in_to(&app, headers, place(&app, headers, next)).await? {
        return Ok(already(&viewer, next));
    }
    show(&app, request.headers(), next, "", None)
}

fn already(viewer: &Viewer, next: &str) -> Response {
    let content = html! {
        main #content .narrow {
            h1 { "You are logged in" }
            p { "as " (viewer.actor.user.name()) "." }
            p { a href=(next) { "Go on" } }
            (leave(viewer))
        }
    };
    layout::page(StatusCode::OK, "Logged in", None, &content)
}

/// The button that logs out; nothing for who did not log in.
pub fn leave(viewer: &Viewer) -> Markup {
    html! {
        @if let Some(secret) = viewer.session() {
            form .leave method="post" action=(OUT) {
                input type="hidden" name=(forms::FIELD) value=(forms::mark(secret));
                button { "Log out" }
            }
        }
    }
}

/// The form, with what was typed in before and what is wrong with it.
fn show(
    app: &App,
    headers: &HeaderMap,
    next: &str,
    login: &str,
    wrong: Option<(StatusCode, &str)>,
) -> Result<Response, Fault> {
    let known = cookie(headers, FORM_COOKIE).filter(|known| known.len() == 32);
    let secret = if let Some(known) = known {
        known.to_owned()
    } else {
        let bits: [u8; 16] = app.engine.random()?;
        format!("{:032x}", u128::from_be_bytes(bits))
    };
    let name = app.engine.catalog(place(app, headers, next))?;
    let name = &name.organisation.body.name;
    let content = html! {
        main #content .narrow {
            h1 { "Log in" }
            p { (name) }
            @if let Some((_, text)) = wrong {
                p #wrong .wrong role="alert" { (text) }
            }
            form method="post" action=(PATH) {
                label for="login" { "User name or e-mail address" }
                input #login name="login" value=(login) required autocomplete="username" autocapitalize="none"
                    spellcheck="false" autofocus aria-describedby=[wrong.map(|_| "wrong")];
                label for="password" { "Password" }
                input #password name="password" type="password" required autocomplete="current-password"
                    aria-describedby=[wrong.map(|_| "wrong")];
                input type="hidden" name="next" value=(next);
                input type="hidden" name=(forms::FIELD) value=(forms::mark(&secret));
                button .main { "Log in" }
            }
        }
    };
    let status = wrong.map_or(StatusCode::OK, |(status, _)| status);
    let mut response = layout::page(status, "Log in", None, &content);
    let line = set_cookie(&app.settings, FORM_COOKIE, &secret, FORM_LASTS);
    append_cookie(&mut response, &line);
    Ok(response)
}

fn append_cookie(response: &mut Response, line: &str) {
    if let Ok(value) = HeaderValue::from_str(line) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

/// The body of a form; none if it is not one, or has not what it should.
async fn read<T: serde::de::DeserializeOwned>(request: Request<Body>) -> Option<T> {
    parse_query(&body(request).await?).ok()
}

/// The body of a form as text; none if it is not one.
pub async fn body(request: Request<Body>) -> Option<String> {
    let kind = request.headers().get(header::CONTENT_TYPE)?;
    if !kind
        .to_str()
        .ok()?
        .starts_with("application/x-www-form-urlencoded")
    {
        return None;
    }
    let body = read_body(request, MAX_FORM).await.ok()?;
    String::from_utf8(body.into()).ok()
}

/// Logs in with what the form holds.
pub async fn log_in(
    State(app): State<App>,
    client: Option<Extension<ClientAddress>>,
    id: Option<Extension<RequestId>>,
    request: Request,
) -> Result<Response, Fault> {
    let headers = request.headers().clone();
    let sent: Credentials = read(request).await.ok_or(Fault::Forged)?;
    let secret = cookie(&headers, FORM_COOKIE).unwrap_or_default();
    forms::check(&headers, &app.settings, secret, &sent.mark)?;
    let next = own_path(&sent.next);
    let organisation = place(&app, &headers, next);
    let network = client.map_or(Ipv4Addr::UNSPECIFIED.into(), |client| client.0.0);
    let account = format!("{organisation}/{}", sent.login.to_lowercase());
    if let Err(wait) = app.logins.attempt(&account, network) {
        return Err(Fault::TooMany(wait.0));
    }
    let request = id.map_or_else(String::new, |id| id.0.as_str().to_owned());
    let session = app
        .engine
        .log_in(organisation, &sent.login, &sent.password, SESSION, &request)
        .await;
    let session = match session {
        Ok(session) => session,
        Err(AuthError::Invalid) => {
            let text = "The name or the password is not right.";
            let wrong = Some((StatusCode::UNAUTHORIZED, text));
            return show(&app, &headers, next, &sent.login, wrong);
        }
        Err(AuthError::Store(error)) => return Err(error.into()),
    };
    app.logins.succeeded(&account, network);
    let mut response = redirect(next, StatusCode::SEE_OTHER);
    let settings = &app.settings;
    let line = set_cookie(settings, COOKIE, &session.secret, SESSION.lasts.as_secs());
    append_cookie(&mut response, &line);
    append_cookie(&mut response, &set_cookie(settings, FORM_COOKIE, "", 0));
    Ok(response)
}

/// Ends the log-in that the cookie names.
pub async fn log_out(
    State(app): State<App>,
    id: Option<Extension<RequestId>>,
    request: Request,
) -> Result<Response, Fault> {
    let headers = request.headers().clone();
    let Some(viewer) = logged_in(&app, &headers).await? else {
        return Ok(redirect(PATH, StatusCode::SEE_OTHER));
    };
    let sent: Leaving = read(request).await.ok_or(Fault::Forged)?;
    let secret = viewer.session().unwrap_or_default();
    forms::check(&headers, &app.settings, secret, &sent.mark)?;
    let request = id.map_or_else(String::new, |id| id.0.as_str().to_owned());
    app.engine
        .log_out(secret, Door::Web, viewer.actor.id(), &request)
        .await?;
    let mut response = redirect(PATH, StatusCode::SEE_OTHER);
    append_cookie(&mut response, &set_cookie(&app.settings, COOKIE, "", 0));
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn e18_only_paths_of_our_own_are_gone_on_to() {
        for own in [
            "/livemap/42",
            "/livemap/42?in=1&key=2f",
            "/",
            "/a//b",
            "/%2f%2fevil",
        ] {
            assert_eq!(own_path(own), own);
        }
        for other in [
            "",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "https:evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "evil.example",
            " /",
            "/a\\b",
            "/\t/evil.example",
            "/a\r\nSet-Cookie: a=b",
        ] {
            assert_eq!(own_path(other), HOME, "{other:?}");
        }
    }
}
