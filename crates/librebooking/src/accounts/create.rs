//! `POST /Accounts/`

use domain::decide::Register;
use domain::people::{Door, User};
use domain::refusal::{Forbidden, Refusal};

use super::changed;
use crate::answer::{Fault, Reply};
use crate::complaints;
use crate::dispatch::Call;
use crate::passwords;
use crate::users::{Needs, Profile};

pub const EXAMPLE: &str = r#"{
    "password": "plaintextpassword",
    "acceptTermsOfService": true,
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

/// The name under which registrations of one network are counted, beside those that log in.
const COUNTED: &str = "/register";

/// Makes an account for whoever asks, where the organisation lets people register themselves.
pub async fn create(call: Call) -> Result<Reply, Fault> {
    let catalog = call.app.catalog(call.organisation)?;
    if !catalog.organisation.self_registration {
        return Err(closed());
    }
    let needs = Needs {
        password: true,
        address: true,
        ..Needs::default()
    };
    let profile = Profile::read(&call.body, needs).map_err(Fault::Errors)?;
    let password = call.body.text("password").unwrap_or_default();
    if let Some(complaint) = passwords::complaint(&password) {
        return Err(Fault::error(complaint));
    }
    let counted = format!("{}{COUNTED}", call.organisation);
    call.app
        .logins
        .attempt(&counted, call.network)
        .map_err(|wait| Fault::TooMany(wait.0))?;
    let mut user = User::default();
    profile.apply(&mut user, false, &catalog);
    let command = Register {
        user,
        password_hash: passwords::hash(&call, &password).await?,
        terms_accepted: call.body.flag("acceptTermsOfService"),
    };
    let actor = engine::anybody(call.organisation, Door::Librebooking);
    let made = call.decide(&actor, command).await?;
    let made = made.map_err(|refusal| match refusal {
        Refusal::Forbidden(Forbidden::Register) => closed(),
        other => complaints::fault(other, &catalog),
    })?;
    Reply::created(&changed(&call, made.id))
}

fn closed() -> Fault {
    Fault::Closed("Nobody can register here; ask an administrator for an account".into())
}
