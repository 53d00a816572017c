//! `Authenticate` and `SignOut`.

use axum::http::Method;
use domain::ids::UserId;
use domain::people::Door;
use engine::{AuthError, Session};
use jiff::SignedDuration;
use serde::Serialize;

use crate::answer::{Fault, Reply};
use crate::dates;
use crate::dispatch::Call;
use crate::links::Link;
use crate::routing::{Access, Service};

/// A session lasts thirty minutes after its last use.
const SESSION: Session = Session {
    door: Door::Librebooking,
    lasts: SignedDuration::from_mins(30),
    prolonged: true,
};
/// The version of LibreBooking's database that the answers are those of.
const VERSION: &str = "2.9";

/// The services of the chapter.
pub const SERVICES: &[Service] = &[
    Service {
        method: Method::POST,
        path: "/Authentication/SignOut",
        name: "logout",
        access: Access::Anyone,
        about: "Ends a session.",
        request: r#"{"userId": 1, "sessionToken": "sessiontoken"}"#,
        response: "",
        handler: |call| Box::pin(sign_out(call)),
    },
    Service {
        method: Method::POST,
        path: "/Authentication/Authenticate",
        name: "login",
        access: Access::Anyone,
        about: "Begins a session with a user name or an address, and a password. Whether it did is in isAuthenticated.",
        request: r#"{"username": "username", "password": "password"}"#,
        response: r#"{
    "sessionToken": "sessiontoken",
    "sessionExpires": "2027-03-01T15:30:00+0000",
    "userId": 123,
    "isAuthenticated": true,
    "version": "1.0",
    "links": [{"href": "http://url/to/logout", "title": "logout"}],
    "message": null
}"#,
        handler: |call| Box::pin(authenticate(call)),
    },
];

#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct AuthenticationView<'a> {
    session_token: Option<String>,
    session_expires: Option<dates::Moment>,
    user_id: Option<i64>,
    is_authenticated: bool,
    version: Option<&'static str>,
    links: Vec<Link<'a>>,
    message: Option<&'static str>,
}

/// A wrong password is answered with 200, as clients expect.
pub async fn authenticate(call: Call) -> Result<Reply, Fault> {
    let name = call.body.text("username").unwrap_or_default();
    let password = call.body.text("password").unwrap_or_default();
    let account = format!("{}/{}", call.organisation, name.to_lowercase());
    call.app
        .logins
        .attempt(&account, call.network)
        .map_err(|wait| Fault::TooMany(wait.0))?;
    let session = call
        .app
        .engine
        .log_in(call.organisation, &name, &password, SESSION, &call.request)
        .await;
    let view = match session {
        Ok(session) => {
            call.app.logins.succeeded(&account, call.network);
            AuthenticationView {
                session_expires: Some(dates::in_utc(session.expires_at)),
                session_token: Some(session.secret),
                user_id: Some(session.user.id),
                is_authenticated: true,
                version: Some(VERSION),
                links: vec![call.app.links.to("logout", ())],
                message: None,
            }
        }
        Err(AuthError::Invalid) => AuthenticationView {
            message: Some("The user name or the password is not right"),
            ..AuthenticationView::default()
        },
        Err(AuthError::Store(error)) => return Err(error.into()),
    };
    Reply::ok(&view)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SignedOutView {
    signed_out: bool,
    links: [Link<'static>; 0],
    message: (),
}

/// Ends the session if it is the user's; says that it did in any case.
pub async fn sign_out(call: Call) -> Result<Reply, Fault> {
    let (token, user) = (call.body.text("sessionToken"), call.body.number("userId"));
    if let (Some(token), Some(user)) = (token, user) {
        call.app
            .engine
            .log_out(&token, Door::Librebooking, UserId(user), &call.request)
            .await?;
    }
    Reply::ok(&SignedOutView {
        signed_out: true,
        links: [],
        message: (),
    })
}
