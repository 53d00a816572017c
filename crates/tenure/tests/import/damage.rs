//! Databases that are damaged, or none at all: a report, never a crash.

use serde_json::json;

use crate::place::{Place, Report};

#[test]
fn mariadb_with_broken_references_is_taken_over_as_far_as_it_goes() {
    let Some(place) = Place::new() else { return };
    place.sql(
        "UPDATE reservation_series SET owner_id = 999 WHERE series_id = 1;
         DELETE FROM reservation_resources WHERE series_id = 3;
         INSERT INTO reservation_instances VALUES
             (70, '2150-01-01 10:00:00', '2150-01-01 11:00:00', 'lost', 777, NULL, NULL, NULL, NULL),
             (71, '2150-01-02 11:00:00', '2150-01-02 10:00:00', 'backwards', 4, NULL, NULL, NULL, NULL),
             (72, '2150-01-03 10:00:00', '2150-01-03 10:00:00', 'empty', 4, NULL, NULL, NULL, NULL),
             (73, '2150-01-04 10:00:00', '2150-01-04 11:00:00', 'seedpast', 4, NULL, NULL, NULL, NULL),
             (74, '9999-12-31 10:00:00', '9999-12-31 11:00:00', 'never', 4, NULL, NULL, NULL, NULL);
         INSERT INTO reservation_users VALUES (9, 998, 2);
         UPDATE resources SET schedule_id = 55 WHERE resource_id = 10;
         UPDATE schedules SET layout_id = 44 WHERE schedule_id = 2;
         UPDATE resource_groups SET parent_id = 2 WHERE resource_group_id = 1;
         UPDATE users SET email = 'alice@example.com' WHERE user_id = 5;
         UPDATE users SET password = 'plain', status_id = 9 WHERE user_id = 6;
         UPDATE custom_attributes SET validation_regex = '(?<=a)b(', attribute_category = 9 WHERE custom_attribute_id = 8;
         UPDATE custom_attributes SET validation_regex = '(unclosed' WHERE custom_attribute_id = 1;
         INSERT INTO quotas VALUES (9, 1, 'parsecs', 'day', NULL, NULL, NULL, NULL, NULL, NULL, NULL);
         INSERT INTO time_blocks VALUES (500, NULL, NULL, 1, 1, '09:15:00', '09:45:00', NULL);
         INSERT INTO user_groups VALUES (2, 66);
         INSERT INTO credit_log VALUES (50, 997, 1, 2, 'x', '2027-01-01 00:00:00');",
    );
    let report = place.taken(&[]);
    let told = [
        ("reservation_series", 1, "left"),
        ("reservation_instances", 1, "left"),
        ("reservation_series", 3, "left"),
        ("reservation_instances", 70, "left"),
        ("reservation_instances", 71, "left"),
        ("reservation_instances", 72, "adapted"),
        ("reservation_instances", 73, "adapted"),
        ("reservation_instances", 74, "left"),
        ("reservation_users", 9, "left"),
        ("resources", 10, "adapted"),
        ("schedules", 2, "adapted"),
        ("resource_groups", 1, "adapted"),
        ("users", 5, "adapted"),
        ("users", 6, "adapted"),
        ("custom_attributes", 1, "adapted"),
        ("custom_attributes", 8, "left"),
        ("quotas", 9, "left"),
        ("time_blocks", 500, "left"),
        ("user_groups", 2, "left"),
        ("credit_log", 50, "left"),
    ];
    for (table, id, fate) in told {
        let notes = report.notes(table, id);
        assert!(
            notes.iter().any(|note| note.0 == fate),
            "{table} {id}: {notes:?}"
        );
    }
    place.check();
    assert!(place.taken(&[]).is_unchanged());
    let server = place.serve();
    assert!(server.log_in("bob", "Passw0rd!").is_some());
    assert!(
        server.log_in("erin", "plain").is_none(),
        "nobody logs in with what is stored"
    );
}

