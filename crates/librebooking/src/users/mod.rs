//! Users: everybody who has an account.

mod change;
mod create;
mod delete;
mod get;
mod list;
mod password;
mod profile;
mod view;

use axum::http::Method;
use domain::time::Zone;
use serde::Serialize;

pub use profile::{Needs, Profile, values};
pub use view::{Reader, language};

use crate::answer::{Fault, Reply};
use crate::dispatch::Call;
use crate::links::Link;
use crate::routing::{Access, Service};

const ANSWER: &str = r#"{
    "userId": 123,
    "links": [
        {"href": "http://url/to/user", "title": "get_user"},
        {"href": "http://url/to/update/user", "title": "update_user"}
    ],
    "message": null
}"#;

/// The services of the chapter.
pub const SERVICES: &[Service] = &[
    Service {
        method: Method::GET,
        path: "/Users/",
        name: "all_users",
        access: Access::User,
        about: "Loads all users that you may see. Optional query parameters: username, email, firstName, lastName, \
                phone, organization, position and any custom attribute, as in att1=value.",
        request: "",
        response: list::EXAMPLE,
        handler: |call| Box::pin(list::list(call)),
    },
    Service {
        method: Method::GET,
        path: "/Users/:userId",
        name: "get_user",
        access: Access::User,
        about: "Loads a user by the id.",
        request: "",
        response: get::EXAMPLE,
        handler: |call| Box::pin(get::get(call)),
    },
    Service {
        method: Method::POST,
        path: "/Users/",
        name: "create_user",
        access: Access::Administrator,
        about: "Creates a user.",
        request: create::EXAMPLE,
        response: ANSWER,
        handler: |call| Box::pin(create::create(call)),
    },
    Service {
        method: Method::POST,
        path: "/Users/:userId",
        name: "update_user",
        access: Access::Administrator,
        about: "Updates a user. What is left out stays as it is.",
        request: change::EXAMPLE,
        response: ANSWER,
        handler: |call| Box::pin(change::change(call)),
    },
    Service {
        method: Method::POST,
        path: "/Users/:userId/Password",
        name: "update_password",
        access: Access::Administrator,
        about: "Sets a user's password. The user's sessions end.",
        request: r#"{"password": "plaintext password"}"#,
        response: ANSWER,
        handler: |call| Box::pin(password::set(call)),
    },
    Service {
        method: Method::DELETE,
        path: "/Users/:userId",
        name: "delete_user",
        access: Access::Administrator,
        about: "Deletes a user. Reservations that are to come are called off.",
        request: "",
        response: r#"{"links": [], "message": "The item was deleted"}"#,
        handler: |call| Box::pin(delete::delete(call)),
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
        links: [links.to("get_user", user), links.to("update_user", user)],
        message: (),
    }
}

/// The zone of this name; none if the field is not there or empty.
///
/// # Errors
/// 400 if there is no such zone.
pub fn zone(text: Option<&str>) -> Result<Option<Zone>, String> {
    text.map(|name| Zone::parse(name).map_err(|_| "timezone is invalid".to_owned()))
        .transpose()
}

/// Users are named by their numbers only.
fn updated(call: &Call, user: i64) -> Result<Reply, Fault> {
    Reply::ok(&changed(call, user))
}
