//! Running it again: what changed there comes over, what changed here stays.

use std::fs;

use serde_json::{Value, json};

use crate::place::Place;

/// A reservation of resource 2 for user 3 so far ahead that it never lies in the past.
const FAR: &str = "INSERT INTO reservation_series (series_id, date_created, title, description, allow_participation,
        allow_anon_participation, type_id, status_id, repeat_type, repeat_options, owner_id)
    VALUES (501, '2027-02-20 10:00:00', 'Far', '', 0, 0, 1, 1, 'none', '', 3);
    INSERT INTO reservation_resources VALUES (501, 2, 1);
    INSERT INTO reservation_instances VALUES
        (901, '2150-06-01 10:00:00', '2150-06-01 11:00:00', 'farahead', 501, NULL, NULL, NULL, NULL);
    INSERT INTO reservation_users VALUES (901, 3, 1);";

#[test]
fn mariadb_taken_over_twice_makes_no_difference() {
    let Some(place) = Place::new() else { return };
    place.sql(
        "INSERT INTO announcements VALUES (4, 'Closed on Friday', 1, NULL, '2150-01-01 00:00:00', 1);
         INSERT INTO reservation_waitlist_requests VALUES (6, 2, 1, '2150-01-01 10:00:00', '2150-01-01 11:00:00');
         INSERT INTO reservation_files VALUES (8, 1, 'plan.pdf', 'application/pdf', '9', 'pdf')",
    );
    let uploads = place.directory.path().join("uploads");
    fs::create_dir_all(uploads.join("reservation")).unwrap();
    fs::write(uploads.join("reservation/8.pdf"), b"%PDF-1.4\n").unwrap();
    let with = ["--uploads", "uploads"];
    let first = place.taken(&with);
    for kind in ["announcement", "waiting_request", "attachment"] {
        assert_eq!(first.count(kind), [1, 1, 0, 0], "{kind}");
    }
    let before = place.dump();
    let again = place.taken(&with);
    assert!(again.is_unchanged(), "{again:?}");
    assert_eq!(place.dump(), before);
    place.check();

    let server = place.serve();
    let token = server.log_in("alice", "Passw0rd!").unwrap();
    let (status, files) = server.ask("GET", "/bookings/1/attachments", Some(&token), "");
    assert_eq!(
        (status, &files["items"][0]["name"]),
        (200, &json!("plan.pdf")),
        "{files}"
    );
    assert_eq!(
        server
            .ask("GET", "/bookings/1/attachments/8", Some(&token), "")
            .0,
        200
    );
    let session = server.librebooking_session("alice", "Passw0rd!");
    let reservation = "/Web/Services/index.php/Reservations/seedsingle";
    let (_, told) = server.read(reservation, &session);
    let told: Value = serde_json::from_str(&told).unwrap();
    let url = told["attachments"][0]["url"].as_str().unwrap();
    let path = &url[url.find("/Web/").unwrap()..];
    assert_eq!(server.read(path, &session), (200, "%PDF-1.4\n".to_owned()));
    assert_eq!(server.read(path, "").0, 401);
    let dave = server.librebooking_session("dave", "Passw0rd!");
    assert_eq!(server.read(path, &dave).0, 404);
    let stranger = server.log_in("dave", "Passw0rd!").unwrap();
    assert_eq!(
        server
            .ask("GET", "/bookings/1/attachments/8", Some(&stranger), "")
            .0,
        404
    );
}

#[test]
fn mariadb_dry_run_tells_all_and_writes_nothing() {
    let Some(place) = Place::new() else { return };
    let would = place.taken(&["--dry-run"]);
    assert_eq!(
        (would.count("booking"), &would.0["done"]),
        ([17, 17, 0, 0], &json!(false))
    );
    assert!(!place.path().exists());
    let done = place.taken(&[]);
    assert_eq!(done.0["report"], would.0["report"]);
    place.sql("UPDATE users SET phone = '1' WHERE user_id = 2");
    let before = place.dump();
    assert_eq!(place.taken(&["--dry-run"]).count("user"), [11, 0, 1, 0]);
    assert_eq!(place.dump(), before);
}

