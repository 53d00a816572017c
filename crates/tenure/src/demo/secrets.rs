//! The demo's secrets.

use std::fs;
use std::path::Path;

use anyhow::Context as _;
use engine::Engine;
use serde::{Deserialize, Serialize};

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
    /// What opens the doors of coworking; demos that were made before them had none.
    #[serde(default)]
    pub coworking: Option<Coworking>,
}

/// The secrets of the programs that come as Cobot's and Spacebring's clients do.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Coworking {
    /// The administrator's token for Cobot's API.
    pub cobot_token: String,
    /// The member's.
    pub cobot_member_token: String,
    /// The client of Cobot's API.
    pub cobot: Program,
    /// The client of Spacebring's.
    pub spacebring: Program,
}

/// What an OAuth client tells itself by, and proves itself with.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Program {
    /// Its name.
    pub client_id: String,
    /// Its secret.
    pub client_secret: String,
}

impl Program {
    fn new(engine: &Engine) -> anyhow::Result<Self> {
        let made = engine.new_client()?;
        Ok(Self {
            client_id: made.client_id,
            client_secret: made.secret,
        })
    }
}

impl Coworking {
    fn new(engine: &Engine) -> anyhow::Result<Self> {
        Ok(Self {
            cobot_token: engine.new_token_secret()?.0,
            cobot_member_token: engine.new_token_secret()?.0,
            cobot: Program::new(engine)?,
            spacebring: Program::new(engine)?,
        })
    }
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
                if secrets.flexopus_token.is_empty() || secrets.coworking.is_none() {
                    if secrets.flexopus_token.is_empty() {
                        secrets.flexopus_token = engine.new_token_secret()?.0;
                    }
                    if secrets.coworking.is_none() {
                        secrets.coworking = Some(Coworking::new(engine)?);
                    }
                    secrets.write(path)?;
                }
                Ok(secrets)
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let secrets = Self {
                    admin: person(engine, "admin")?,
                    member: person(engine, "member")?,
                    flexopus_token: engine.new_token_secret()?.0,
                    coworking: Some(Coworking::new(engine)?),
                };
                secrets.write(path)?;
                Ok(secrets)
            }
            Err(error) => Err(error).with_context(|| format!("reading {}", path.display())),
        }
    }

    /// What opens the doors of coworking.
    ///
    /// # Errors
    /// Never, for what [`Secrets::keep`] gave.
    pub fn coworking(&self) -> anyhow::Result<&Coworking> {
        self.coworking.as_ref().context("no secrets of coworking")
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
