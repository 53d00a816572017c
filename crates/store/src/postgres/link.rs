//! Connections: a bounded pool, with time-outs everywhere, so that a lost database is noticed in seconds.

use std::time::Duration;

use super::address::Address;
use crate::StoreError;
use deadpool_postgres::{
    ClientWrapper, Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime,
};

/// How long anything may take before it is given up, short of a commit.
pub(super) const PATIENCE: Duration = Duration::from_millis(2_800);
/// How long to wait for one of the pool's connections.
const WAIT: Duration = Duration::from_secs(2);
/// How long connecting may take.
pub(super) const CONNECT: Duration = Duration::from_millis(1_500);

/// The way to the database.
pub(super) struct Link {
    pool: Pool,
}

impl Link {
    /// The way to the database at an address.
    pub(super) fn new(address: &Address) -> Result<Self, StoreError> {
        let recycling = ManagerConfig {
            recycling_method: RecyclingMethod::Fast,
        };
        let manager = Manager::from_config(address.config.clone(), address.tls.clone(), recycling);
        let pool = Pool::builder(manager)
            .runtime(Runtime::Tokio1)
            .max_size(address.pool)
            .wait_timeout(Some(WAIT))
            .create_timeout(Some(CONNECT))
            .recycle_timeout(Some(CONNECT))
            .build()
            .map_err(StoreError::unavailable)?;
        Ok(Self { pool })
    }

    /// How many connections are in use, and how many callers wait for one.
    pub(super) fn load(&self) -> (usize, usize) {
        let status = self.pool.status();
        (status.size.saturating_sub(status.available), status.waiting)
    }

    /// A connection of the pool.
    pub(super) async fn lease(&self) -> Result<Lease, StoreError> {
        Ok(Lease {
            object: Some(self.pool.get().await?),
            clean: true,
        })
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
