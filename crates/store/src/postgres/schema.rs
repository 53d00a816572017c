//! The schema: brought up to date by one process at a time, never back.

use tokio_postgres::Client;

use crate::StoreError;

const MIGRATIONS: &[&str] = &[
    include_str!("../../migrations/postgres/0001_init.sql"),
    include_str!("../../migrations/postgres/0002_token_door.sql"),
    include_str!("../../migrations/postgres/0003_tzdb.sql"),
    include_str!("../../migrations/postgres/0004_import.sql"),
    include_str!("../../migrations/postgres/0005_calendars.sql"),
    include_str!("../../migrations/postgres/0006_user_key.sql"),
    include_str!("../../migrations/postgres/0007_money.sql"),
    include_str!("../../migrations/postgres/0008_drawing.sql"),
    include_str!("../../migrations/postgres/0009_clients.sql"),
    include_str!("../../migrations/postgres/0010_pages.sql"),
    include_str!("../../migrations/postgres/0011_subscription.sql"),
];

/// The advisory lock of those who migrate.
const LOCK: i64 = 0x7465_6e75_7265;

/// Brings the schema up to date, in one transaction.
pub(super) async fn migrate(client: &Client, allowed: bool) -> Result<(), StoreError> {
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    if found(client).await? == known {
        return Ok(());
    }
    client.batch_execute("BEGIN").await?;
    client
        .execute("SELECT pg_advisory_xact_lock($1)", &[&LOCK])
        .await?;
    let found = found(client).await?;
    if found > known {
        return Err(StoreError::Newer { found, known });
    }
    if found < known && !allowed {
        return Err(StoreError::Older { found, known });
    }
    for migration in MIGRATIONS.iter().skip(usize::try_from(found).unwrap_or(0)) {
        client.batch_execute(migration).await?;
    }
    let record = format!(
        "CREATE TABLE IF NOT EXISTS schema_version (version bigint NOT NULL);
         DELETE FROM schema_version;
         INSERT INTO schema_version VALUES ({known});
         COMMIT"
    );
    Ok(client.batch_execute(&record).await?)
}

/// The schema found and the newest one known.
pub(super) async fn both(client: &Client) -> Result<(i64, i64), StoreError> {
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    Ok((found(client).await?, known))
}

/// The schema found; 0 for an empty database.
async fn found(client: &Client) -> Result<i64, StoreError> {
    let sql = "SELECT to_regclass('schema_version') IS NOT NULL";
    if !client.query_one(sql, &[]).await?.try_get::<_, bool>(0)? {
        return Ok(0);
    }
    let sql = "SELECT coalesce(max(version), 0) FROM schema_version";
    Ok(client.query_one(sql, &[]).await?.try_get(0)?)
}
