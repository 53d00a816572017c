//! `tenure user`: manages people.

use std::io::{IsTerminal, Read};

use anyhow::Context as _;
use clap::{Args, Subcommand};
use domain::catalog::Catalog;
use domain::decide::PutUser;
use domain::ids::GroupId;
use domain::people::{Group, Role, User};
use engine::MAX_PASSWORD;
use serde_json::json;

use super::{configuration, execute};
use crate::catalog::Named;
use crate::cli::Common;
use crate::exit::{Usage, say};
use crate::open;

/// What to do with people.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Add a person
    Add(Add),
}

/// Flags of `user add`.
#[derive(Args, Debug)]
pub struct Add {
    /// The name to log in with
    #[arg(long, value_name = "NAME")]
    pub username: String,
    /// The address
    #[arg(long, value_name = "ADDRESS")]
    pub email: String,
    /// Given and family name
    #[arg(long, value_name = "NAME")]
    pub name: String,
    /// Put the person into the group of administrators
    #[arg(long)]
    pub admin: bool,
    /// Put the person into this group; may be given several times
    #[arg(long = "group", value_name = "GROUP")]
    pub groups: Vec<String>,
    /// Read the password from standard input; without it, the person has none and can not log in with one
    #[arg(long)]
    pub password_stdin: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Does it.
///
/// # Errors
/// If it is refused, or the database can not be written.
pub async fn run(common: &Common, command: &Command) -> anyhow::Result<()> {
    let Command::Add(arguments) = command;
    let config = configuration(common)?;
    let password = if arguments.password_stdin {
        Some(read_password()?)
    } else {
        None
    };
    let engine = open::engine(&config).await?;
    let catalog = open::organisation(&engine, config.organisation.as_deref())?;
    let actor = engine::operator(&engine, catalog.id)?;
    let groups = groups(&catalog, arguments)?;
    let (first, last) = arguments
        .name
        .rsplit_once(' ')
        .unwrap_or((&arguments.name, ""));
    let user = User {
        username: arguments.username.clone(),
        email: arguments.email.clone(),
        first_name: first.into(),
        last_name: last.into(),
        groups,
        ..User::default()
    };
    let password_hash = match password {
        Some(password) => Some(engine.passwords().hash(&password).await?),
        None => None,
    };
    let put = PutUser {
        id: None,
        expected_version: None,
        user,
        password_hash,
    };
    let made = execute(&engine, &actor, put).await?;
    if arguments.json {
        say(json!({"id": made.id, "uuid": made.uuid, "username": made.username}));
    } else {
        say(format_args!(
            "added {} as user {} of {}",
            made.username, made.id, catalog.slug
        ));
    }
    Ok(())
}

/// The groups that were named, those for everybody, and that of the administrators.
fn groups(catalog: &Catalog, arguments: &Add) -> anyhow::Result<Vec<GroupId>> {
    let mut groups = Vec::new();
    for name in &arguments.groups {
        let group = Group::named(catalog, name).ok_or_else(|| {
            let known: Vec<&str> = catalog.groups.values().map(|g| g.name.as_str()).collect();
            let known = known.join(", ");
            Usage(format!("there is no group {name}; there are: {known}"))
        })?;
        groups.push(GroupId(group.id));
    }
    let administers = |group: &Group| group.roles.contains(&Role::ApplicationAdministrator);
    for group in catalog.groups.values() {
        let id = GroupId(group.id);
        if (group.default || (arguments.admin && administers(group))) && !groups.contains(&id) {
            groups.push(id);
        }
    }
    Ok(groups)
}

fn read_password() -> anyhow::Result<String> {
    let mut stdin = std::io::stdin().lock();
    if stdin.is_terminal() {
        let message = "--password-stdin wants the password from a pipe or a file, as a terminal would show it";
        return Err(Usage(message.into()).into());
    }
    let mut password = String::new();
    let most = u64::try_from(MAX_PASSWORD).unwrap_or(u64::MAX) + 2;
    Read::by_ref(&mut stdin)
        .take(most)
        .read_to_string(&mut password)
        .context("reading the password")?;
    let password = password.trim_end_matches(['\r', '\n']);
    if password.len() < 8 || password.len() > MAX_PASSWORD {
        let message = format!("a password has from 8 to {MAX_PASSWORD} bytes");
        return Err(Usage(message).into());
    }
    Ok(password.to_owned())
}
