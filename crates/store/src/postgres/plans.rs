//! Pins the plans of the queries that must not get slower as bookings pile up.

use std::sync::Arc;

use domain::time::from_micros;
use jiff::Timestamp;
use tokio_postgres::types::ToSql;

use super::flight::Param;
use super::{PostgresStore, lists, load, pages};
use crate::pages::Look;
use crate::{BookingFilter, Bounds, Order, PageFilter, SortKey, Spot, classes};

/// A long history of short bookings, ten to an hour, of ten rooms and fifty people.
const FILL: &str = "
    INSERT INTO booking
    SELECT n, 1, gen_random_uuid(), repeat('x', 30) || n, 1, 'confirmed', n % 5 > 0, 0, n * 360000000,
        n * 360000000 + 360000000, n % 50, 1, NULL, '', NULL, 'UTC', 0, '', NULL, n, 0,
        json_build_object('resources', json_build_array(json_build_object('resource', n % 10)))
    FROM generate_series(1::bigint, 100000) n;
    INSERT INTO claim
    SELECT n % 10 * 2, n % 5 > 0, 0, n * 360000000, n, n * 360000000 + 360000000, 0, 0, 1, false, false
    FROM generate_series(1::bigint, 100000) n;
    ANALYZE";

async fn filled() -> Option<PostgresStore> {
    let database = testkit::postgres()?;
    let store = PostgresStore::open(&database.url, true, "2026a")
        .await
        .unwrap();
    let lease = store.link.lease().await.unwrap();
    lease.client().unwrap().batch_execute(FILL).await.unwrap();
    drop(lease);
    Some(store)
}

/// The plan that is made without knowing the parameters, as it is for a statement that is prepared.
async fn plan(store: &PostgresStore, sql: &str, parameters: usize) -> String {
    let lease = store.link.lease().await.unwrap();
    let client = lease.client().unwrap();
    let nulls = vec!["NULL"; parameters].join(",");
    let explain = format!(
        "SET plan_cache_mode = force_generic_plan; PREPARE query AS {sql};
         EXPLAIN (COSTS OFF) EXECUTE query({nulls}); DEALLOCATE query"
    );
    let rows = client.simple_query(&explain).await.unwrap();
    let lines: Vec<&str> = rows
        .iter()
        .filter_map(|row| match row {
            tokio_postgres::SimpleQueryMessage::Row(row) => row.get(0),
            _ => None,
        })
        .collect();
    lines.join("\n")
}

/// No whole table is read, and each of so many ranges is one of this index with both its ends.
fn assert_ranges(plan: &str, index: &str, ranges: usize) {
    assert!(
        !plan.contains("Seq Scan") && !plan.contains("Bitmap"),
        "{plan}"
    );
    let scans = plan.matches(&format!("using {index} on")).count();
    assert_eq!(scans, ranges, "{plan}");
    let conditions = plan.lines().filter(|line| line.contains("Index Cond"));
    let bounded = conditions.filter(|line| line.contains("start >") && line.contains("start <"));
    assert_eq!(bounded.count(), ranges, "{plan}");
}

fn filter() -> BookingFilter {
    let at = |micros: i64| -> Timestamp { from_micros(micros).unwrap() };
    BookingFilter {
        organisation: 1.into(),
        from: at(36_000_000_000_000 - 3_600_000_000),
        to: at(36_000_000_000_000),
        resources: None,
        owner: None,
        include_cancelled: false,
        after: None,
        limit: 50,
    }
}

#[tokio::test]
async fn postgres_reads_one_range_of_claims_per_class() {
    let Some(store) = filled().await else { return };
    assert_ranges(&plan(&store, &load::CLAIMS, 3).await, "claim_pkey", 1);
}

