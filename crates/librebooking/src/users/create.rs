//! `POST /Users/`

use domain::decide::PutUser;
use domain::ids::GroupId;
use domain::people::User;

use super::{Needs, Profile, changed};
use crate::answer::{Fault, Reply};
use crate::dispatch::Call;
use crate::passwords;

pub const EXAMPLE: &str = r#"{
    "password": "unencrypted password",
    "language": "en_us",
    "firstName": "first",
    "lastName": "last",
    "emailAddress": "first@example.com",
    "userName": "username",
    "timezone": "Europe/Berlin",
    "phone": "123-456-7989",
    "organization": "organization",
    "position": "position",
    "customAttributes": [{"attributeId": 99, "attributeValue": "attribute value"}],
    "groups": [1, 2, 4]
}"#;

/// Makes a user, who is also put into the groups for new users.
pub async fn create(call: Call) -> Result<Reply, Fault> {
    let needs = Needs {
        password: true,
        language: true,
        zone: true,
        address: false,
    };
    let profile = Profile::read(&call.body, needs).map_err(Fault::Errors)?;
    let password = call.body.text("password").unwrap_or_default();
    if let Some(complaint) = passwords::complaint(&password) {
        return Err(Fault::error(complaint));
    }
    let groups = call.body.numbers("groups").into_iter().map(GroupId);
    let mut user = User {
        groups: groups.collect(),
        ..User::default()
    };
    profile.apply(&mut user, true, &call.caller()?.catalog);
    let command = PutUser {
        id: None,
        expected_version: None,
        user,
        password_hash: Some(passwords::hash(&call, &password).await?),
    };
    let made = call.manage(command).await?;
    Reply::created(&changed(&call, made.id))
}
