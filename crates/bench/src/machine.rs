//! What the figures were measured on.

use std::fmt;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use jiff::Timestamp;

use crate::numbers::{median, ms};

/// A machine, and the program as it was on that day.
pub struct Machine {
    processor: String,
    cores: usize,
    kernel: String,
    memory: String,
    filesystem: String,
    /// Milliseconds to write a page and have it on the disk.
    sync: f64,
    load: String,
    now: Timestamp,
    revision: String,
    compiler: String,
}

/// The moment.
#[allow(
    clippy::disallowed_methods,
    reason = "a bench is about the moment it runs at"
)]
pub fn now() -> Timestamp {
    Timestamp::now()
}

impl Machine {
    /// This one; `directory` is where the databases lie.
    pub fn this(directory: &Path) -> anyhow::Result<Self> {
        let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
        let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
        let directory_text = directory.display().to_string();
        Ok(Self {
            processor: field(&cpu, "model name").unwrap_or_else(|| std::env::consts::ARCH.into()),
            cores: std::thread::available_parallelism()?.get(),
            kernel: output("uname", &["-sr"]),
            memory: field(&memory, "MemTotal").unwrap_or_default(),
            filesystem: output("stat", &["-f", "-c", "%T", &directory_text]),
            sync: sync_cost(directory)?,
            load: load
                .split(' ')
                .next()
                .map(str::to_owned)
                .unwrap_or_default(),
            now: now(),
            revision: output("git", &["describe", "--always", "--dirty", "--abbrev=10"]),
            compiler: output("rustc", &["--version"]),
        })
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.now.strftime("%Y-%m-%d %H:%M UTC");
        writeln!(f, "| | |\n| --- | --- |")?;
        writeln!(
            f,
            "| processor | {}, {} cores |",
            self.processor, self.cores
        )?;
        writeln!(f, "| memory | {} |", self.memory)?;
        writeln!(f, "| kernel | {} |", self.kernel)?;
        writeln!(
            f,
            "| disk | {}; {:.2} ms to append 4 KiB and `fdatasync` |",
            self.filesystem, self.sync
        )?;
        writeln!(f, "| load of others at the start | {} |", self.load)?;
        writeln!(
            f,
            "| measured | {at}, revision `{}`, {} |",
            self.revision, self.compiler
        )
    }
}

fn field(text: &str, name: &str) -> Option<String> {
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

/// What a command says, or nothing.
fn output(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    text.unwrap_or_default()
}

/// The median cost of appending a page to a file and having it on the disk, in milliseconds.
fn sync_cost(directory: &Path) -> anyhow::Result<f64> {
    let path = directory.join("sync");
    let mut file = File::create(&path).context("making a file")?;
    let mut costs = Vec::new();
    let begin = Instant::now();
    while costs.len() < 200 && begin.elapsed() < Duration::from_secs(3) {
        let at = Instant::now();
        file.write_all(&[7; 4096])?;
        file.sync_data()?;
        costs.push(ms(at.elapsed()));
    }
    fs::remove_file(path)?;
    Ok(median(costs))
}