#[tokio::test]
async fn postgres_reads_one_range_of_bookings_per_class() {
    let Some(store) = filled().await else { return };
    let classes = classes::SPANS.len();
    let all = BookingFilter {
        include_cancelled: true,
        ..filter()
    };
    let owner = BookingFilter {
        owner: Some(3.into()),
        ..filter()
    };
    let rooms = BookingFilter {
        resources: Some(vec![1.into()]),
        ..filter()
    };
    let rooms_of_owner = BookingFilter {
        owner: Some(3.into()),
        ..rooms.clone()
    };
    let cases = [
        (filter(), "booking_by_time", classes),
        (all, "booking_by_time", 2 * classes),
        (owner, "booking_by_owner", classes),
        (rooms, "claim_pkey", classes),
        (rooms_of_owner, "claim_pkey", classes),
    ];
    for (filter, index, ranges) in cases {
        let (sql, values) = lists::bookings_sql(&filter);
        assert_ranges(&plan(&store, &sql, values.len()).await, index, ranges);
    }
}

#[tokio::test]
async fn postgres_touches_few_pages_of_a_long_history() {
    let Some(store) = filled().await else { return };
    let (sql, values) = lists::bookings_sql(&filter());
    let explain = format!("EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, FORMAT JSON) {sql}");
    let params: Vec<&(dyn ToSql + Sync)> =
        values.iter().map(|value: &Param| &**value as _).collect();
    let rows = store.query(&explain, &params).await.unwrap();
    let plan: serde_json::Value = rows[0].get(0);
    let plan = &plan[0]["Plan"];
    assert_eq!(plan["Actual Rows"], 8, "{plan:#}");
    let pages =
        ["Shared Hit Blocks", "Shared Read Blocks"].map(|name| plan[name].as_i64().unwrap());
    assert!(pages.iter().sum::<i64>() < 80, "{plan:#}");
}

fn page_filter(key: SortKey, descending: bool) -> PageFilter {
    PageFilter {
        organisation: 1.into(),
        resources: Arc::new((0..10).map(domain::ids::ResourceId).collect()),
        membership: None,
        start: Bounds::default(),
        end: Bounds::default(),
        order: Order { key, descending },
        after: None,
        limit: 25,
    }
}

#[tokio::test]
async fn postgres_reads_a_page_in_an_order_as_a_range_of_its_index() {
    let Some(store) = filled().await else { return };
    for descending in [false, true] {
        let (past, before) = if descending { ("<", ">") } else { (">", "<") };
        let cases = [
            (SortKey::Start, "booking_by_time", "start", 7),
            (SortKey::End, "booking_by_end", "\"end\"", 7),
            (SortKey::Created, "booking_by_creation", "created_at", 1),
        ];
        for (key, index, column, count) in cases {
            let filter = page_filter(key, descending);
            let (sql, values) = pages::page_sql(&filter, Look::Walk(None));
            let plan = plan(&store, &sql, values.len()).await;
            assert!(
                !plan.contains("Seq Scan") && !plan.contains("Bitmap"),
                "{plan}"
            );
            assert_eq!(
                plan.matches(&format!("using {index} on")).count(),
                count,
                "{plan}"
            );
            let tuple = format!("(ROW({column}, id) {past} ROW(");
            let conditions = plan.lines().filter(|line| line.contains("Index Cond"));
            let bounded = conditions.filter(|line| {
                line.contains(&tuple) && line.contains(&format!("({column} {before} $"))
            });
            assert_eq!(bounded.count(), count, "{plan}");
        }
    }
}

#[tokio::test]
async fn postgres_touches_few_pages_for_a_page_however_deep() {
    let Some(store) = filled().await else { return };
    for key in [SortKey::Start, SortKey::End] {
        for depth in [10_000, 50_000, 90_000_i64] {
            let filter = PageFilter {
                after: Some(Spot::At(depth * 360_000_000, depth)),
                ..page_filter(key, false)
            };
            let (sql, values) = pages::page_sql(&filter, Look::Walk(Some(1_000)));
            let explain = format!("EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, FORMAT JSON) {sql}");
            let params: Vec<&(dyn ToSql + Sync)> =
                values.iter().map(|value: &Param| &**value as _).collect();
            let rows = store.query(&explain, &params).await.unwrap();
            let plan: serde_json::Value = rows[0].get(0);
            let plan = &plan[0]["Plan"];
            assert_eq!(plan["Actual Rows"], 26, "{plan:#}");
            let pages = ["Shared Hit Blocks", "Shared Read Blocks"];
            let pages = pages.map(|name| plan[name].as_i64().unwrap());
            assert!(pages.iter().sum::<i64>() < 400, "{plan:#}");
        }
    }
}
