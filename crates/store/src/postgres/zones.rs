//! Which rules of time zones hold: servers of different versions never share a database, or each would derive other
//! instants from the same wall clock.
//!
//! Every server keeps a shared advisory lock that names its version, on the connection by which it listens. PostgreSQL
//! takes it back when that connection ends, however the server did.

use tokio_postgres::Client;

use super::rows::get;
use crate::StoreError;

/// The class of the locks that name versions.
const CLASS: i32 = 0x747a_6462;
/// The lock of those who enter: one at a time.
const ENTRANCE: i64 = 0x7465_6e75_7266;
/// What a version is written with.
const SIGNS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
/// How many signs of it fit.
const LENGTH: usize = 6;

/// Takes the lock of this version for as long as the connection lives.
///
/// # Errors
/// [`StoreError::OtherZones`] if a server of another version is there.
pub(super) async fn enter(client: &Client, version: &str) -> Result<(), StoreError> {
    let own = pack(version);
    client.batch_execute("BEGIN").await?;
    client
        .execute("SELECT pg_advisory_xact_lock($1)", &[&ENTRANCE])
        .await?;
    let sql = "SELECT objid::bigint FROM pg_locks
               WHERE locktype = 'advisory' AND granted AND classid::bigint = $1 AND objid::bigint <> $2 AND objsubid = 2
                 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
               LIMIT 1";
    let others = client
        .query(sql, &[&i64::from(CLASS), &i64::from(own)])
        .await?;
    if let Some(other) = others.first() {
        client.batch_execute("ROLLBACK").await?;
        let other = u32::try_from(get::<i64>(other, 0)?).map_err(StoreError::corrupt)?;
        return Err(StoreError::OtherZones {
            own: version.to_owned(),
            other: unpack(other),
        });
    }
    let own = own.cast_signed();
    client
        .execute("SELECT pg_advisory_lock_shared($1, $2)", &[&CLASS, &own])
        .await?;
    Ok(client.batch_execute("COMMIT").await?)
}

/// A version as a number.
fn pack(version: &str) -> u32 {
    let sign = |byte: u8| SIGNS.iter().position(|sign| *sign == byte);
    let digits = version.bytes().take(LENGTH);
    digits.fold(0, |packed, byte| {
        let digit = sign(byte.to_ascii_lowercase()).map_or(0, |at| at + 1);
        packed * 37 + u32::try_from(digit).unwrap_or_default()
    })
}

/// The version of a number.
fn unpack(mut packed: u32) -> String {
    let mut version = Vec::new();
    while packed > 0 {
        let digit = usize::try_from(packed % 37).unwrap_or_default();
        version.push(digit.checked_sub(1).map_or(b'?', |at| SIGNS[at]));
        packed /= 37;
    }
    version.reverse();
    String::from_utf8_lossy(&version).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_survives_being_a_number() {
        for version in ["2026f", "2025b", "1996a", "2026za", "zzzzzz"] {
            assert_eq!(unpack(pack(version)), version);
        }
        assert_ne!(pack("2026f"), pack("2026e"));
    }
}
