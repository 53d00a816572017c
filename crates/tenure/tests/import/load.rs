//! A large database: how long it takes, and that an end in the middle leaves nothing.

use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::place::Place;
use crate::support::{tenure, until};

/// Adds a hundred thousand reservations, an hour each, on two hundred resources: every tenth with a participant.
const MANY: &str = "INSERT INTO resources (resource_id, name, requires_approval, schedule_id)
        SELECT 1000 + seq, concat('Desk ', seq), 0, 3 FROM seq_0_to_199;
    INSERT INTO reservation_series (series_id, date_created, title, description, allow_participation,
            allow_anon_participation, type_id, status_id, repeat_type, repeat_options, owner_id)
        SELECT 10000 + seq, '2027-01-01', concat('Work ', seq), 'Some work to do', 0, 0, 1, 1, 'none', '',
            1 + seq % 8 FROM seq_0_to_99999;
    INSERT INTO reservation_resources SELECT 10000 + seq, 1000 + seq % 200, 1 FROM seq_0_to_99999;
    INSERT INTO reservation_instances
        SELECT 10000 + seq, '2100-01-01' + INTERVAL seq DIV 200 HOUR, '2100-01-01' + INTERVAL 1 + seq DIV 200 HOUR,
            concat('many', seq), 10000 + seq, NULL, NULL, NULL, NULL FROM seq_0_to_99999;
    INSERT INTO reservation_users SELECT 10000 + seq, 1 + seq % 8, 1 FROM seq_0_to_99999;
    INSERT INTO reservation_users SELECT 10000 + seq, 9, 2 FROM seq_0_to_99999 WHERE seq % 10 = 0;";

#[test]
fn mariadb_crash_of_an_import_leaves_nothing_and_a_large_one_takes_less_than_a_minute() {
    let Some(place) = Place::new() else { return };
    place.sql(MANY);
    let mut child = tenure(place.directory.path())
        .args([
            "import",
            "librebooking",
            "--from",
            &place.from,
            "--database",
            &place.database,
        ])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // The log of what is being written has grown: it is in the middle.
    let log = place.path().with_extension("db-wal");
    until(|| {
        assert!(
            child.try_wait().unwrap().is_none(),
            "it ended too early to be killed"
        );
        std::fs::metadata(&log)
            .ok()
            .filter(|log| log.len() > 8 << 20)
    });
    child.kill().unwrap();
    child.wait().unwrap();
    let left = place.dump();
    assert!(
        left.iter()
            .all(|(table, rows)| rows.is_empty() || table == "sqlite_sequence"),
        "{left:?}"
    );

    let begun = Instant::now();
    let report = place.taken(&[]);
    let took = begun.elapsed();
    println!("100,017 reservations were taken over in {took:?}");
    assert_eq!(report.count("booking"), [100_017, 100_017, 0, 0]);
    assert!(took < Duration::from_mins(1), "{took:?}");
    let begun = Instant::now();
    assert!(place.taken(&[]).is_unchanged());
    println!("and compared in {:?}", begun.elapsed());
    place.check();
}
