//! Pins the plans of the queries that must not get slower as bookings pile up.

use std::path::Path;

use domain::people::{UserField, UserKey};
use domain::time::from_micros;
use rusqlite::{Connection, params_from_iter};

use super::{lists, load, open, pages, people};
use crate::classes::SPANS;
use crate::{BookingFilter, Bounds, OnMembership, Order, PageFilter, SortKey, UserFilter};

fn database(directory: &Path) -> Connection {
    let connection = open::writing(&directory.join("plans.db")).unwrap();
    open::migrate(&connection, true).unwrap();
    connection
}

fn plan(
    connection: &Connection,
    sql: &str,
    values: impl IntoIterator<Item = rusqlite::types::Value>,
) -> String {
    let mut statement = connection
        .prepare(&format!("EXPLAIN QUERY PLAN {sql}"))
        .unwrap();
    let lines = statement
        .query_map(params_from_iter(values), |row| row.get::<_, String>(3))
        .unwrap();
    lines.map(Result::unwrap).collect::<Vec<_>>().join("\n")
}

/// No stored table is scanned, and each of so many ranges is one of this index with both its ends.
fn assert_ranges(plan: &str, index: &str, ranges: usize) {
    for table in ["booking", "claim", "r", "b", "c"] {
        let scanned = plan
            .lines()
            .any(|line| line.trim() == format!("SCAN {table}"));
        assert!(!scanned, "{plan}");
    }
    let bounded = plan
        .lines()
        .filter(|line| line.contains(index) && line.contains("start>? AND start<?"));
    assert_eq!(bounded.count(), ranges, "{plan}");
}

#[test]
fn one_range_of_claims_is_read_per_class() {
    let directory = tempfile::tempdir().unwrap();
    let connection = database(directory.path());
    let values = ["[2]", "[[0,1]]"].map(|text| text.to_owned().into());
    let plan = plan(&connection, &load::claims_sql(), values);
    assert_ranges(&plan, "PRIMARY KEY", 1);
}

#[test]
fn two_ranges_of_claims_are_read_around_an_instant() {
    let directory = tempfile::tempdir().unwrap();
    let connection = database(directory.path());
    let values = [rusqlite::types::Value::from("[2]".to_owned()), 0.into()];
    let plan = plan(&connection, &load::claims_around_sql(), values);
    assert_ranges(&plan, "PRIMARY KEY", 1);
    let first = "SEARCH n USING PRIMARY KEY (item=? AND live=? AND class=? AND start>?)";
    assert!(plan.contains(first) && !plan.contains("B-TREE"), "{plan}");
}

#[test]
fn one_range_of_bookings_is_read_per_class() {
    let directory = tempfile::tempdir().unwrap();
    let connection = database(directory.path());
    let filter = BookingFilter {
        organisation: 1.into(),
        from: from_micros(0).unwrap(),
        to: from_micros(1_000_000).unwrap(),
        resources: None,
        owner: None,
        include_cancelled: false,
        after: None,
        limit: 50,
    };
    let classes = SPANS.len();
    let all = BookingFilter {
        include_cancelled: true,
        ..filter.clone()
    };
    let owner = BookingFilter {
        owner: Some(3.into()),
        ..filter.clone()
    };
    let room = BookingFilter {
        resources: Some(vec![1.into()]),
        ..filter.clone()
    };
    let rooms_of_owner = BookingFilter {
        resources: Some(vec![1.into(), 2.into()]),
        ..owner.clone()
    };
    let cases = [
        (filter, "booking_by_time", classes),
        (all, "booking_by_time", 2 * classes),
        (owner, "booking_by_owner", classes),
        (room, "PRIMARY KEY", classes),
        (rooms_of_owner, "PRIMARY KEY", classes),
    ];
    for (filter, index, ranges) in cases {
        let (sql, values) = lists::bookings_sql(&filter);
        assert_ranges(&plan(&connection, &sql, values), index, ranges);
    }
}

#[test]
fn users_are_found_by_their_keys_and_not_by_reading_all() {
    let directory = tempfile::tempdir().unwrap();
    let connection = database(directory.path());
    let filter = |keys| {
        let filter = UserFilter {
            organisation: 1.into(),
            state: None,
            keys,
            after: 0,
            limit: 50,
        };
        let (sql, values) = people::users_sql(&filter);
        plan(&connection, &sql, values)
    };
    let key = |field| UserKey::of(field, "x");
    let found = filter(vec![key(UserField::Phone), key(UserField::Position)]);
    assert!(
        found.contains("SEARCH u USING INTEGER PRIMARY KEY (rowid=?)"),
        "{found}"
    );
    let keys = "SEARCH k USING PRIMARY KEY (organisation=? AND field=? AND value=?";
    assert_eq!(found.matches(keys).count(), 2, "{found}");
    let all = filter(Vec::new());
    assert!(
        all.contains("user_by_organisation (organisation=? AND id>?)"),
        "{all}"
    );
}

#[test]
fn a_page_in_an_order_is_read_along_its_index() {
    let directory = tempfile::tempdir().unwrap();
    let connection = database(directory.path());
    let filter = |key, descending| PageFilter {
        organisation: 1.into(),
        resources: vec![1.into(), 2.into()].into(),
        membership: None,
        start: Bounds::default(),
        end: Bounds::default(),
        order: Order { key, descending },
        after: None,
        limit: 25,
    };
    let explained = |(sql, values): (String, Vec<_>)| plan(&connection, &sql, values);
    for past in [">", "<"] {
        let classes = SPANS.len();
        let cases = [
            (
                SortKey::Start,
                "booking_by_time (organisation=? AND live=? AND class=? ",
                "start",
                classes,
            ),
            (
                SortKey::End,
                "booking_by_end (organisation=? AND class=? ",
                "end",
                classes,
            ),
            (
                SortKey::Created,
                "booking_by_creation (organisation=? ",
                "created_at",
                1,
            ),
        ];
        for (key, index, column, count) in cases {
            let plans = pages::ranges(&filter(key, past == "<"))
                .into_iter()
                .map(explained);
            let plans: Vec<String> = plans.collect();
            let search = |range: &str| format!("SEARCH r USING COVERING INDEX {index}{range}");
            let ties = search(&format!("AND {column}=? AND id{past}?)"));
            let further = search(&format!("AND {column}>? AND {column}<?)"));
            let expected: Vec<&str> = [ties.as_str(), &further].repeat(count);
            assert_eq!(plans, expected);
        }
        let plans = pages::ranges(&filter(SortKey::Uuid, past == "<"));
        let plans: Vec<String> = plans.into_iter().map(explained).collect();
        let expected = format!("SEARCH r USING INDEX sqlite_autoindex_booking_1 (uuid{past}?)");
        assert_eq!(plans, [expected]);
    }
    let gathered = explained(pages::gather_sql(&filter(SortKey::End, false)));
    assert_ranges(&gathered, "PRIMARY KEY", 1);
    let of_owner = PageFilter {
        membership: Some(OnMembership {
            owner: 3.into(),
            membership: 4.into(),
            days: Vec::new(),
        }),
        ..filter(SortKey::End, false)
    };
    let gathered = explained(pages::gather_sql(&of_owner));
    assert_ranges(&gathered, "booking_by_owner", 1);
}
