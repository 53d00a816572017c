//! `tenure apply`: makes an organisation what a file describes.

use std::fs;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use domain::catalog::Organisation;
use indicatif::ProgressBar;
use serde_json::{Value, json};

use super::configuration;
use crate::cli::Common;
use crate::describe::{Applying, Description, Step};
use crate::exit::{Usage, say};
use crate::open;

/// Flags of `apply`.
#[derive(Args, Debug)]
pub struct Arguments {
    /// The file; see `tenure export` for its form
    pub file: PathBuf,
    /// Say what there is to do, and do nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Makes what the file describes and is not there, and changes what is otherwise. What the file does not name stays
/// as it is: nothing is ever deleted. An organisation that does not exist is made.
///
/// # Errors
/// If the file does not describe an organisation, something in it is refused, or the database can not be written.
pub async fn run(common: &Common, arguments: &Arguments) -> anyhow::Result<()> {
    let config = configuration(common)?;
    let shown = arguments.file.display();
    let text = fs::read_to_string(&arguments.file)
        .map_err(|error| Usage(format!("{shown} can not be read: {error}")))?;
    let wanted = Description::parse(&text).map_err(|error| Usage(format!("{shown}: {error:#}")))?;
    let engine = open::engine(&config).await?;
    let mut catalogs = engine.store().catalogs().into_values();
    let id = match catalogs.find(|catalog| *catalog.slug == wanted.slug) {
        Some(catalog) => catalog.id,
        None if arguments.dry_run => {
            say(format_args!(
                "create organisation {} with {} objects",
                wanted.slug,
                wanted
                    .objects
                    .iter()
                    .map(std::collections::BTreeMap::len)
                    .sum::<usize>()
            ));
            return Ok(());
        }
        None => {
            let organisation: Organisation = bare(&wanted.organisation)?;
            engine::found_organisation(&engine, &wanted.slug, organisation).await?
        }
    };
    let actor = engine::operator(&engine, id)?;
    let mut applying = Applying::new(&engine, &actor, &wanted).await?;
    let steps = applying.steps().await?;
    if !arguments.dry_run && !steps.is_empty() {
        let count: usize = wanted
            .objects
            .iter()
            .map(std::collections::BTreeMap::len)
            .sum();
        let progress = ProgressBar::new(u64::try_from(2 * count)?);
        applying.run(|| progress.inc(1)).await?;
        progress.finish_and_clear();
    }
    if arguments.json {
        say(json!({"organisation": wanted.slug, "done": !arguments.dry_run, "steps": steps}));
        return Ok(());
    }
    steps.iter().for_each(tell);
    let verb = if arguments.dry_run { "to do" } else { "done" };
    say(format_args!("{}: {} {verb}", wanted.slug, steps.len()));
    Ok(())
}

/// The organisation without its policy, which may name groups that are not there yet.
fn bare(organisation: &Value) -> anyhow::Result<Organisation> {
    let mut body = organisation.clone();
    if let Some(body) = body.as_object_mut() {
        body.remove("policy");
    }
    serde_json::from_value(body).context("[organisation]")
}

fn tell(step: &Step) {
    let Step {
        verb, kind, name, ..
    } = step;
    say(format_args!("{verb} {kind} {name}"));
    for (field, (before, after)) in &step.fields {
        say(format_args!(
            "  {field}: {} -> {}",
            short(before),
            short(after)
        ));
    }
}

/// A value on one line, cut where it is long, as a floor plan is.
fn short(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(100) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::describe::KINDS;

    #[test]
    fn every_list_has_its_place() {
        let parsed = Description::parse(
            "[organisation]\nslug = \"a\"\nname = \"A\"\nzone = \"UTC\"\n[[sites]]\nname = \"S\"\nzone = \"UTC\"\n",
        )
        .unwrap();
        assert_eq!(parsed.objects.len(), KINDS.len());
        let text = parsed.to_toml().unwrap();
        assert_eq!(Description::parse(&text).unwrap(), parsed);
        for wrong in [
            "",
            "[organisation]\nname = \"A\"",
            "[organisation]\nslug = \"a\"\n[[sits]]\n",
        ] {
            assert!(Description::parse(wrong).is_err(), "{wrong}");
        }
    }
}
