//! The recorded database, row by row.

use serde_json::{Value, json};

use crate::place::{Place, Report};

/// Tables, and the kinds that their rows become.
const COUNTED: [(&str, &str); 14] = [
    ("users", "user"),
    ("`groups`", "group"),
    ("resources", "resource"),
    ("resource_types", "resource_type"),
    ("resource_groups", "resource_group"),
    ("resource_status_reasons", "state_reason"),
    ("schedules", "schedule"),
    ("accessories", "accessory"),
    ("custom_attributes", "attribute"),
    ("quotas", "quota"),
    ("blackout_instances", "blackout"),
    ("announcements", "announcement"),
    ("reservation_waitlist_requests", "waiting_request"),
    ("reservation_instances", "booking"),
];

fn counted(place: &Place, report: &Report) {
    for (table, kind) in COUNTED {
        let there = place.count(&format!("SELECT count(*) FROM {table}"));
        assert_eq!(report.count(kind)[..2], [there, there], "{kind}");
    }
    let recurring = "SELECT count(*) FROM reservation_series WHERE repeat_type <> 'none'";
    assert_eq!(report.count("series")[1], place.count(recurring));
}

/// What a reservation is, as the source has it.
const RESERVATIONS: &str = "SELECT i.reservation_instance_id, i.reference_number,
    unix_timestamp(i.start_date), unix_timestamp(i.end_date), s.owner_id, s.status_id, coalesce(s.title, ''),
    coalesce(s.description, ''), s.repeat_type <> 'none', s.series_id,
    (SELECT group_concat(resource_id ORDER BY resource_level_id) FROM reservation_resources r
        WHERE r.series_id = s.series_id),
    coalesce((SELECT group_concat(concat(user_id, ':', reservation_user_level) ORDER BY user_id)
        FROM reservation_users u WHERE u.reservation_instance_id = i.reservation_instance_id
          AND reservation_user_level > 1), ''),
    coalesce((SELECT group_concat(concat(email, ':', reservation_user_level) ORDER BY email)
        FROM reservation_guests g WHERE g.reservation_instance_id = i.reservation_instance_id), ''),
    coalesce((SELECT group_concat(concat(accessory_id, ':', quantity) ORDER BY accessory_id)
        FROM reservation_accessories a WHERE a.series_id = s.series_id), ''),
    coalesce((SELECT group_concat(concat(custom_attribute_id, ':', attribute_value) ORDER BY custom_attribute_id)
        FROM custom_attribute_values v WHERE v.entity_id = s.series_id AND v.attribute_category = 1), ''),
    coalesce((SELECT group_concat(concat(reminder_type, ':', minutes_prior) ORDER BY reminder_type)
        FROM reservation_reminders m WHERE m.series_id = s.series_id), ''),
    coalesce(i.credit_count, '')
    FROM reservation_instances i JOIN reservation_series s USING (series_id) ORDER BY 1";

/// The same, as it is stored here.
fn stored(place: &Place, id: &str) -> Vec<String> {
    let sql = format!(
        "SELECT json_object('reference', reference, 'start', start, 'end', \"end\", 'owner', owner, 'state', state,
            'series', series, 'details', json(details)) FROM booking WHERE id = {id}"
    );
    let row = place.stored(&sql);
    let details = &row["details"];
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    };
    let list = |field: &str, show: &dyn Fn(&Value) -> String| {
        let items = details[field].as_array().cloned().unwrap_or_default();
        items.iter().map(show).collect::<Vec<_>>().join(",")
    };
    let level = |answer: &Value| if answer == "participating" { 2 } else { 3 };
    let seconds = |value: &Value| (value.as_i64().unwrap() / 1_000_000).to_string();
    let state = match row["state"].as_str().unwrap() {
        "pending" => "3",
        "cancelled" => "2",
        _ => "1",
    };
    let attributes = details["attributes"]
        .as_object()
        .cloned()
        .unwrap_or_default();
    let attributes: Vec<String> = attributes
        .iter()
        .map(|(id, value)| format!("{id}:{}", text(value)))
        .collect();
    let reminders = [("before_start", 0), ("before_end", 1)];
    let reminders: Vec<String> = reminders
        .iter()
        .filter(|(field, _)| details["reminders"][field].is_u64())
        .map(|(field, kind)| format!("{kind}:{}", details["reminders"][field]))
        .collect();
    vec![
        id.to_owned(),
        text(&row["reference"]),
        seconds(&row["start"]),
        seconds(&row["end"]),
        text(&row["owner"]),
        state.to_owned(),
        text(&details["title"]),
        text(&details["note"]),
        u8::from(!row["series"].is_null()).to_string(),
        text(&row["series"]),
        list("resources", &|booked| booked["resource"].to_string()),
        list("participants", &|one| {
            format!("{}:{}", one["user"], level(&one["answer"]))
        }),
        list("guests", &|one| {
            format!("{}:{}", text(&one["email"]), level(&one["answer"]))
        }),
        list("accessories", &|one| {
            format!("{}:{}", one["accessory"], one["quantity"])
        }),
        attributes.join(","),
        reminders.join(","),
        text(&details["credits"]),
    ]
}

