//! `tenure client`: manages programs that people let act for them by OAuth 2.

use std::sync::Arc;

use clap::{Args, Subcommand, ValueEnum};
use domain::catalog::{Catalog, Object};
use domain::decide::{DeleteObject, RegisterClient};
use domain::ids::UserId;
use domain::people::{self, Client};
use engine::Engine;
use serde_json::{Value, json};

use super::token::scopes;
use super::{configuration, execute};
use crate::cli::Common;
use crate::exit::{Usage, note, say};
use crate::open;

/// What to do with clients.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Register a client; its secret is printed once and never again
    Create(Create),
    /// List the clients
    List(List),
    /// Delete a client: all that it was given ends at once
    Delete(Delete),
}

/// The door of a client's tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Door {
    /// Cobot's API: tokens do not end
    Cobot,
    /// Spacebring's API: tokens end after an hour and are renewed
    Spacebring,
}

impl From<Door> for people::Door {
    fn from(door: Door) -> Self {
        match door {
            Door::Cobot => Self::Cobot,
            Door::Spacebring => Self::Spacebring,
        }
    }
}

/// Flags of `client create`.
#[derive(Args, Debug)]
pub struct Create {
    /// The door its tokens are good at
    #[arg(long, value_enum)]
    pub door: Door,
    /// What people are told that asks them
    #[arg(long, value_name = "NAME")]
    pub name: String,
    /// Where people may be sent back to, byte for byte; may be given several times
    #[arg(long = "redirect-uri", value_name = "URI")]
    pub redirect_uris: Vec<String>,
    /// For whom it is registered: a user name or an address [default: the first administrator]
    #[arg(long, value_name = "NAME")]
    pub user: Option<String>,
    /// The most that it may ask for, with commas between [default: all that clients of the door can ask for]
    #[arg(long, value_name = "SCOPES", value_delimiter = ',')]
    pub scopes: Vec<String>,
    /// It can keep no secret, as an app that people install
    #[arg(long)]
    pub public: bool,
    /// It is our own, and may ask people for their passwords
    #[arg(long)]
    pub trusted: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Flags of `client list`.
#[derive(Args, Debug)]
pub struct List {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Flags of `client delete`.
#[derive(Args, Debug)]
pub struct Delete {
    /// The name it tells itself by
    #[arg(value_name = "CLIENT_ID")]
    pub client_id: String,
}

/// Does it.
///
/// # Errors
/// If it is refused, or the database can not be read or written.
pub async fn run(common: &Common, command: &Command) -> anyhow::Result<()> {
    let config = configuration(common)?;
    let engine = open::engine(&config).await?;
    let catalog = open::organisation(&engine, config.organisation.as_deref())?;
    match command {
        Command::Create(arguments) => create(&engine, &catalog, arguments).await,
        Command::List(arguments) => {
            list(&catalog, arguments);
            Ok(())
        }
        Command::Delete(arguments) => delete(&engine, &catalog, arguments).await,
    }
}

async fn create(engine: &Engine, catalog: &Arc<Catalog>, arguments: &Create) -> anyhow::Result<()> {
    let door = arguments.door.into();
    let allowed = if arguments.scopes.is_empty() {
        Client::scopes_of(door)
    } else {
        scopes(&arguments.scopes)?
    };
    let new = engine.new_client()?;
    let client = Client {
        name: arguments.name.clone(),
        door,
        client_id: new.client_id,
        secret_hash: (!arguments.public).then_some(new.secret_hash),
        redirect_uris: arguments.redirect_uris.clone(),
        scopes: allowed.iter().collect(),
        user: owner(engine, catalog, arguments.user.as_deref()).await?,
        trusted: arguments.trusted,
        unlimited: false,
    };
    let actor = engine::operator(engine, catalog.id)?;
    let made = execute(engine, &actor, RegisterClient(client)).await?;
    let secret = (!arguments.public).then_some(new.secret);
    if arguments.json {
        let mut shown = described(&made);
        shown["client_secret"] = json!(secret);
        say(shown);
        return Ok(());
    }
    say(format!("client_id {}", made.client_id));
    if let Some(secret) = secret {
        say(format!("client_secret {secret}"));
        note("The secret is shown once: keep it where secrets are kept.");
    }
    Ok(())
}

/// The person with this name; an administrator where none is named.
async fn owner(engine: &Engine, catalog: &Catalog, name: Option<&str>) -> anyhow::Result<UserId> {
    let Some(name) = name else {
        let found = engine::administrator(engine, catalog.id).await?;
        let found = found.ok_or_else(|| {
            let message = "nobody administers the organisation: name somebody by --user";
            Usage(message.into())
        })?;
        return Ok(found.id());
    };
    let found = engine.store().user_by_login(catalog.id, name).await?;
    let (user, _) = found.ok_or_else(|| {
        let message = format!("{} has no user {name}", catalog.slug);
        Usage(format!("{message}: `tenure user add` makes one"))
    })?;
    Ok(UserId(user.id))
}

fn described(client: &Object<Client>) -> Value {
    json!({
        "id": client.id,
        "name": client.name,
        "door": client.door,
        "client_id": client.client_id,
        "public": client.secret_hash.is_none(),
        "redirect_uris": client.redirect_uris,
        "scopes": client.scopes,
        "user": client.user,
        "trusted": client.trusted,
    })
}

fn list(catalog: &Catalog, arguments: &List) {
    let all = catalog.clients.values();
    if arguments.json {
        say(all.map(|client| described(client)).collect::<Value>());
        return;
    }
    for client in all {
        say(format!(
            "{} {} {}",
            client.client_id,
            client.door.name(),
            client.name
        ));
    }
}

async fn delete(engine: &Engine, catalog: &Catalog, arguments: &Delete) -> anyhow::Result<()> {
    let mut all = catalog.clients.values();
    let found = all.find(|client| client.client_id == arguments.client_id);
    let found = found.ok_or_else(|| {
        let message = format!("{} has no client {}", catalog.slug, arguments.client_id);
        Usage(format!("{message}: `tenure client list` shows them"))
    })?;
    let actor = engine::operator(engine, catalog.id)?;
    let command = DeleteObject::<Client>::new(found.id, None);
    execute(engine, &actor, command).await
}
