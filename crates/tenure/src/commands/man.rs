//! `tenure man`: the manual page.

use std::io::Write;

use anyhow::Context as _;
use clap::{Args, CommandFactory};
use clap_mangen::Man;

use crate::cli::Cli;

/// Flags of `man`.
#[derive(Args, Debug)]
pub struct Arguments {
    /// The command to print the page of, such as `serve` [default: the page of all]
    pub command: Option<String>,
}

/// Prints the page in roff, for `man -l -`.
///
/// # Errors
/// If there is no such command, or it can not be printed.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let mut all = Cli::command();
    all.build();
    let command = match &arguments.command {
        None => all,
        Some(name) => {
            let found = all.find_subcommand(name).cloned();
            found.ok_or_else(|| crate::exit::Usage(format!("no command {name}")))?
        }
    };
    let mut page = Vec::new();
    let title = match &arguments.command {
        Some(name) => format!("tenure-{name}"),
        None => "tenure".into(),
    };
    Man::new(command)
        .title(title)
        .render(&mut page)
        .context("making the page")?;
    std::io::stdout()
        .write_all(&page)
        .context("printing the page")
}