#[test]
fn mariadb_is_taken_over_count_by_count_and_booking_by_booking() {
    let Some(place) = Place::new() else { return };
    let report = place.taken(&[]);
    counted(&place, &report);
    let reservations = place.sql(&format!("SET time_zone = '+00:00'; {RESERVATIONS}"));
    assert!(reservations.lines().count() >= 17);
    for line in reservations.lines() {
        let mut there: Vec<String> = line.split('\t').map(str::to_owned).collect();
        let here = stored(&place, &there[0]);
        if there[8] == "0" {
            // A series is what repeats.
            there[9].clear();
        }
        assert_eq!(here, there, "{line}");
    }
    assert_eq!(
        report.0["report"]["notes"],
        json!([]),
        "nothing is worth a word"
    );
    place.check();
}

#[test]
fn mariadb_is_taken_over_into_postgres() {
    let Some(place) = Place::on_postgres() else {
        return;
    };
    let report = place.taken(&[]);
    counted(&place, &report);
    place.check();
    assert!(place.taken(&[]).is_unchanged());
    place.sql("UPDATE reservation_series SET title = 'Renamed' WHERE series_id = 2");
    assert_eq!(place.taken(&[]).count("booking"), [17, 0, 5, 0]);
    place.check();
    let server = place.serve();
    let token = server
        .log_in("alice", "Passw0rd!")
        .expect("the old password is good");
    let (status, booking) = server.ask("GET", "/bookings/2", Some(&token), "");
    assert_eq!((status, &booking["title"]), (200, &json!("Renamed")));
    // New numbers begin above all that LibreBooking ever gave.
    let body = json!({"resources": [{"id": 1}], "start": "2028-03-01T14:00:00Z", "end": "2028-03-01T15:00:00Z"});
    let (status, made) = server.ask("POST", "/bookings", Some(&token), &body.to_string());
    assert_eq!((status, &made["id"]), (201, &json!(18)), "{made}");
}

#[test]
fn mariadb_people_log_in_with_their_old_passwords() {
    let Some(place) = Place::new() else { return };
    // As newer versions keep it: PHP's password_hash.
    place.sql(
        "ALTER TABLE users MODIFY password varchar(255);
         UPDATE users SET password = '$2y$04$xpjf9kFJcUsEg8uY.P4n2uY3bXNXbO7uvWZvInvrIgY3sylcBUEPe', salt = ''
         WHERE username = 'bob'",
    );
    place.taken(&[]);
    let hash = |name: &str| {
        let sql =
            format!("SELECT json_quote(password_hash) FROM user WHERE username_key = '{name}'");
        place.stored(&sql).as_str().unwrap().to_owned()
    };
    assert!(hash("alice").starts_with("$librebooking-sha1$"));
    let server = place.serve();
    for name in ["alice", "bob", "ALICE", "alice@example.com"] {
        assert_eq!(server.log_in(name, "Passw0rd"), None, "{name}");
        assert!(server.log_in(name, "Passw0rd!").is_some(), "{name}");
    }
    for name in ["alice", "bob"] {
        assert!(
            hash(name).starts_with("$argon2id$v=19$"),
            "{name}: {}",
            hash(name)
        );
    }
    assert_eq!(
        server.log_in("heidi", "Passw0rd!"),
        None,
        "an inactive account stays so"
    );
    let token = server.log_in("admin", "Passw0rd!").unwrap();
    let (status, users) = server.ask("GET", "/users", Some(&token), "");
    assert_eq!(
        (status, users["items"].as_array().unwrap().len()),
        (200, 11)
    );
    drop(server);
    // The better hashes stay when it runs again.
    assert!(place.taken(&[]).is_unchanged());
    assert!(hash("alice").starts_with("$argon2id$"));
}
