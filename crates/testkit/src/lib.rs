//! What the tests of several crates share: a PostgreSQL of their own, and a MariaDB.
//!
//! ```no_run
//! let Some(database) = testkit::postgres() else { return };
//! println!("{}", database.url);
//! ```

mod cluster;
mod mariadb;

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

pub use cluster::Cluster;
pub use mariadb::Mariadb;

/// A fresh, empty database.
pub struct Database {
    /// Its address, `postgres://…`.
    pub url: String,
}

/// A fresh, empty database in this process's own cluster, which ends with the process.
///
/// None, with a word on standard error, where PostgreSQL is not installed; unless `TENURE_TEST_ALL=1` asks for
/// all tests: then that is a failure.
///
/// # Panics
/// If PostgreSQL is there, or asked for, and can not be started.
pub fn postgres() -> Option<Database> {
    static CLUSTER: OnceLock<Option<Cluster>> = OnceLock::new();
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let cluster = CLUSTER.get_or_init(Cluster::start).as_ref()?;
    let name = format!("test_{}", NEXT.fetch_add(1, Ordering::Relaxed));
    Some(Database {
        url: cluster.database(&name),
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn postgres_gives_a_database_each() {
        let (Some(one), Some(other)) = (super::postgres(), super::postgres()) else {
            return;
        };
        assert_ne!(one.url, other.url);
    }
}
