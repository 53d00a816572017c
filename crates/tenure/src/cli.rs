//! The command line: every command with its flags.

use std::num::NonZeroU32;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use serde::Serialize;

use crate::commands::{
    apply, backup, check, client, completions, config, demo, doctor, export, invoices, man,
    migrate, restore, serve, token, user,
};
use crate::config::LogFormat;

/// A booking server for desks, rooms, parking places, offices and equipment.
#[derive(Debug, Parser)]
#[command(name = "tenure", version, propagate_version = true, after_help = AFTER)]
pub struct Cli {
    /// What applies to every command.
    #[command(flatten)]
    pub common: Common,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const AFTER: &str = "Exit codes: 0 done, 1 failed or something found, 2 wrong usage or configuration, \
                     3 something needed is not available.\n\
                     Every setting can also be given as TENURE_* in the environment or in a file; see `tenure config`.";

/// Flags of every command.
#[derive(Args, Clone, Debug, Default, Serialize)]
pub struct Common {
    /// The configuration file [default: tenure.toml, if it is there]
    #[arg(long, global = true, value_name = "FILE")]
    #[serde(skip)]
    pub config: Option<PathBuf>,
    /// Where the database is kept, and what goes with it
    #[arg(long, global = true, value_name = "DIR")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_dir: Option<PathBuf>,
    /// The database: `sqlite:PATH` or `postgres://user@host/name`
    #[arg(long, global = true, value_name = "URL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub database: Option<String>,
    /// The slug of the organisation to work on [default: the first]
    #[arg(long, global = true, value_name = "SLUG")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organisation: Option<String>,
    /// What to log: error, warn, info, debug, trace, or directives
    #[arg(long, global = true, value_name = "LEVEL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_level: Option<String>,
    /// How to log
    #[arg(long, global = true, value_name = "FORMAT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_format: Option<LogFormat>,
}

/// Flags of the commands that serve.
#[derive(Args, Clone, Debug, Default, Serialize)]
pub struct Listening {
    /// The address to listen on
    #[arg(long, value_name = "ADDR")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listen: Option<String>,
    /// The address under which clients reach the server
    #[arg(long, value_name = "URL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base_url: Option<String>,
    /// Where to serve /metrics for Prometheus
    #[arg(long, value_name = "ADDR")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metrics_listen: Option<String>,
    /// How many bookings a person may make in a minute
    #[arg(long, value_name = "N")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub creations_per_minute: Option<NonZeroU32>,
    /// Open connections at once
    #[arg(long, value_name = "N")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connections: Option<usize>,
    /// Refuse to start where the database is older than the program, rather than migrate it
    #[arg(long)]
    #[serde(
        rename = "migrate",
        skip_serializing_if = "is_false",
        serialize_with = "negated"
    )]
    pub no_migrate: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants a reference")]
const fn is_false(value: &bool) -> bool {
    !*value
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants a reference")]
fn negated<S: serde::Serializer>(value: &bool, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_bool(!*value)
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve until told to stop
    Serve(serve::Arguments),
    /// Make an example organisation, once, and serve it
    Demo(demo::Arguments),
    /// Make an organisation what a file describes; running it again changes nothing
    Apply(apply::Arguments),
    /// Write the organisation as a file that `apply` reads
    Export(export::Arguments),
    /// Take over what another system has
    #[cfg(feature = "import")]
    #[command(subcommand)]
    Import(crate::commands::import::Command),
    /// Manage people
    #[command(subcommand)]
    User(user::Command),
    /// Manage API tokens
    #[command(subcommand)]
    Token(token::Command),
    /// Manage programs that people let act for them, by OAuth 2
    #[command(subcommand)]
    Client(client::Command),
    /// Close months: make invoices of what people owe
    #[command(subcommand)]
    Invoices(invoices::Command),
    /// Verify that what is stored keeps every promise
    Check(check::Arguments),
    /// Look at database, time zones, clock, disk and configuration
    Doctor(doctor::Arguments),
    /// Write a consistent copy of the database to a file, beside a running server
    Backup(backup::Arguments),
    /// Put a backup in place of the database
    Restore(restore::Arguments),
    /// Print the configuration in force, and where each value comes from
    Config(config::Arguments),
    /// Bring the database up to date
    Migrate(migrate::Arguments),
    /// Print a script that makes a shell complete this program's commands
    Completions(completions::Arguments),
    /// Print the manual page
    Man(man::Arguments),
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_makes_sense() {
        super::Cli::command().debug_assert();
    }
}
