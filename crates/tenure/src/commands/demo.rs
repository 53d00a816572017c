//! `tenure demo`: makes an example organisation, once, and serves it.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::Flags;
use crate::cli::{Common, Listening};
use crate::config::{self, Defaults};
use crate::demo;
use crate::demo::credentials::Credentials;
use crate::demo::secrets::Secrets;
use crate::exit::say;
use crate::server::{Server, listen, stop};
use crate::{files, logging, open};

/// Flags of `demo`.
#[derive(Args, Debug)]
pub struct Arguments {
    /// Where and how to serve.
    #[command(flatten)]
    pub listening: Listening,
    /// Where to write how to log in [default: credentials.json in the data directory]
    #[arg(long, value_name = "FILE")]
    pub credentials: Option<PathBuf>,
}

/// Makes the demo, as far as it is not there, and serves it until told to stop.
///
/// # Errors
/// If the configuration, the database or the address does not allow it.
pub async fn run(common: &Common, arguments: &Arguments) -> anyhow::Result<()> {
    let flags = Flags {
        common,
        listening: &arguments.listening,
    };
    let figment = config::layers(common.config.as_deref(), &flags, Defaults::Demo)?;
    let config = config::load(&figment)?;
    logging::start(&config)?;
    let stop = stop::signals()?;
    let mut stop = std::pin::pin!(stop);
    files::private_directory(&config.data_dir)?;
    let engine = open::engine(&config).await?;
    let (listener, base_url) = listen(&config).await?;
    let address = listener.local_addr()?;
    let secrets = Secrets::keep(&config.data_dir.join("demo.json"), &engine)?;
    greet(&base_url, &secrets);
    let made = tokio::select! {
        biased;
        () = &mut stop => return Ok(()),
        made = demo::ensure(&engine, &secrets) => made?,
    };
    let path = arguments.credentials.clone();
    let path = path.unwrap_or_else(|| config.data_dir.join("credentials.json"));
    let credentials = Credentials::of(&base_url, &secrets, &made)?;
    let (now, room) = (engine.now(), credentials.room());
    let server = Server {
        engine,
        organisation: made.catalog.id,
        base_url: base_url.clone(),
        config,
    };
    let announce = async {
        answers(address).await?;
        credentials.write(&path)?;
        let tomorrow = now + jiff::SignedDuration::from_hours(24);
        let day = tomorrow.to_zoned(jiff::tz::TimeZone::UTC).date();
        invite(&base_url, &secrets, room, day);
        say(format_args!("The same for programs: {}", path.display()));
        say("Ctrl-C stops; the next start goes on from here.");
        anyhow::Ok(())
    };
    let mut serving = std::pin::pin!(server.run(listener, &mut stop));
    tokio::select! {
        ended = &mut serving => ended,
        announced = announce => {
            announced?;
            serving.await
        }
    }
}

/// Says where to go and how to log in.
fn greet(base_url: &str, secrets: &Secrets) {
    say(format_args!("Tenure's demo on {base_url}\n"));
    say(format_args!("  API documentation   {base_url}/docs/api"));
    for (role, person) in [
        ("administrator", &secrets.admin),
        ("member", &secrets.member),
    ] {
        say(format_args!(
            "  {role:<19} {}  password {}",
            person.username, person.password
        ));
    }
    say("");
}

/// Gives a line to try.
fn invite(base_url: &str, secrets: &Secrets, room: i64, day: jiff::civil::Date) {
    say("Book a room for tomorrow:\n");
    say(format_args!(
        "curl -i {base_url}/api/tenure/v1/bookings -H 'Authorization: Bearer {}' \\\n  \
         -H 'Content-Type: application/json' \\\n  \
         -d '{{\"resources\": [{{\"id\": {room}}}], \"start\": \"{day}T09:00:00Z\", \"end\": \"{day}T10:00:00Z\", \
         \"title\": \"Planning\"}}'\n",
        secrets.member.api_token
    ));
}

/// Waits until the server answers at its own address.
async fn answers(mut address: SocketAddr) -> anyhow::Result<()> {
    if address.ip().is_unspecified() {
        address.set_ip(match address {
            SocketAddr::V4(_) => std::net::Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => std::net::Ipv6Addr::LOCALHOST.into(),
        });
    }
    let ask = async {
        let mut stream = TcpStream::connect(address).await?;
        let request = "GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        stream.write_all(request.as_bytes()).await?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await?;
        std::io::Result::Ok(answer)
    };
    let answer = tokio::time::timeout(Duration::from_secs(10), ask).await;
    let answer = answer.context("the server does not answer itself")??;
    anyhow::ensure!(
        answer.starts_with(b"HTTP/1.1 200 "),
        "the server is not ready: look at the log"
    );
    Ok(())
}
