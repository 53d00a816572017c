//! The binary: command line, configuration, wiring.

mod catalog;
mod cli;
mod commands;
mod config;
mod demo;
mod describe;
mod exit;
mod files;
mod judge;
mod logging;
mod open;
mod server;

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = <cli::Cli as clap::Parser>::parse();
    match commands::run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => exit::report(&error),
    }
}
