//! The demo's secrets, and the file that tells others how to log in.

use std::fs;
use std::path::Path;

use anyhow::Context as _;
use domain::catalog::{Area, Catalog, Object, Resource, Site};
use engine::Engine;
use serde::{Deserialize, Serialize};

use super::content;
use crate::catalog::Named;
use crate::files;

/// The secrets of one person of the demo.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// The name to log in with.
    pub username: String,
    /// The address.
    pub email: String,
    /// The password.
    pub password: String,
    /// A token for the API, without limits on the rate of requests.
    pub api_token: String,
}

/// The secrets of the demo; the database holds but hashes of them, so they are kept in a file of their own.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Secrets {
    /// The administrator's.
    pub admin: Person,
    /// A member's.
    pub member: Person,
    /// The administrator's token for Flexopus' API; demos that were made before it had none.
    #[serde(default)]
    pub flexopus_token: String,
}

impl Secrets {
    /// The secrets in a file; made, and kept there, if there are none.
    ///
    /// # Errors
    /// If the file can not be read or written, or is none of ours.
    pub fn keep(path: &Path, engine: &Engine) -> anyhow::Result<Self> {
        match fs::read(path) {
            Ok(content) => {
                let mut secrets: Self = serde_json::from_slice(&content).with_context(|| {
                    let path = path.display();
                    format!(
                        "{path} does not hold the demo's secrets: remove it, and new ones are made"
                    )
                })?;
                if secrets.flexopus_token.is_empty() {
                    secrets.flexopus_token = engine.new_token_secret()?.0;
                    secrets.write(path)?;
                }
                Ok(secrets)
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let secrets = Self {
                    admin: person(engine, "admin")?,
                    member: person(engine, "member")?,
                    flexopus_token: engine.new_token_secret()?.0,
                };
                secrets.write(path)?;
                Ok(secrets)
            }
            Err(error) => Err(error).with_context(|| format!("reading {}", path.display())),
        }
    }

    fn write(&self, path: &Path) -> anyhow::Result<()> {
        files::replace(path, &serde_json::to_vec_pretty(self)?)
    }
}

fn person(engine: &Engine, username: &str) -> anyhow::Result<Person> {
    Ok(Person {
        username: username.into(),
        email: format!("{username}@acme.example"),
        password: password(engine.random()?),
        api_token: engine.new_token_secret()?.0,
    })
}

/// A password of 100 random bits that can be typed.
fn password(random: [u8; 20]) -> String {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let mut text = String::new();
    for (index, byte) in random.into_iter().enumerate() {
        if index > 0 && index % 5 == 0 {
            text.push('-');
        }
        text.push(char::from(LETTERS[usize::from(byte) % LETTERS.len()]));
    }
    text
}

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
}

impl<'a> Credentials<'a> {
    /// The credentials of the demo in this catalog.
    ///
    /// # Errors
    /// If room or desk are gone.
    pub fn of(
        base_url: &'a str,
        secrets: &'a Secrets,
        catalog: &'a Catalog,
    ) -> anyhow::Result<Self> {
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
            site: found::<Site>(catalog, content::BERLIN)?.into(),
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
