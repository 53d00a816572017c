//! stub
#[derive(clap::Args, Debug)]
pub struct Arguments {}
pub fn run(_: &crate::cli::Common, _: &Arguments) -> anyhow::Result<()> {
    Ok(())
}
