//! Connections: a bounded pool, with time-outs everywhere, so that a lost database is noticed in seconds.

use std::time::Duration;

use deadpool_postgres::{
    ClientWrapper, Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime,
};
use tokio_postgres::{Config, NoTls};

use crate::StoreError;

/// How long anything may take before it is given up, short of a commit.
pub(super) const PATIENCE: Duration = Duration::from_millis(2_800);
/// How long to wait for one of the pool's connections.
const WAIT: Duration = Duration::from_secs(2);
/// How long connecting may take.
const CONNECT: Duration = Duration::from_millis(1_500);
/// Connections, unless the address says otherwise.
const SIZE: usize = 16;

/// Settings of each connection. Plans must not depend on what statistics happen to say: every query of ours has an
/// index, and compiling a plan takes longer than running it. A server whose machine is gone loses its locks in seconds.
const OPTIONS: &str = "-c lock_timeout=2500 -c statement_timeout=10000 -c idle_in_transaction_session_timeout=10000 \
     -c tcp_keepalives_idle=5 -c tcp_keepalives_interval=1 -c tcp_keepalives_count=3 -c jit=off \
     -c enable_seqscan=off -c enable_bitmapscan=off -c client_min_messages=warning -c default_transaction_isolation=read\\ committed";

/// The way to the database.
pub(super) struct Link {
    pool: Pool,
    config: Config,
}

impl Link {
    /// The way to the database at an address, `postgres://…`; `pool=N` among its parameters sets the pool's size.
    pub(super) fn new(address: &str) -> Result<Self, StoreError> {
        let (base, query) = address.split_once('?').unwrap_or((address, ""));
        let (ours, theirs): (Vec<&str>, Vec<&str>) = query
            .split('&')
            .filter(|part| !part.is_empty())
            .partition(|part| part.starts_with("pool="));
        let wrong = || StoreError::Address(base.to_owned());
        let size = ours.first().and_then(|part| part.strip_prefix("pool="));
        let size = size.map_or(Ok(SIZE), str::parse).map_err(|_| wrong())?;
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
        let recycling = ManagerConfig {
            recycling_method: RecyclingMethod::Fast,
        };
        let manager = Manager::from_config(config.clone(), NoTls, recycling);
        let pool = Pool::builder(manager)
            .runtime(Runtime::Tokio1)
            .max_size(size.max(1))
            .wait_timeout(Some(WAIT))
            .create_timeout(Some(CONNECT))
            .recycle_timeout(Some(CONNECT))
            .build()
            .map_err(StoreError::unavailable)?;
        Ok(Self { pool, config })
    }

    /// A connection of the pool.
    pub(super) async fn lease(&self) -> Result<Lease, StoreError> {
        Ok(Lease {
            object: Some(self.pool.get().await?),
            clean: true,
        })
    }

    /// How to connect beside the pool.
    pub(super) fn config(&self) -> &Config {
        &self.config
    }
}

/// A connection that goes back to the pool only if no transaction can be open on it.
pub(super) struct Lease {
    object: Option<Object>,
    clean: bool,
}

impl Lease {
    /// From here on a transaction may be open.
    pub(super) fn soil(&mut self) {
        self.clean = false;
    }

    /// The transaction has ended.
    pub(super) fn cleaned(&mut self) {
        self.clean = true;
    }

    /// The connection; none only while it is being dropped.
    pub(super) fn client(&self) -> Result<&ClientWrapper, StoreError> {
        self.object
            .as_deref()
            .ok_or_else(|| StoreError::unavailable("the connection is gone"))
    }
}

impl Drop for Lease {
    /// Closing a connection ends its transaction on the server, whatever became of the one who began it.
    fn drop(&mut self) {
        if let Some(object) = self.object.take().filter(|_| !self.clean) {
            drop(Object::take(object));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pool_size_is_taken_from_the_address() {
        let link = Link::new("postgres://a@h/d?pool=3&application_name=x").unwrap();
        assert_eq!(link.pool.status().max_size, 3);
        assert_eq!(link.config.get_application_name(), Some("x"));
        assert!(Link::new("postgres://a@h/d?pool=many").is_err());
    }
}
