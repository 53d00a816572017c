//! The configuration: defaults < file < `TENURE_*` < flags.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use figment::Figment;
use figment::providers::{Env, Format, Serialized, Toml};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use crate::exit::Usage;

/// The defaults, as they stand in a configuration file.
pub const DEFAULTS: &str = include_str!("defaults.toml");
/// What the demo does otherwise: a directory of its own, a quiet terminal, and room for those who try clients.
const DEMO: &str = "
data_dir = \"tenure-demo\"
log_level = \"warn\"
flexopus_requests_per_minute = 600
cobot_requests_per_minute = 600
";
/// The file that is read where none is named, if it is there.
const FILE: &str = "tenure.toml";

/// Everything that can be configured.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The address to listen on.
    pub listen: String,
    /// Where everything is kept that is not in the database.
    pub data_dir: PathBuf,
    /// The database; by default SQLite in the data directory.
    pub database: Option<String>,
    /// The address under which clients reach the server; by default that which it listens on.
    pub base_url: Option<String>,
    /// The slug of the organisation of requests whose host names none; by default the first.
    pub organisation: Option<String>,
    /// How many bookings a person may make in a minute.
    pub creations_per_minute: NonZeroU32,
    /// How many requests a token is good for in a minute.
    pub requests_per_minute: NonZeroU32,
    /// How many requests a token is good for in a minute at Flexopus' API.
    pub flexopus_requests_per_minute: NonZeroU32,
    /// How many requests a person may make in a minute at Cobot's API.
    pub cobot_requests_per_minute: NonZeroU32,
    /// How many bookings a person may make in a minute at Cobot's API.
    pub cobot_creations_per_minute: NonZeroU32,
    /// How many requests a token or client is good for in a second at Spacebring's API.
    pub spacebring_requests_per_second: NonZeroU32,
    /// The networks of one's own reverse proxies, whose word on where requests come from is taken.
    pub trusted_proxies: Vec<Proxy>,
    /// Open connections at once.
    pub connections: usize,
    /// The address of the listener for metrics; by default there is none.
    pub metrics_listen: Option<String>,
    /// `text` or `json`.
    pub log_format: LogFormat,
    /// What is logged: a level, or directives as of `tracing`'s `EnvFilter`.
    pub log_level: String,
    /// Whether an older database is brought up to date at start.
    pub migrate: bool,
}

/// An address or a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(untagged)]
pub enum Proxy {
    /// One address.
    Address(IpAddr),
    /// All of a network.
    Network(IpNet),
}

impl From<Proxy> for IpNet {
    fn from(proxy: Proxy) -> Self {
        match proxy {
            Proxy::Address(address) => address.into(),
            Proxy::Network(network) => network,
        }
    }
}

/// How a line of the log looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// For programs: a JSON object each.
    Json,
}

/// Which defaults hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Defaults {
    /// Those of a server.
    Server,
    /// Those of the demo.
    Demo,
}

/// The layers of the configuration, the last one winning.
///
/// # Errors
/// If the file that was named is not there.
pub fn layers(
    file: Option<&Path>,
    flags: impl Serialize,
    defaults: Defaults,
) -> anyhow::Result<Figment> {
    let mut figment = Figment::from(Toml::string(DEFAULTS));
    if defaults == Defaults::Demo {
        figment = figment.merge(Toml::string(DEMO));
    }
    let path = file.unwrap_or(Path::new(FILE));
    if path.is_file() {
        figment = figment.merge(Toml::file_exact(path));
    } else if file.is_some() {
        let message = format!("there is no configuration file {}", path.display());
        return Err(Usage(message).into());
    }
    let env = Env::prefixed("TENURE_").filter(|key| !key.starts_with("test_"));
    Ok(figment.merge(env).merge(Serialized::defaults(flags)))
}

/// The configuration in force.
///
/// # Errors
/// If a key does not exist, or a value is not what its key wants.
pub fn load(figment: &Figment) -> anyhow::Result<Config> {
    let config: Config = figment.extract()?;
    if let Some(url) = &config.base_url
        && !(url.starts_with("http://") || url.starts_with("https://"))
    {
        let message = format!("base_url is {url}, but must begin with http:// or https://");
        return Err(Usage(message).into());
    }
    Ok(config)
}

impl Config {
    /// The address of the database: `sqlite:PATH` or `postgres://…`.
    pub fn database(&self) -> String {
        match &self.database {
            Some(database) => database.clone(),
            None => format!("sqlite:{}", self.data_dir.join("tenure.db").display()),
        }
    }

    /// The path of the SQLite database, if it is one.
    pub fn sqlite_path(&self) -> Option<PathBuf> {
        let database = self.database();
        database.strip_prefix("sqlite:").map(PathBuf::from)
    }
}

/// The address without its password.
pub fn masked(database: &str) -> String {
    let Some((scheme, rest)) = database.split_once("://") else {
        return database.to_owned();
    };
    let authority_end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at(authority_end);
    let authority = match authority.rsplit_once('@') {
        Some((user, host)) => match user.split_once(':') {
            Some((name, _)) => format!("{name}:***@{host}"),
            None => authority.to_owned(),
        },
        None => authority.to_owned(),
    };
    let tail: Vec<String> = tail.split('&').map(mask_parameter).collect();
    format!("{scheme}://{authority}{}", tail.join("&"))
}

fn mask_parameter(parameter: &str) -> String {
    match parameter.split_once("password=") {
        Some((before, _)) => format!("{before}password=***"),
        None => parameter.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_complete_and_known() {
        let figment = Figment::from(Toml::string(DEFAULTS));
        let config: Config = figment.extract().unwrap();
        assert_eq!(config.listen, "127.0.0.1:8080");
        assert_eq!(config.database(), "sqlite:tenure-data/tenure.db");
        let unknown = figment.merge(Toml::string("lisen = \"x\""));
        assert!(unknown.extract::<Config>().is_err());
    }

    #[test]
    fn a_password_is_never_shown() {
        for (address, shown) in [
            ("sqlite:a.db", "sqlite:a.db"),
            ("postgres://u:p@h/db", "postgres://u:***@h/db"),
            ("postgres://u:p:q@r@h:5/db", "postgres://u:***@h:5/db"),
            ("postgres://u@h/db", "postgres://u@h/db"),
            (
                "postgres://h/db?user=u&password=p&x=1",
                "postgres://h/db?user=u&password=***&x=1",
            ),
        ] {
            assert_eq!(masked(address), shown);
        }
    }
}