#[test]
fn mariadb_changes_come_over_and_those_here_stay() {
    let Some(place) = Place::new() else { return };
    place.sql(FAR);
    place.taken(&[]);
    let server = place.serve();
    let alice = server.log_in("alice", "Passw0rd!").unwrap();
    let admin = server.log_in("admin", "Passw0rd!").unwrap();
    // Changed here: a booking, a resource, a person.
    let mine = json!({"title": "Ours"}).to_string();
    assert_eq!(
        server.ask("PATCH", "/bookings/2", Some(&alice), &mine).0,
        200
    );
    let name = json!({"name": "Room A, renovated"}).to_string();
    assert_eq!(
        server.ask("PATCH", "/resources/1", Some(&admin), &name).0,
        200
    );
    let phone = json!({"phone": "555-9999"}).to_string();
    assert_eq!(server.ask("PATCH", "/users/3", Some(&admin), &phone).0, 200);
    drop(server);
    // Changed there: these three as well, and more.
    place.sql(
        "UPDATE reservation_series SET title = 'Theirs' WHERE series_id = 2;
         UPDATE resources SET name = 'Room Alpha' WHERE resource_id = 1;
         UPDATE users SET phone = '555-0000' WHERE user_id IN (2, 3);
         UPDATE users SET credit_count = 91.5 WHERE user_id = 2;
         UPDATE resources SET name = 'Room Beta' WHERE resource_id = 2;
         INSERT INTO `groups` VALUES (8, 'Newcomers', NULL, NULL, 0);
         INSERT INTO user_groups VALUES (5, 8);
         DELETE FROM quotas WHERE quota_id = 1;
         DELETE FROM reservation_instances WHERE reservation_instance_id = 901;
         INSERT INTO reservation_instances VALUES
             (902, '2150-06-02 10:00:00', '2150-06-02 11:00:00', 'fartoo', 501, NULL, NULL, NULL, NULL);",
    );
    let report = place.taken(&[]);
    // The four other occurrences of the weekly series, the new one; and the one that is gone.
    assert_eq!(report.count("booking"), [18, 1, 4, 1]);
    assert_eq!(report.count("resource"), [15, 0, 1, 0]);
    assert_eq!(report.count("user"), [11, 0, 2, 0]);
    assert_eq!(report.count("group"), [8, 1, 0, 0]);
    assert_eq!(report.count("quota"), [1, 0, 0, 1]);
    assert_eq!(report.count("credits")[2], 1);
    for (kind, id) in [("booking", 2), ("resource", 1), ("user", 3)] {
        let notes = report.notes(kind, id);
        assert_eq!(
            notes,
            [("contested".into(), "it was changed here".into())],
            "{kind}"
        );
    }
    place.check();
    let title = |id: i64| {
        place.stored(&format!(
            "SELECT json_extract(details, '$') FROM booking WHERE id = {id}"
        ))["title"]
            .clone()
    };
    assert_eq!((title(2), title(3)), (json!("Ours"), json!("Theirs")));
    let state = |id: i64| {
        place.stored(&format!(
            "SELECT json_quote(state) FROM booking WHERE id = {id}"
        ))
    };
    assert_eq!(
        (state(901), state(902)),
        (json!("cancelled"), json!("confirmed"))
    );
    let balance = "SELECT json_quote(balance) FROM credit WHERE user = 2 ORDER BY id DESC LIMIT 1";
    assert_eq!(place.stored(balance), json!("91.5"));
    // It is settled: the next run says again who is contested, and writes nothing.
    let before = place.dump();
    let again = place.taken(&[]);
    assert!(again.is_unchanged(), "{again:?}");
    assert_eq!(again.notes("booking", 2).len(), 1);
    assert_eq!(place.dump(), before);
}

#[test]
fn mariadb_numbers_that_are_taken_here_are_told() {
    let Some(place) = Place::new() else { return };
    place.taken(&[]);
    let server = place.serve();
    let admin = server.log_in("admin", "Passw0rd!").unwrap();
    let group = json!({"name": "Made here"}).to_string();
    assert_eq!(
        server.ask("POST", "/groups", Some(&admin), &group).1["id"],
        8
    );
    let body = json!({"resources": [{"id": 2}], "start": "2150-05-04T14:00:00Z", "end": "2150-05-04T15:00:00Z"});
    let (status, made) = server.ask("POST", "/bookings", Some(&admin), &body.to_string());
    assert_eq!((status, &made["id"]), (201, &json!(18)), "{made}");
    drop(server);
    place.sql(&format!(
        "{} INSERT INTO `groups` VALUES (8, 'Made there', NULL, NULL, 0); INSERT INTO user_groups VALUES (5, 8);",
        FAR.replace("901", "18")
    ));
    let report = place.taken(&[]);
    assert_eq!(report.notes("groups", 8)[0].0, "left");
    // Nobody gets into the other group of that number.
    assert_eq!(report.notes("user_groups", 5)[0].0, "left");
    let dave = place.stored("SELECT body FROM user WHERE id = 5");
    assert_eq!(dave["groups"], json!([]));
    // A booking is known by its reference number: it comes over under another number.
    assert_eq!(report.notes("booking", 18)[0].0, "adapted");
    let far =
        "SELECT json_object('id', id, 'start', start) FROM booking WHERE reference = 'farahead'";
    assert!(place.stored(far)["id"].as_i64().unwrap() > 18);
    place.check();
    assert!(place.taken(&[]).is_unchanged());
}

#[test]
fn mariadb_is_not_taken_over_beside_others() {
    let Some(place) = Place::new() else { return };
    let file = place.directory.path().join("house.toml");
    fs::write(
        &file,
        "[organisation]\nslug = \"house\"\nname = \"House\"\nzone = \"UTC\"\n",
    )
    .unwrap();
    let made = crate::support::run(
        place.directory.path(),
        &["apply", "house.toml", "--database", &place.database],
    );
    assert!(
        made.status.success(),
        "{}",
        String::from_utf8_lossy(&made.stderr)
    );
    let before = place.dump();
    for slug in ["librebooking", "house"] {
        let refused = place.import(&["--organisation", slug]);
        assert_eq!(refused.status.code(), Some(2), "{slug}");
    }
    assert_eq!(place.dump(), before);
}
