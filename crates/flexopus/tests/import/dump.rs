//! Everything a database holds, as text.

use std::fmt::Write as _;

use crate::support::World;

/// All rows of all tables, and the counters behind them.
pub async fn dump(world: &World) -> String {
    match world.address.strip_prefix("sqlite:") {
        Some(path) => sqlite(path),
        None => postgres(&world.address).await,
    }
}

fn sqlite(path: &str) -> String {
    let connection = rusqlite::Connection::open(path).unwrap();
    let tables = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name";
    let mut tables = connection.prepare(tables).unwrap();
    let names: Vec<String> = tables
        .query_map((), |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let mut text = String::new();
    for name in names {
        let mut rows = connection
            .prepare(&format!("SELECT * FROM \"{name}\" ORDER BY 1, 2"))
            .unwrap();
        let columns = rows.column_count();
        let mut rows = rows.query(()).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let values: Vec<_> = (0..columns)
                .map(|column| row.get_ref(column).unwrap())
                .collect();
            writeln!(text, "{name} {values:?}").unwrap();
        }
    }
    text
}

async fn postgres(url: &str) -> String {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls)
        .await
        .unwrap();
    let connection = tokio::spawn(connection);
    let tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1";
    let mut text = String::new();
    for table in client.query(tables, &[]).await.unwrap() {
        let name: &str = table.get(0);
        let rows = format!("SELECT t::text FROM \"{name}\" t ORDER BY 1");
        for row in client.query(&rows, &[]).await.unwrap() {
            writeln!(text, "{name} {}", row.get::<_, &str>(0)).unwrap();
        }
    }
    let counters = "SELECT sequencename::text, last_value FROM pg_sequences ORDER BY 1";
    for row in client.query(counters, &[]).await.unwrap() {
        let (name, last): (&str, Option<i64>) = (row.get(0), row.get(1));
        writeln!(text, "{name} {last:?}").unwrap();
    }
    drop(client);
    connection.await.unwrap().unwrap();
    text
}
