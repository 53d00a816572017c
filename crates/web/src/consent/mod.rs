//! Where somebody is asked whether a program may act for them (RFC 6749, section 4.1).

mod page;

use axum::Extension;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::decide::Unfit;
use domain::ids::OrganisationId;
use domain::people::Door;
use engine::GrantError;
use http_kit::RequestId;
use http_kit::query::query_pairs;
use oauth::{Stop, Wish};

use crate::App;
use crate::fault::Fault;
use crate::forms;
use crate::login::{body, redirect};
use crate::viewer::logged_in_to;

/// The field that holds the answer.
const ANSWER: &str = "answer";
/// The answer that is a yes.
const YES: &str = "allow";

/// The organisation of the program that asks on the page with this path and query; none for other pages.
pub fn organisation_of(app: &App, path: &str) -> Option<OrganisationId> {
    let (path, query) = path.split_once('?')?;
    oauth::AUTHORIZE.iter().find(|(known, _)| *known == path)?;
    let pairs = query_pairs(query).ok()?;
    let (_, id) = pairs.iter().find(|(name, _)| name == "client_id")?;
    Some(app.engine.client(id)?.organisation)
}

/// The question, or why it can not be put: then nobody is sent anywhere but to a registered address.
fn wish(app: &App, door: Door, pairs: &[(String, String)]) -> Result<Wish, Fault> {
    let read = Wish::read(&app.engine, &app.settings.base_url, door, pairs);
    read.map_err(|stop| match stop {
        Stop::Page(why) => Fault::Unasked(why),
        Stop::Back(to) => Fault::Back(to),
    })
}

/// Puts the question, after a log-in.
pub async fn ask(
    State(app): State<App>,
    Extension(door): Extension<Door>,
    request: Request,
) -> Result<Response, Fault> {
    let unread = Fault::Unasked("The address can not be read.");
    let pairs = query_pairs(request.uri().query().unwrap_or_default()).map_err(|_| unread)?;
    let wish = wish(&app, door, &pairs)?;
    let path = request.uri().path();
    let organisation = wish.registered.organisation;
    match logged_in_to(&app, request.headers(), organisation).await? {
        Some(viewer) => Ok(page::show(&viewer, &wish, path)),
        None => Err(Fault::LogIn(format!("{path}?{}", wish.query()))),
    }
}

/// Takes the answer, and sends the person back to the program with it.
pub async fn answer(
    State(app): State<App>,
    Extension(door): Extension<Door>,
    id: Option<Extension<RequestId>>,
    request: Request,
) -> Result<Response, Fault> {
    let headers = request.headers().clone();
    let path = request.uri().path().to_owned();
    let body = body(request).await.ok_or(Fault::Forged)?;
    let pairs = query_pairs(&body).map_err(|_| Fault::Forged)?;
    let field = |wanted: &str| {
        let mut found = pairs.iter().filter(|(name, _)| name == wanted);
        let first = found.next().map(|(_, value)| value.as_str());
        first.filter(|_| found.next().is_none())
    };
    let wish = wish(&app, door, &pairs)?;
    let organisation = wish.registered.organisation;
    let again = || Fault::LogIn(format!("{path}?{}", wish.query()));
    let viewer = logged_in_to(&app, &headers, organisation).await?;
    let viewer = viewer.ok_or_else(again)?;
    let secret = viewer.session().unwrap_or_default();
    let mark = field(forms::FIELD).unwrap_or_default();
    forms::check(&headers, &app.settings, secret, mark)?;
    if field(ANSWER) != Some(YES) {
        return Ok(redirect(&wish.denied(), StatusCode::SEE_OTHER));
    }
    let id = id.map_or_else(String::new, |id| id.0.as_str().to_owned());
    let asked = wish.asked.clone();
    let granted = app
        .engine
        .grant_code(&viewer.actor, &wish.registered, asked, &id);
    let to = match granted.await {
        Ok(code) => wish.allowed(&code),
        Err(GrantError::Unfit(Unfit::Grant)) => return Err(again()),
        Err(GrantError::Unfit(Unfit::Client)) => {
            return Err(Fault::Unasked("This program can not be used now."));
        }
        Err(GrantError::Unfit(Unfit::Scope)) => {
            wish.failed("invalid_scope", "not what the client may ask for")
        }
        Err(GrantError::Unfit(Unfit::Way)) => {
            wish.failed("invalid_request", "the client may not ask so")
        }
        Err(GrantError::Store(error)) => return Err(error.into()),
    };
    Ok(redirect(&to, StatusCode::SEE_OTHER))
}
