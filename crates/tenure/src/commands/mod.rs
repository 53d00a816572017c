//! The commands, a file each.

pub mod apply;
pub mod backup;
pub mod check;
pub mod client;
pub mod completions;
pub mod config;
pub mod demo;
pub mod doctor;
pub mod export;
#[cfg(feature = "import")]
pub mod import;
pub mod invoices;
pub mod man;
pub mod migrate;
pub mod restore;
pub mod serve;
pub mod token;
pub mod user;

use anyhow::Context as _;
use domain::decide::Command as Decision;
use domain::people::Actor;
use engine::{Engine, Request};
use serde::Serialize;
use store::Executed;

use crate::cli::{Cli, Command, Common};
use crate::config::{self as settings, Config, Defaults};

/// Runs the command.
///
/// # Errors
/// Whatever went wrong; see [`crate::exit`].
pub fn run(cli: Cli) -> anyhow::Result<()> {
    let common = &cli.common;
    match cli.command {
        Command::Serve(arguments) => runtime()?.block_on(serve::run(common, &arguments)),
        Command::Demo(arguments) => runtime()?.block_on(demo::run(common, &arguments)),
        Command::Apply(arguments) => runtime()?.block_on(apply::run(common, &arguments)),
        Command::Export(arguments) => runtime()?.block_on(export::run(common, &arguments)),
        #[cfg(feature = "import")]
        Command::Import(command) => runtime()?.block_on(import::run(common, &command)),
        Command::User(command) => runtime()?.block_on(user::run(common, &command)),
        Command::Invoices(command) => runtime()?.block_on(invoices::run(common, &command)),
        Command::Client(command) => runtime()?.block_on(client::run(common, &command)),
        Command::Token(command) => runtime()?.block_on(token::run(common, &command)),
        Command::Check(arguments) => runtime()?.block_on(check::run(common, &arguments)),
        Command::Doctor(arguments) => runtime()?.block_on(doctor::run(common, &arguments)),
        Command::Backup(arguments) => backup::run(common, &arguments),
        Command::Restore(arguments) => restore::run(common, &arguments),
        Command::Config(arguments) => config::run(common, &arguments),
        Command::Migrate(arguments) => runtime()?.block_on(migrate::run(common, &arguments)),
        Command::Completions(arguments) => completions::run(&arguments),
        Command::Man(arguments) => man::run(&arguments),
    }
}

fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("the runtime can not be started")
}

/// The configuration of a command that does not serve; logs only what matters.
fn configuration(common: &Common) -> anyhow::Result<Config> {
    let figment = settings::layers(common.config.as_deref(), common, Defaults::Server)?;
    settings::load(&figment)
}

/// All flags of a command that serves, as one layer of the configuration.
#[derive(Serialize)]
struct Flags<'a> {
    #[serde(flatten)]
    common: &'a Common,
    #[serde(flatten)]
    listening: &'a crate::cli::Listening,
}

/// Carries a command of the domain out for the command line.
///
/// # Errors
/// If it is refused, with the refusal in words.
pub async fn execute<C: Decision>(
    engine: &Engine,
    actor: &Actor,
    command: C,
) -> anyhow::Result<C::Outcome> {
    match engine
        .execute(actor, command, Request::plain("command-line"))
        .await?
    {
        Executed::Fresh(Ok(outcome), _) => Ok(outcome),
        Executed::Fresh(Err(refusal), _) => Err(anyhow::anyhow!(
            "refused: {}",
            serde_json::to_string(&refusal).unwrap_or_else(|_| format!("{refusal:?}"))
        )),
        Executed::Replayed(_) | Executed::KeyReused => {
            Err(anyhow::anyhow!("it had been done before"))
        }
    }
}
