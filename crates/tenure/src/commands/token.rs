//! `tenure token`: manages API tokens.

use clap::{Args, Subcommand, ValueEnum};
use domain::decide::{IssueToken, NewToken, TokenKind};
use domain::ids::UserId;
use domain::people::{self, Rights, Scope, Scopes};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::{configuration, execute};
use crate::cli::Common;
use crate::exit::{Usage, note, say};
use crate::open;

/// What to do with tokens.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a token; its secret is printed once and never again
    Create(Create),
}

/// The door a token is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Door {
    /// Tenure's own REST API
    Api,
    /// Flexopus' API, which is for administrators
    Flexopus,
    /// Cobot's API
    Cobot,
    /// Spacebring's API
    Spacebring,
}

impl From<Door> for people::Door {
    fn from(door: Door) -> Self {
        match door {
            Door::Api => Self::Api,
            Door::Flexopus => Self::Flexopus,
            Door::Cobot => Self::Cobot,
            Door::Spacebring => Self::Spacebring,
        }
    }
}

/// Flags of `token create`.
#[derive(Args, Debug)]
pub struct Create {
    /// Whose it is: a user name or an address
    #[arg(long, value_name = "NAME")]
    pub user: String,
    /// What it is called
    #[arg(long, value_name = "NAME", default_value = "Command line")]
    pub name: String,
    /// What it may be used for, with commas between, such as bookings:read,bookings:write [default: all]
    #[arg(long, value_name = "SCOPES", value_delimiter = ',')]
    pub scopes: Vec<String>,
    /// Until when it is good: 30d, 12h, or an instant such as 2027-03-01T00:00:00Z [default: for ever]
    #[arg(long, value_name = "TIME")]
    pub expires: Option<String>,
    /// The door it is for
    #[arg(long, value_enum, default_value = "api")]
    pub door: Door,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Does it.
///
/// # Errors
/// If it is refused, or the database can not be written.
pub async fn run(common: &Common, command: &Command) -> anyhow::Result<()> {
    let Command::Create(arguments) = command;
    let config = configuration(common)?;
    let scopes = scopes(&arguments.scopes)?;
    let engine = open::engine(&config).await?;
    let catalog = open::organisation(&engine, config.organisation.as_deref())?;
    let expires_at = match &arguments.expires {
        Some(text) => Some(instant(text, engine.now())?),
        None => None,
    };
    let found = engine
        .store()
        .user_by_login(catalog.id, &arguments.user)
        .await?;
    let (user, _) = found.ok_or_else(|| {
        let message = format!("{} has no user {}", catalog.slug, arguments.user);
        Usage(format!("{message}: `tenure user add` makes one"))
    })?;
    if arguments.door == Door::Flexopus && !Rights::of(&catalog, &user).administers_all() {
        let message = format!("{} administers nothing", arguments.user);
        let help = "Flexopus' API is for administrators: choose one of them";
        return Err(Usage(format!("{message}: {help}")).into());
    }
    let (secret, hash) = engine.new_token_secret()?;
    let token = NewToken {
        user: UserId(user.id),
        kind: TokenKind::Api,
        door: arguments.door.into(),
        idle: None,
        name: arguments.name.clone(),
        hash,
        scopes,
        expires_at,
        unlimited: false,
    };
    let actor = engine::operator(&engine, catalog.id)?;
    let id = execute(&engine, &actor, IssueToken(token)).await?;
    if arguments.json {
        let scopes: Vec<&str> = scopes.iter().map(Scope::name).collect();
        say(
            json!({"id": id, "user": user.id, "token": secret, "scopes": scopes, "expires_at": expires_at}),
        );
    } else {
        say(&secret);
        note("This is shown once: keep it where secrets are kept.");
    }
    Ok(())
}

pub(super) fn scopes(names: &[String]) -> anyhow::Result<Scopes> {
    if names.is_empty() {
        return Ok(Scopes::ALL);
    }
    let scope = |name: &String| {
        Scope::from_name(name.trim()).ok_or_else(|| {
            let known: Vec<&str> = Scope::ALL.into_iter().map(Scope::name).collect();
            let known = known.join(", ");
            Usage(format!("there is no scope {name}; there are: {known}")).into()
        })
    };
    names.iter().map(scope).collect()
}

/// An instant, or so many days or hours from now.
fn instant(text: &str, now: Timestamp) -> anyhow::Result<Timestamp> {
    let hours = |count: &str, each: i64| {
        let count: i64 = count
            .parse()
            .ok()
            .filter(|count| (1..100_000).contains(count))?;
        now.checked_add(SignedDuration::from_hours(count * each))
            .ok()
    };
    let relative = match (text.strip_suffix('d'), text.strip_suffix('h')) {
        (Some(days), _) => hours(days, 24),
        (_, Some(count)) => hours(count, 1),
        _ => text.parse().ok(),
    };
    relative.ok_or_else(|| {
        let message = format!("{text} is no time: use 30d, 12h, or 2027-03-01T00:00:00Z");
        Usage(message).into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expiry_is_an_instant_or_so_long_from_now() {
        let now: Timestamp = "2027-03-01T00:00:00Z".parse().unwrap();
        let read = |text| instant(text, now).ok().map(|at| at.to_string());
        assert_eq!(read("2d").as_deref(), Some("2027-03-03T00:00:00Z"));
        assert_eq!(read("12h").as_deref(), Some("2027-03-01T12:00:00Z"));
        assert_eq!(
            read("2028-01-01T00:00:00Z").as_deref(),
            Some("2028-01-01T00:00:00Z")
        );
        for bad in ["", "d", "0d", "-1d", "tomorrow", "2028-01-01"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
