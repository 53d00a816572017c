//! The demo, as a person and as a program meet it.

mod support;

use std::fs;
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

use serde_json::json;
use support::{Running, failure, printed, request, run, start_demo, until};

const BOOKINGS: &str = "/api/tenure/v1/bookings";

#[test]
fn its_room_and_desk_are_booked_together_past_midnight() {
    let directory = tempfile::tempdir().unwrap();
    let demo = Running::demo(&directory);
    let path = demo.data.join("credentials.json");
    let mode = fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    for field in [
        "base_url",
        "organisation.slug",
        "organisation.uuid",
        "admin.username",
        "admin.email",
        "admin.password",
        "admin.api_token",
        "member.username",
        "member.email",
        "member.password",
        "member.api_token",
        "site.uuid",
        "room.uuid",
        "desk.uuid",
        "librebooking.base_url",
        "librebooking.username",
        "librebooking.admin_password",
        "flexopus.base_url",
        "flexopus.token",
    ] {
        assert!(!demo.text(field).is_empty(), "{field}");
    }
    for field in ["organisation.id", "site.id", "area.id"] {
        assert!(demo.number(field) > 0, "{field}");
    }

    let tomorrow = day_after(1);
    let after = day_after(2);
    let (room, desk) = (demo.number("room.id"), demo.number("desk.id"));
    let body = json!({
        "resources": [{"id": room}, {"id": desk}], "title": "Night shift",
        "start": format!("{tomorrow}T20:05:00Z"), "end": format!("{after}T04:10:00Z"),
    })
    .to_string();
    let (status, booking) = demo.ask("POST", BOOKINGS, &body);
    assert_eq!(status, 201, "{booking}");
    assert_eq!(booking["state"], "confirmed");
    assert_eq!(demo.ask("POST", BOOKINGS, &body).0, 409);

    let two_weeks = day_after(14);
    for resource in [room, desk] {
        let list = format!(
            "{BOOKINGS}?resource={resource}&from={tomorrow}T00:00:00Z&to={two_weeks}T00:00:00Z"
        );
        let (status, list) = demo.ask("GET", &list, "");
        assert_eq!(
            (status, list["items"].as_array().unwrap().len()),
            (200, 1),
            "only ours"
        );
    }
}

#[test]
fn its_area_has_parking_places_for_flexopus_clients_one_of_them_somebody_s() {
    let directory = tempfile::tempdir().unwrap();
    let demo = Running::demo(&directory);
    let token = Some(demo.text("flexopus.token"));
    let ask = |path: &str| request(demo.address(), "GET", &format!("/api/v1{path}"), token, "");
    assert!(demo.text("flexopus.base_url").ends_with("/api/v1"));
    let (status, places) = ask(&format!("/locations/{}/bookables", demo.number("area.id")));
    assert_eq!(status, 200, "{places}");
    let of = |kind: i64, state: i64| {
        let all = places["data"].as_array().unwrap().iter();
        let found = all.filter(|one| one["type"] == kind && one["status"] == state);
        found
            .map(|one| one["id"].as_i64().unwrap())
            .collect::<Vec<_>>()
    };
    assert!(of(0, 0).contains(&demo.number("desk.id")));
    assert!(of(2, 0).contains(&demo.number("room.id")));
    let (free, assigned) = (of(1, 0), of(1, 2));
    assert_eq!((free.len(), assigned.len()), (2, 1));
    let week = format!(
        "?from={}T00:00:00Z&to={}T00:00:00Z",
        day_after(7),
        day_after(14)
    );
    let (_, held) = ask(&format!("/bookables/{}/bookings{week}", assigned[0]));
    assert_eq!(held["data"][0]["to"], serde_json::Value::Null, "{held}");
    assert!(held["data"][0]["license_plate"].is_string(), "{held}");
    // The member has a vehicle, and needs none to park; two places at once are one too many.
    let (_, found) = ask(&format!("/users/by-email/{}", demo.text("member.email")));
    let member = &found["data"]["id"];
    let (_, known) = demo.ask("GET", &format!("/api/tenure/v1/users/{member}"), "");
    assert!(known["vehicles"][0]["plate"].is_string(), "{known}");
    let day = day_after(2);
    for (place, expected) in free.iter().zip([200, 422]) {
        let body = json!({
            "bookable_id": place, "location_id": demo.number("area.id"), "user_id": member,
            "from_time": format!("{day}T08:00:00Z"), "to_time": format!("{day}T16:00:00Z"),
        });
        let booked = request(
            demo.address(),
            "POST",
            "/api/v1/bookings",
            token,
            &body.to_string(),
        );
        assert_eq!(booked.0, expected, "{}", booked.1);
    }
}

