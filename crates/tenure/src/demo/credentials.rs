//! The file that tells others how to log in to the demo.

use std::path::Path;

use anyhow::Context as _;
use domain::catalog::{Area, Catalog, Object, Resource, Site};
use serde::Serialize;

use super::secrets::{Person, Secrets};
use super::{Demo, content, coworking};
use crate::catalog::Named;
use crate::files;

/// An object in the credentials file.
#[derive(Serialize)]
struct Reference {
    id: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    uuid: Option<uuid::Uuid>,
}

impl<T> From<&Object<T>> for Reference {
    fn from(object: &Object<T>) -> Self {
        Self {
            id: object.id,
            uuid: Some(object.uuid),
        }
    }
}

#[derive(Serialize)]
struct OrganisationReference<'a> {
    id: i64,
    uuid: uuid::Uuid,
    slug: &'a str,
}

/// How to log in at LibreBooking's door.
#[derive(Serialize)]
struct LibrebookingReference<'a> {
    base_url: String,
    username: &'a str,
    password: &'a str,
    admin_username: &'a str,
    admin_password: &'a str,
}

/// How to reach Flexopus' API.
#[derive(Serialize)]
struct FlexopusReference<'a> {
    base_url: String,
    token: &'a str,
}

/// How to reach Cobot's API: with `host` as the host name, at the address of the server.
#[derive(Serialize)]
struct CobotReference<'a> {
    subdomain: &'static str,
    host: String,
    access_token: &'a str,
    member_access_token: &'a str,
    client_id: &'a str,
    client_secret: &'a str,
    redirect_uri: &'static str,
    resource_id: String,
    membership_id: String,
}

/// How to reach Spacebring's API.
#[derive(Serialize)]
struct SpacebringReference<'a> {
    base_url: String,
    client_id: &'a str,
    client_secret: &'a str,
    redirect_uri: &'static str,
    network_id: uuid::Uuid,
    location_ref: uuid::Uuid,
    resource_ref: uuid::Uuid,
}

/// The content of the credentials file.
#[derive(Serialize)]
pub struct Credentials<'a> {
    base_url: &'a str,
    organisation: OrganisationReference<'a>,
    admin: &'a Person,
    member: &'a Person,
    site: Reference,
    area: Reference,
    room: Reference,
    desk: Reference,
    librebooking: LibrebookingReference<'a>,
    flexopus: FlexopusReference<'a>,
    cobot: CobotReference<'a>,
    spacebring: SpacebringReference<'a>,
}

impl<'a> Credentials<'a> {
    /// The credentials of a demo.
    ///
    /// # Errors
    /// If room or desk are gone.
    pub fn of(base_url: &'a str, secrets: &'a Secrets, demo: &'a Demo) -> anyhow::Result<Self> {
        let catalog = &*demo.catalog;
        let programs = secrets.coworking()?;
        let berlin = found::<Site>(catalog, content::BERLIN)?;
        let port = base_url.rsplit_once(':').map_or("", |(_, port)| port);
        let room = found::<Resource>(catalog, content::ROOM)?;
        let desk = found::<Resource>(catalog, content::DESK)?;
        let area = catalog.areas.get(room.area.0);
        let area: &Object<Area> = area.context("the demo's area is gone")?;
        Ok(Self {
            base_url,
            organisation: OrganisationReference {
                id: catalog.id.0,
                uuid: catalog.organisation.uuid,
                slug: &catalog.slug,
            },
            admin: &secrets.admin,
            member: &secrets.member,
            site: berlin.into(),
            area: Reference {
                id: area.id,
                uuid: None,
            },
            room: room.into(),
            desk: desk.into(),
            librebooking: LibrebookingReference {
                base_url: format!("{base_url}{}", librebooking::BASE),
                username: &secrets.member.username,
                password: &secrets.member.password,
                admin_username: &secrets.admin.username,
                admin_password: &secrets.admin.password,
            },
            flexopus: FlexopusReference {
                base_url: format!("{base_url}{}", flexopus::BASE),
                token: &secrets.flexopus_token,
            },
            cobot: CobotReference {
                subdomain: coworking::SPACES[0].1,
                host: format!("{}.localhost:{port}", coworking::SPACES[0].1),
                access_token: &programs.cobot_token,
                member_access_token: &programs.cobot_member_token,
                client_id: &programs.cobot.client_id,
                client_secret: &programs.cobot.client_secret,
                redirect_uri: coworking::REDIRECT_URI,
                resource_id: room.id.to_string(),
                membership_id: demo.membership.to_string(),
            },
            spacebring: SpacebringReference {
                base_url: format!("{base_url}{}", spacebring::BASE),
                client_id: &programs.spacebring.client_id,
                client_secret: &programs.spacebring.client_secret,
                redirect_uri: coworking::REDIRECT_URI,
                network_id: catalog.organisation.uuid,
                location_ref: berlin.uuid,
                resource_ref: room.uuid,
            },
        })
    }

    /// The number of the room.
    pub fn room(&self) -> i64 {
        self.room.id
    }

    /// Writes the file, as a whole.
    ///
    /// # Errors
    /// If it can not be written.
    pub fn write(&self, path: &Path) -> anyhow::Result<()> {
        let mut content = serde_json::to_vec_pretty(self)?;
        content.push(b'\n');
        files::replace(path, &content)
    }
}

fn found<'a, T: Named>(catalog: &'a Catalog, key: &str) -> anyhow::Result<&'a Object<T>> {
    let object = T::named(catalog, key).map(AsRef::as_ref);
    object.with_context(|| {
        let kind = T::KIND.name();
        format!("the demo's {kind} {key} is gone or renamed: start anew with another --data-dir or --database")
    })
}
