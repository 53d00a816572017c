//! `POST /Accounts/:userId`

use domain::decide::EditUser;
use domain::time::Zone;

use super::{changed, own};
use crate::answer::{Fault, Reply};
use crate::dispatch::Call;
use crate::passwords;
use crate::users::{Needs, Profile};

pub const EXAMPLE: &str = r#"{
    "firstName": "FirstName",
    "lastName": "LastName",
    "emailAddress": "first@example.com",
    "userName": "username",
    "language": "en_us",
    "timezone": "Europe/Berlin",
    "phone": "phone",
    "organization": "organization",
    "position": "position",
    "customAttributes": [{"attributeId": 1, "attributeValue": "attribute value"}]
}"#;

/// Changes the caller's own account. Whoever could change the names to log in with by a session that was left open
/// could keep the account, so that takes the password too. Without a zone, as in LibreBooking, the organisation's
/// becomes the account's.
pub async fn change(call: Call) -> Result<Reply, Fault> {
    let caller = own(&call)?;
    let needs = Needs {
        address: true,
        ..Needs::default()
    };
    let mut profile = Profile::read(&call.body, needs).map_err(Fault::Errors)?;
    let stored = &caller.actor.user;
    let renamed = profile.username != stored.username || profile.email != stored.email;
    if renamed {
        let password = call.body.text("currentPassword").unwrap_or_default();
        if !passwords::proven(&call, caller, &password).await? {
            let needed = "A new user name or address needs your password as currentPassword";
            return Err(Fault::error(needed));
        }
    }
    if profile.zone.is_none() {
        let default = &caller.catalog.organisation.body.zone;
        // LibreBooking writes the zone of UTC by its own name, of which `UTC` is only a link.
        let utc = Zone::parse("Etc/UTC")
            .ok()
            .filter(|_| default.name() == "UTC");
        profile.zone = Some(utc.unwrap_or_else(|| default.clone()));
    }
    let id = caller.actor.id();
    let command = EditUser::new(id, move |user, catalog| {
        profile.apply(user, false, catalog);
        Ok(())
    });
    call.manage(command).await?;
    Reply::ok(&changed(&call, id.0))
}
