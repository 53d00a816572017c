//! `tenure completions`: a script that makes a shell complete this program's commands.

use std::io::Write;

use anyhow::Context as _;
use clap::{Args, CommandFactory};
use clap_complete::Shell;

use crate::cli::Cli;

/// Flags of `completions`.
#[derive(Args, Debug)]
pub struct Arguments {
    /// The shell
    pub shell: Shell,
}

/// Prints the script.
///
/// # Errors
/// If it can not be printed.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Cli::command(), "tenure", &mut script);
    std::io::stdout()
        .write_all(&script)
        .context("printing the script")
}
