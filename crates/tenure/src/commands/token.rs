//! stub
#[derive(clap::Subcommand, Debug)]
pub enum Command {
    X,
}
pub async fn run(_: &crate::cli::Common, _: &Command) -> anyhow::Result<()> {
    Ok(())
}
