//! `GET /Users/:userId`

use domain::ids::UserId;

use super::view::Reader;
use crate::answer::{Fault, Reply};
use crate::dispatch::Call;

pub const EXAMPLE: &str = r#"{
    "id": 1,
    "userName": "username",
    "firstName": "first",
    "lastName": "last",
    "emailAddress": "first@example.com",
    "phoneNumber": "phone",
    "lastLogin": "2027-03-01T15:00:00+0000",
    "statusId": 1,
    "timezone": "Europe/Berlin",
    "organization": "organization",
    "position": "position",
    "language": "en_us",
    "icsUrl": "http://url/to/calendar",
    "defaultScheduleId": 1,
    "currentCredits": "2.50",
    "reservationColor": null,
    "customAttributes": [{"id": 123, "label": "label", "value": "value", "links": [], "message": null}],
    "permissions": [{"id": 123, "name": "", "type": null, "groups": [], "links": [], "message": null}],
    "groups": [{"id": 1, "name": "group name", "isDefault": null, "roleIds": null, "links": [], "message": null}],
    "links": [],
    "message": null
}"#;

/// A user; as much as the caller may see.
pub async fn get(call: Call) -> Result<Reply, Fault> {
    let caller = call.caller()?;
    let rights = caller.rights();
    let reader = Reader::new(&caller.catalog, &rights, &call.app.links);
    let id = UserId(call.id()?);
    let store = call.app.engine.store();
    let users = store.users_by_id(call.organisation, &[id]).await?;
    let user = users.get(&id).filter(|user| reader.knows(user));
    let user = user.ok_or(Fault::NotFound)?;
    let standings = store.standings(&[id]).await?;
    let standing = standings.get(&id).copied().unwrap_or_default();
    let keys = call.app.engine.calendar_keys(&caller.actor).await?;
    Reply::ok(&reader.whole(user, standing, &keys))
}
