//! What an address `postgres://…` says: where the server is, how to prove who it is, how many connections to keep.

use std::fs;
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use tokio::time::timeout;
use tokio_postgres::config::SslMode;
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{Client, Config, Connection, Socket};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::link::{CONNECT, PATIENCE};
use crate::StoreError;

/// Connections, unless the address says otherwise.
const SIZE: usize = 16;

/// Settings of each connection. Plans must not depend on what statistics happen to say: every query of ours has an
/// index, and compiling a plan takes longer than running it. A server whose machine is gone loses its locks in seconds.
const OPTIONS: &str = "-c lock_timeout=2500 -c statement_timeout=10000 -c idle_in_transaction_session_timeout=10000 \
     -c tcp_keepalives_idle=5 -c tcp_keepalives_interval=1 -c tcp_keepalives_count=3 -c jit=off \
     -c enable_seqscan=off -c enable_bitmapscan=off -c client_min_messages=warning -c default_transaction_isolation=read\\ committed";

/// What the bytes go through.
type Stream = <MakeRustlsConnect as MakeTlsConnect<Socket>>::Stream;

/// A server's address, understood.
#[derive(Clone)]
pub(super) struct Address {
    /// What `tokio-postgres` needs to know.
    pub(super) config: Config,
    /// What proves the server's identity, where the address asks for that.
    pub(super) tls: MakeRustlsConnect,
    /// Connections in the pool.
    pub(super) pool: usize,
}

impl Address {
    /// Reads an address. Beside those of libpq, `pool=N` sets the pool's size. `sslmode=require`, `verify-ca` and
    /// `verify-full` all mean TLS with a certificate that a known authority has issued for the host's name: one of
    /// those the operating system trusts, or the ones in the file that `sslrootcert=PATH` names. Without `sslmode`,
    /// or with `disable`, there is no TLS; what leaves that open (`allow`, `prefer`) is refused.
    pub(super) fn parse(address: &str) -> Result<Self, StoreError> {
        let (base, query) = address.split_once('?').unwrap_or((address, ""));
        let wrong = || StoreError::Address(base.to_owned());
        let (mut pool, mut encrypted, mut authorities) = (SIZE, false, None);
        let mut theirs = Vec::new();
        for part in query.split('&').filter(|part| !part.is_empty()) {
            match part.split_once('=') {
                Some(("pool", size)) => pool = size.parse().map_err(|_| wrong())?,
                Some(("sslmode", mode)) => {
                    encrypted = match mode {
                        "disable" => false,
                        "require" | "verify-ca" | "verify-full" => true,
                        _ => return Err(wrong()),
                    }
                }
                Some(("sslrootcert", path)) => authorities = Some(path),
                _ => theirs.push(part),
            }
        }
        let mut config: Config = format!("{base}?{}", theirs.join("&"))
            .parse()
            .map_err(|_| wrong())?;
        let options = config
            .get_options()
            .map_or_else(String::new, |options| format!(" {options}"));
        config.options(format!("{OPTIONS}{options}"));
        config.connect_timeout(CONNECT);
        config.keepalives_idle(Duration::from_secs(5));
        config.keepalives_interval(Duration::from_secs(1));
        config.keepalives_retries(3);
        config.tcp_user_timeout(Duration::from_secs(3));
        if config.get_application_name().is_none() {
            config.application_name("tenure");
        }
        let roots = if encrypted {
            config.ssl_mode(SslMode::Require);
            trusted(authorities)?
        } else {
            config.ssl_mode(SslMode::Disable);
            RootCertStore::empty()
        };
        Ok(Self {
            config,
            tls: MakeRustlsConnect::new(client(roots)?),
            pool: pool.max(1),
        })
    }

    /// Connects beside the pool, with `options` added to those of each connection.
    pub(super) async fn connect(
        &self,
        options: &str,
    ) -> Result<(Client, Connection<Socket, Stream>), StoreError> {
        let mut config = self.config.clone();
        let before = config.get_options().unwrap_or_default();
        config.options(format!("{before} {options}"));
        let connecting = timeout(PATIENCE, config.connect(self.tls.clone())).await;
        Ok(connecting.map_err(StoreError::unavailable)??)
    }
}

fn client(roots: RootCertStore) -> Result<ClientConfig, StoreError> {
    let provider = rustls::crypto::ring::default_provider();
    let config = ClientConfig::builder_with_provider(provider.into())
        .with_safe_default_protocol_versions()
        .map_err(StoreError::unavailable)?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

/// The authorities in a file, or those that the operating system trusts.
fn trusted(path: Option<&str>) -> Result<RootCertStore, StoreError> {
    let mut roots = RootCertStore::empty();
    let Some(path) = path else {
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        return Ok(roots);
    };
    let unreadable = |error: &dyn std::fmt::Display| {
        StoreError::unavailable(format!("no certificates in {path}: {error}"))
    };
    let file = fs::read(path).map_err(|error| unreadable(&error))?;
    for certificate in CertificateDer::pem_slice_iter(&file) {
        let certificate = certificate.map_err(|error| unreadable(&error))?;
        roots.add(certificate).map_err(|error| unreadable(&error))?;
    }
    if roots.is_empty() {
        return Err(unreadable(&"the file is empty"));
    }
    Ok(roots)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_parameters_are_taken_from_the_address() {
        let address = Address::parse("postgres://a@h/d?pool=3&application_name=x").unwrap();
        assert_eq!(address.pool, 3);
        assert_eq!(address.config.get_application_name(), Some("x"));
        assert_eq!(address.config.get_ssl_mode(), SslMode::Disable);
        assert!(Address::parse("postgres://a@h/d?pool=many").is_err());
    }

    #[test]
    fn encryption_is_asked_for_or_not_there() {
        let mode = |text: &str| {
            let address = Address::parse(&format!("postgres://a@h/d?sslmode={text}"));
            address.map(|address| address.config.get_ssl_mode()).ok()
        };
        assert_eq!(mode("disable"), Some(SslMode::Disable));
        assert_eq!(mode("require"), Some(SslMode::Require));
        assert_eq!(mode("verify-full"), Some(SslMode::Require));
        assert_eq!(mode("prefer"), None, "it would not say whether it is");
        assert!(Address::parse("postgres://a@h/d?sslmode=require&sslrootcert=/none").is_err());
    }
}