/// The date so many days from now, in UTC.
fn day_after(days: u64) -> String {
    let now = std::process::Command::new("date")
        .args(["-u", "-d", &format!("+{days} days"), "+%F"])
        .output()
        .unwrap();
    String::from_utf8(now.stdout).unwrap().trim().to_owned()
}

#[test]
fn its_credentials_outlive_a_restart_and_a_loss() {
    let directory = tempfile::tempdir().unwrap();
    let first = Running::demo(&directory);
    let (token, password) = (
        first.text("admin.api_token").to_owned(),
        first.text("admin.password").to_owned(),
    );
    let (code, took) = first.stop();
    assert_eq!(code, Some(0));
    assert!(took < Duration::from_secs(10), "{took:?}");

    let second = Running::demo(&directory);
    assert_eq!(second.text("admin.api_token"), token);
    assert_eq!(second.text("admin.password"), password);
    assert_eq!(second.ask("GET", &week(), "").0, 200);
    second.stop();

    fs::remove_file(directory.path().join("data/demo.json")).unwrap();
    let third = Running::demo(&directory);
    assert_ne!(third.text("admin.api_token"), token);
    assert_eq!(third.ask("GET", &week(), "").0, 200);
    let gone = request(third.address(), "GET", &week(), Some(&token), "");
    assert_eq!(gone.0, 401, "what was lost opens nothing any more");
}

fn week() -> String {
    format!(
        "{BOOKINGS}?from={}T00:00:00Z&to={}T00:00:00Z",
        day_after(0),
        day_after(7)
    )
}

#[test]
fn it_stops_in_time_though_a_connection_is_idle() {
    let directory = tempfile::tempdir().unwrap();
    let demo = Running::demo(&directory);
    let idle = TcpStream::connect(demo.address()).unwrap();
    let (code, took) = demo.stop();
    assert_eq!(code, Some(0));
    assert!(took < Duration::from_secs(10), "{took:?}");
    drop(idle);
}

#[test]
fn it_is_healthy_and_ready_and_measured() {
    let directory = tempfile::tempdir().unwrap();
    let demo = Running::demo(&directory);
    for path in ["/healthz", "/readyz"] {
        assert_eq!(
            request(demo.address(), "GET", path, None, "").0,
            200,
            "{path}"
        );
    }
    // Metrics are for those who watch, not for those who book.
    assert_eq!(request(demo.address(), "GET", "/metrics", None, "").0, 404);
}

#[test]
fn a_second_process_on_its_data_is_refused_and_told_why() {
    let directory = tempfile::tempdir().unwrap();
    let demo = Running::demo(&directory);
    let serve = ["serve", "--listen", "127.0.0.1:0", "--data-dir", "data"];
    let (code, complaint) = failure(directory.path(), &serve);
    assert_eq!(code, 3);
    let process = format!("process {}", demo.child.id());
    assert!(complaint.contains(&process), "{complaint}");
    assert!(complaint.contains("Stop that process first"), "{complaint}");
    // What reads only, works beside it.
    assert!(printed(directory.path(), &["check", "--data-dir", "data"]).contains("is clean"));
}

#[test]
fn a_start_that_is_cut_off_is_completed_by_the_next() {
    let directory = tempfile::tempdir().unwrap();
    let database = directory.path().join("data/tenure.db-wal");
    // Cut off at different points: by how much has been written.
    for size in [0, 400_000, 900_000, 1_500_000, 3_000_000] {
        let mut child = start_demo(directory.path());
        until(|| {
            let written = fs::metadata(&database).is_ok_and(|file| file.len() >= size);
            (written || child.try_wait().unwrap().is_some()).then_some(())
        });
        child.kill().unwrap();
        child.wait().unwrap();
        let check = run(directory.path(), &["check", "--data-dir", "data"]);
        let complaint = String::from_utf8_lossy(&check.stderr);
        let not_yet = complaint.contains("no database") || complaint.contains("schema 0");
        assert!(check.status.success() || not_yet, "{complaint}");
    }
    let demo = Running::demo(&directory);
    let report = printed(directory.path(), &["check", "--data-dir", "data", "--json"]);
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report["clean"], true);
    assert_eq!(report["counted"]["users"], 200);
    let bookings = report["counted"]["bookings"].as_i64().unwrap();
    assert!((300..3_000).contains(&bookings), "{bookings}");
    demo.crash();
    assert!(printed(directory.path(), &["check", "--data-dir", "data"]).contains("is clean"));
}

#[test]
fn once_made_it_starts_fast() {
    let directory = tempfile::tempdir().unwrap();
    Running::demo(&directory).stop();
    fs::remove_file(directory.path().join("data/credentials.json")).unwrap();
    let started = Instant::now();
    let demo = Running::demo(&directory);
    assert_eq!(demo.ask("GET", &week(), "").0, 200);
    // An unoptimised build on a busy machine; ./bench measures it.
    assert!(started.elapsed() < Duration::from_secs(10));
}
