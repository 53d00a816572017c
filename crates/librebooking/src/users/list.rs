//! `GET /Users/`

use domain::catalog::{Catalog, Object};
use domain::ids::{AttributeId, UserId};
use domain::people::{Rights, User, UserField, UserKey, UserState};
use engine::store::UserFilter;
use serde::Serialize;

use super::view::{Reader, UserItemView};
use crate::answer::{Fault, Reply};
use crate::dispatch::Call;

pub const EXAMPLE: &str = r#"{
    "users": [
        {
            "id": 1,
            "userName": "username",
            "firstName": "first",
            "lastName": "last",
            "emailAddress": "first@example.com",
            "phoneNumber": "phone",
            "dateCreated": "2027-01-08T09:56:04+0000",
            "lastLogin": "2027-03-01T15:00:00+0000",
            "statusId": 1,
            "timezone": "Europe/Berlin",
            "organization": "organization",
            "position": "position",
            "language": "en_us",
            "customAttributes": [{"id": 123, "label": "label", "value": "value", "links": [], "message": null}],
            "currentCredits": "2.50",
            "reservationColor": null,
            "links": [{"href": "http://url/to/user", "title": "get_user"}],
            "message": null
        }
    ],
    "links": [],
    "message": null
}"#;

#[derive(Serialize)]
struct UsersView<'a> {
    users: Vec<UserItemView<'a>>,
    links: [(); 0],
    message: (),
}

/// All users who can log in and fit the parameters; as much of each as the caller may see.
pub async fn list(call: Call) -> Result<Reply, Fault> {
    let caller = call.caller()?;
    let rights = caller.rights();
    let filter = UserFilter {
        organisation: call.organisation,
        state: Some(UserState::Active),
        keys: keys(&call, &caller.catalog, &rights)?,
        after: 0,
        limit: usize::MAX,
    };
    let store = call.app.engine.store();
    let users = store.users(&filter).await?.items;
    let ids: Vec<UserId> = users.iter().map(|user| UserId(user.id)).collect();
    let standings = store.standings(&ids).await?;
    let reader = Reader::new(&caller.catalog, &rights, &call.app.links);
    let standing = |user: &Object<User>| {
        let standing = standings.get(&UserId(user.id));
        standing.copied().unwrap_or_default()
    };
    let users = users.iter();
    Reply::ok(&UsersView {
        users: users
            .map(|user| reader.item(user, standing(user)))
            .collect(),
        links: [],
        message: (),
    })
}

/// What the parameters ask for. By what the caller may not read of others, nobody is found or left out.
fn keys(call: &Call, catalog: &Catalog, rights: &Rights<'_>) -> Result<Vec<UserKey>, Fault> {
    let fields = [
        ("firstName", UserField::FirstName, true),
        ("lastName", UserField::LastName, true),
        ("username", UserField::Username, false),
        ("email", UserField::Email, false),
        ("phone", UserField::Phone, false),
        ("organization", UserField::Company, false),
        ("position", UserField::Position, false),
    ];
    let mut keys = Vec::new();
    for (name, field, public) in fields {
        let Some(value) = call.query.get(name) else {
            continue;
        };
        if !public && !rights.administers_all() && !catalog.organisation.open_directory {
            return Err(Fault::error(format!("Users can not be searched by {name}")));
        }
        keys.push(UserKey::of(field, value));
    }
    for (name, value) in call.query.iter().filter(|(_, value)| !value.is_empty()) {
        let id = name.strip_prefix("att").and_then(|id| id.parse().ok());
        let attribute = id.and_then(|id| catalog.attributes.get(id));
        if let Some(attribute) = attribute.filter(|attribute| rights.searches_by(attribute)) {
            let field = UserField::Attribute(AttributeId(attribute.id));
            keys.push(UserKey::of(field, value));
        }
    }
    Ok(keys)
}
