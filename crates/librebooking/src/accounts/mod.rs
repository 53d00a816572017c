//! Accounts: one's own, and how one comes by it.

mod change;
mod create;
mod get;
mod password;

use axum::http::Method;
use serde::Serialize;

use crate::access::Caller;
use crate::answer::Fault;
use crate::dispatch::Call;
use crate::links::Link;
use crate::routing::{Access, Service};

const ANSWER: &str = r#"{
    "userId": 123,
    "links": [
        {"href": "http://url/to/account", "title": "get_user_account"},
        {"href": "http://url/to/update/account", "title": "update_user_account"}
    ],
    "message": null
}"#;

/// The services of the chapter.
pub const SERVICES: &[Service] = &[
    Service {
        method: Method::POST,
        path: "/Accounts/",
        name: "create_user_account",
        access: Access::Anyone,
        about: "Creates an account for oneself, where that is allowed. This does not log in.",
        request: create::EXAMPLE,
        response: ANSWER,
        handler: |call| Box::pin(create::create(call)),
    },
    Service {
        method: Method::POST,
        path: "/Accounts/:userId",
        name: "update_user_account",
        access: Access::User,
        about: "Updates your own account. A new user name or address needs your password as currentPassword.",
        request: change::EXAMPLE,
        response: ANSWER,
        handler: |call| Box::pin(change::change(call)),
    },
    Service {
        method: Method::POST,
        path: "/Accounts/:userId/Password",
        name: "update_user_account_password",
        access: Access::User,
        about: "Sets your own password. Your sessions end.",
        request: r#"{"currentPassword": "plain.text.current.password", "newPassword": "plain.text.new.password"}"#,
        response: ANSWER,
        handler: |call| Box::pin(password::set(call)),
    },
    Service {
        method: Method::GET,
        path: "/Accounts/:userId",
        name: "get_user_account",
        access: Access::User,
        about: "Loads your own account.",
        request: "",
        response: get::EXAMPLE,
        handler: |call| Box::pin(get::get(call)),
    },
];

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ChangedView<'a> {
    user_id: i64,
    links: [Link<'a>; 2],
    message: (),
}

fn changed(call: &Call, user: i64) -> ChangedView<'_> {
    let links = &call.app.links;
    ChangedView {
        user_id: user,
        links: [
            links.to("get_user_account", user),
            links.to("update_user_account", user),
        ],
        message: (),
    }
}

/// The caller, whose own account the path has to name: these services are about no other.
fn own(call: &Call) -> Result<&Caller, Fault> {
    let caller = call.caller()?;
    if call.id()? == caller.actor.id().0 {
        Ok(caller)
    } else {
        Err(Fault::Denied)
    }
}
