//! `tenure config`: the configuration in force, and where each value comes from.

use clap::Args;
use figment::value::Value;
use serde_json::{Map, json};

use crate::cli::Common;
use crate::config::{self, DEFAULTS, Defaults, masked};
use crate::exit::say;

/// Flags of `config`.
#[derive(Args, Debug)]
pub struct Arguments {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Print the annotated defaults, to begin a file with
    #[arg(long, conflicts_with = "json")]
    pub defaults: bool,
}

/// Prints it.
///
/// # Errors
/// If it is no valid configuration.
pub fn run(common: &Common, arguments: &Arguments) -> anyhow::Result<()> {
    if arguments.defaults {
        say(DEFAULTS.trim_end());
        return Ok(());
    }
    let figment = config::layers(common.config.as_deref(), common, Defaults::Server)?;
    let config = config::load(&figment)?;
    let mut known = Map::new();
    if let serde_json::Value::Object(fields) = serde_json::to_value(&config)? {
        known = fields;
    }
    known.insert("database".into(), masked(&config.database()).into());
    let mut sources = Map::new();
    for (key, value) in &known {
        let source = source(&figment, key);
        if !arguments.json && !value.is_null() {
            say(format_args!("{key} = {value}  # {source}"));
        } else if !arguments.json {
            say(format_args!("#{key} is not set"));
        }
        sources.insert(key.clone(), json!({"value": value, "source": source}));
    }
    if arguments.json {
        say(serde_json::to_string_pretty(&sources)?);
    }
    Ok(())
}

/// Where a value comes from, in a word.
fn source(figment: &figment::Figment, key: &str) -> String {
    let Ok(value) = figment.find_value(key) else {
        return "default".into();
    };
    let Some(metadata) = figment.get_metadata(tag(&value)) else {
        return "default".into();
    };
    match &metadata.source {
        Some(figment::Source::File(path)) => path.display().to_string(),
        _ if metadata.name.contains("environment") => {
            format!("TENURE_{}", key.to_uppercase())
        }
        _ if metadata.name.contains("TOML") => "default".into(),
        _ => "flag".into(),
    }
}

fn tag(value: &Value) -> figment::value::Tag {
    value.tag()
}