#[test]
fn mariadb_overlaps_are_kept_flagged_and_told() {
    let Some(place) = Place::new() else { return };
    place.sql(
        "INSERT INTO reservation_series (series_id, date_created, title, description, allow_participation,
             allow_anon_participation, type_id, status_id, repeat_type, repeat_options, owner_id)
         VALUES (601, '2027-02-20 10:00:00', 'One', '', 0, 0, 1, 1, 'none', '', 2),
                (602, '2027-02-20 10:00:00', 'Two', '', 0, 0, 1, 1, 'none', '', 3),
                (603, '2027-02-20 10:00:00', 'After', '', 0, 0, 1, 1, 'none', '', 3);
         INSERT INTO reservation_resources VALUES (601, 1, 1), (602, 1, 1), (603, 1, 1);
         INSERT INTO reservation_instances VALUES
             (911, '2150-06-01 14:00:00', '2150-06-01 16:00:00', 'one', 601, NULL, NULL, NULL, NULL),
             (912, '2150-06-01 15:00:00', '2150-06-01 17:00:00', 'two', 602, NULL, NULL, NULL, NULL),
             (913, '2150-06-01 17:00:00', '2150-06-01 18:00:00', 'after', 603, NULL, NULL, NULL, NULL);",
    );
    let report = place.taken(&[]);
    assert_eq!(
        report.notes("booking", 911),
        [("overlapping".into(), "resource 1: beside 912".into())]
    );
    assert_eq!(
        report.notes("booking", 912),
        [("overlapping".into(), "resource 1: beside 911".into())]
    );
    assert_eq!(report.notes("booking", 913), []);
    place.check();
    let server = place.serve();
    let alice = server.log_in("alice", "Passw0rd!").unwrap();
    for (from, to, status) in [
        ("15:30", "16:00", 409),
        ("14:00", "14:30", 409),
        ("18:00", "18:30", 201),
    ] {
        let body = json!({"resources": [{"id": 1}],
            "start": format!("2150-06-01T{from}:00Z"), "end": format!("2150-06-01T{to}:00Z")});
        let answer = server.ask("POST", "/bookings", Some(&alice), &body.to_string());
        assert_eq!(answer.0, status, "{from}: {}", answer.1);
    }
}

#[test]
fn mariadb_unknown_zones_become_known_ones_and_are_told() {
    let Some(place) = Place::new() else { return };
    place.sql(
        "UPDATE layouts SET timezone = 'Mars/Olympus' WHERE layout_id = 2;
         UPDATE users SET timezone = 'Nowhere' WHERE user_id = 3",
    );
    let report = place.taken(&[]);
    assert_eq!(report.notes("layouts", 2)[0].0, "adapted");
    assert_eq!(report.notes("users", 3)[0].0, "adapted");
    let zone =
        place.stored("SELECT body FROM object WHERE kind = 'schedule' AND id = 2")["zone"].clone();
    assert_eq!(zone, "UTC");
    place.check();
}

#[test]
fn mariadb_without_a_table_is_told_and_never_taken_for_emptied() {
    let Some(place) = Place::new() else { return };
    place.sql("DROP TABLE announcement_groups, announcement_resources, announcements");
    let report = place.taken(&[]);
    assert_eq!(
        report.notes("announcements", 0),
        [("left".into(), "the table is missing".into())]
    );
    place.check();
    // Once something was taken over, a missing table would look like everything in it being gone.
    let before = place.dump();
    let refused = place.import(&["--json"]);
    assert_eq!(refused.status.code(), Some(1));
    assert_eq!(Report::of(&refused).0["done"], false);
    assert_eq!(place.dump(), before);
}

#[test]
fn mariadb_without_an_essential_table_is_refused_with_a_report() {
    let Some(place) = Place::new() else { return };
    place.sql("DROP TABLE reservation_resources");
    let refused = place.import(&[]);
    assert_eq!(refused.status.code(), Some(1));
    let text = String::from_utf8_lossy(&refused.stdout).into_owned();
    assert!(
        text.contains("reservation_resources 0: the table is missing"),
        "{text}"
    );
    let complaint = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(complaint.contains("nothing was taken over"), "{complaint}");
    assert!(!place.path().exists());
}

#[test]
fn mariadb_of_another_kind_is_refused() {
    let Some(mut place) = Place::new() else {
        return;
    };
    let complaint = |place: &Place| {
        let output = place.import(&[]);
        (
            output.status.code().unwrap(),
            String::from_utf8_lossy(&output.stderr).into_owned(),
        )
    };
    place.sql("INSERT INTO dbversion VALUES (4.0, now())");
    place.taken(&["--dry-run"]);
    place.sql("INSERT INTO dbversion VALUES (7.5, now())");
    let (code, text) = complaint(&place);
    assert!(
        code == 2 && text.contains("7.5") && text.contains("2.8, 2.9, 3.0, 3.1, 4.0"),
        "{text}"
    );
    place.sql("DROP TABLE dbversion");
    let (code, text) = complaint(&place);
    assert!(code == 2 && text.contains("dbversion"), "{text}");
    place.from = place.from.replace("im%3Ap%40rt", "wrong-secret");
    let (code, text) = complaint(&place);
    assert!(code == 3 && !text.contains("wrong-secret"), "{text}");
    place.from = "mysql://localhost".into();
    assert_eq!(complaint(&place).0, 2);
    assert!(!place.path().exists());
}
