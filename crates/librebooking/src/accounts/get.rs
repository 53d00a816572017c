//! `GET /Accounts/:userId`

use serde::Serialize;

use super::own;
use crate::answer::{Fault, Reply};
use crate::dispatch::Call;
use crate::links::Link;
use crate::users::{Reader, language};
use crate::views::AttributeValueView;

pub const EXAMPLE: &str = r#"{
    "userId": 1,
    "firstName": "first",
    "lastName": "last",
    "emailAddress": "first@example.com",
    "userName": "username",
    "language": "en_us",
    "timezone": "Europe/Berlin",
    "phone": "phone",
    "organization": "organization",
    "position": "position",
    "customAttributes": [{"id": 123, "label": "label", "value": "value", "links": [], "message": null}],
    "icsUrl": "http://url/to/calendar",
    "links": [
        {"href": "http://url/to/account", "title": "get_user_account"},
        {"href": "http://url/to/update/account", "title": "update_user_account"},
        {"href": "http://url/to/update/password", "title": "update_user_account_password"}
    ],
    "message": null
}"#;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AccountView<'a> {
    user_id: i64,
    first_name: &'a str,
    last_name: &'a str,
    email_address: &'a str,
    user_name: &'a str,
    language: Option<String>,
    timezone: &'a str,
    phone: Option<&'a str>,
    organization: Option<&'a str>,
    position: Option<&'a str>,
    custom_attributes: Vec<AttributeValueView<'a>>,
    ics_url: String,
    links: [Link<'a>; 4],
    message: (),
}

/// The caller's own account.
pub async fn get(call: Call) -> Result<Reply, Fault> {
    let caller = own(&call)?;
    let rights = caller.rights();
    let links = &call.app.links;
    let keys = call.app.engine.calendar_keys(&caller.actor).await?;
    let reader = Reader::new(&caller.catalog, &rights, links);
    let user = &caller.actor.user;
    let body = &user.body;
    Reply::ok(&AccountView {
        user_id: user.id,
        first_name: &body.first_name,
        last_name: &body.last_name,
        email_address: &body.email,
        user_name: &body.username,
        language: language(body),
        timezone: caller.zone().name(),
        phone: body.phone.as_deref(),
        organization: body.company.as_deref(),
        position: body.position.as_deref(),
        custom_attributes: reader.attributes(user),
        ics_url: reader.calendar(user, &keys),
        links: [
            links.to("get_user_account", user.id),
            links.to("update_user_account", user.id),
            links.to("update_user_account_password", user.id),
            links.to("update_password", user.id),
        ],
        message: (),
    })
}
