//! `POST /Users/:userId`

use domain::decide::EditUser;
use domain::ids::{GroupId, UserId};

use super::{Needs, Profile, updated};
use crate::answer::{Fault, Reply};
use crate::dispatch::Call;

pub const EXAMPLE: &str = r#"{
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

/// Changes a user. A list of groups or attributes takes the place of the present one.
pub async fn change(call: Call) -> Result<Reply, Fault> {
    let id = call.id()?;
    let profile = Profile::read(&call.body, Needs::default()).map_err(Fault::Errors)?;
    let groups = call.body.has("groups").then(|| {
        let groups = call.body.numbers("groups").into_iter();
        groups.map(GroupId).collect::<Vec<_>>()
    });
    let command = EditUser::new(UserId(id), move |user, catalog| {
        profile.apply(user, true, catalog);
        if let Some(groups) = &groups {
            user.groups.clone_from(groups);
        }
        Ok(())
    });
    call.manage(command).await?;
    updated(&call, id)
}
