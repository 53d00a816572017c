//! Users: what they look like on the wire, and who may see and change what of them.

mod calendars;
mod change;
mod create;
mod credits;
mod delete;
mod list;
mod read;

use std::collections::BTreeMap;

use domain::catalog::{Catalog, Object};
use domain::people::{Rights, User, UserState, Vehicle};
use engine::MAX_PASSWORD;
use http_kit::Problem;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::App;
use crate::catalog::PermissionBody;
use crate::wire::{AttributeValue, Wire, choice, invalid, part};

/// The routes of users.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list::list, create::create))
        .routes(routes!(read::read, change::change, delete::delete))
        .routes(routes!(read::me))
        .routes(routes!(credits::read, credits::grant))
        .routes(routes!(calendars::renew))
}

choice! {
    /// Whether a person can log in.
    UserStateBody for UserState {
        /// Can log in.
        #[default]
        Active,
        /// Has yet to confirm the account.
        Awaiting,
        /// Can not log in any more.
        Inactive,
    }
}

part! {
    /// A car, motorcycle or bicycle.
    VehicleBody for Vehicle {
        required {
            /// Its number among the user's vehicles.
            id: i64,
            /// Its licence plate.
            plate: String,
        }
        optional {
            /// What it is called.
            name: Option<String>,
        }
    }
}

part! {
    /// A person with a log-in.
    UserBody for User {
        required {
            /// The name to log in with; unique without regard to case.
            #[schema(min_length = 1, max_length = 200)]
            username: String,
            /// The address; unique without regard to case.
            email: String,
        }
        optional {
            /// Given name.
            #[schema(max_length = 200)]
            first_name: String,
            /// Family name; may be empty.
            #[schema(max_length = 200)]
            last_name: String,
            /// Whether the person can log in.
            state: UserStateBody,
            /// BCP 47 tag of the language to speak.
            language: Option<String>,
            /// The zone of times given without one.
            zone: Option<String>,
            /// Telephone.
            phone: Option<String>,
            /// The firm the person belongs to.
            company: Option<String>,
            /// What the person does there.
            position: Option<String>,
            /// What the person says of themselves.
            about: Option<String>,
            /// Address of a picture.
            photo: Option<String>,
            /// The groups the person is in.
            groups: Vec<i64>,
            /// Permissions of the person's own.
            permissions: Vec<PermissionBody>,
            /// Vehicles.
            vehicles: Vec<VehicleBody>,
            /// Values of custom attributes.
            attributes: Vec<AttributeValue>,
            /// The schedule that is shown first.
            default_schedule: Option<i64>,
            /// The colour of the person's bookings, `#rrggbb`.
            color: Option<String>,
            /// When the account was made, as far as that is known; administrators can set it.
            #[schema(format = DateTime)]
            created_at: Option<String>,
            /// When the person last logged in before the account was taken over from another system.
            #[schema(format = DateTime)]
            last_login_at: Option<String>,
            /// When the person accepted the terms of use, if they were asked.
            #[schema(format = DateTime)]
            terms_accepted_at: Option<String>,
            /// Values that another system keeps here.
            extension: BTreeMap<String, String>,
        }
    }
}

/// A user: to most people an id and a name. What is needed to reach them is there for everybody, where the directory
/// is open; the rest for the person and those who administer them.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct UserView {
    /// The user's number; never used again.
    pub id: i64,
    /// Given and family name.
    pub name: String,
    /// The user's name across installations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uuid: Option<Uuid>,
    /// Grows with each change; the entity tag.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
    /// The name to log in with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// The address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Given name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    /// Family name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    /// Whether the person can log in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<UserStateBody>,
    /// BCP 47 tag of the language to speak.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The zone of times given without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// Telephone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// The firm the person belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub company: Option<String>,
    /// What the person does there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<String>,
    /// What the person says of themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// Address of a picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub photo: Option<String>,
    /// The groups the person is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub groups: Option<Vec<i64>>,
    /// Permissions of the person's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permissions: Option<Vec<PermissionBody>>,
    /// Vehicles.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vehicles: Option<Vec<VehicleBody>>,
    /// Values of custom attributes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attributes: Option<Vec<AttributeValue>>,
    /// The schedule that is shown first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_schedule: Option<i64>,
    /// The colour of the person's bookings, `#rrggbb`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub color: Option<String>,
    /// When the account was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub created_at: Option<String>,
    /// When the person last logged in before the account was taken over from another system.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub last_login_at: Option<String>,
    /// When the person accepted the terms of use.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub terms_accepted_at: Option<String>,
    /// Values that another system keeps here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extension: Option<BTreeMap<String, String>>,
}

/// Whether the caller sees more of the user than the name.
fn sees_all(user: &Object<User>, rights: &Rights<'_>) -> bool {
    user.id == rights.user().0 || rights.administers(user)
}

/// Whether the caller may know of the user: those who can not log in are known to their administrators only.
fn visible(user: &Object<User>, rights: &Rights<'_>) -> bool {
    user.is_active() || sees_all(user, rights)
}

/// The user as the person with these rights sees them.
pub fn view(user: &Object<User>, catalog: &Catalog, rights: &Rights<'_>) -> UserView {
    let mut profile: UserBody = user.body.to_wire();
    let all = sees_all(user, rights);
    let details = rights.sees_details(user);
    if !rights.administers(user) {
        let reads = |id| {
            let attribute = catalog.attributes.get(id);
            attribute.is_some_and(|attribute| rights.reads_attribute_of(attribute, user))
        };
        profile.attributes.retain(|value| reads(value.id));
        profile.permissions.retain(|held| {
            catalog
                .resource(held.resource.into())
                .is_some_and(|resource| rights.sees(resource))
        });
        profile.extension.clear();
    }
    UserView {
        id: user.id,
        name: user.name(),
        uuid: all.then_some(user.uuid),
        version: all.then_some(user.version),
        username: details.then_some(profile.username),
        email: details.then_some(profile.email),
        first_name: details.then_some(profile.first_name),
        last_name: details.then_some(profile.last_name),
        state: details.then_some(profile.state),
        language: profile.language.filter(|_| details),
        zone: profile.zone.filter(|_| details),
        phone: profile.phone.filter(|_| details),
        company: profile.company.filter(|_| details),
        position: profile.position.filter(|_| details),
        about: profile.about.filter(|_| details),
        photo: profile.photo.filter(|_| details),
        groups: details.then_some(profile.groups),
        permissions: all.then_some(profile.permissions),
        vehicles: all.then_some(profile.vehicles),
        attributes: details.then_some(profile.attributes),
        default_schedule: profile.default_schedule.filter(|_| all),
        color: profile.color.filter(|_| all),
        created_at: profile.created_at.filter(|_| all),
        last_login_at: profile.last_login_at.filter(|_| all),
        terms_accepted_at: profile.terms_accepted_at.filter(|_| all),
        extension: all.then_some(profile.extension),
    }
}

fn admin_only(catalog: &Catalog, attribute: i64) -> bool {
    catalog
        .attributes
        .get(attribute)
        .is_none_or(|attribute| attribute.admin_only)
}

/// Whether the password will do.
///
/// # Errors
/// 422 for passwords of less than 8 characters or more than 1,024 bytes.
fn acceptable(password: &str) -> Result<(), Problem> {
    if password.chars().count() < engine::MIN_PASSWORD || password.len() > MAX_PASSWORD {
        return Err(invalid(
            "password",
            "at least 8 characters, at most 1024 bytes",
        ));
    }
    Ok(())
}
