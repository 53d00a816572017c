//! Random histories of commands against a slow, obvious model, through the real store on both databases.
//!
//! A history books, repeats, moves, calls off, approves, checks in and out, changes units and closes rooms in four zones
//! around their clock changes. After each step the store must have said what the model says, and in the end both must
//! hold the same bookings, at the same minutes, and `tenure check` must find nothing.
//!
//! `TENURE_TEST_HISTORIES` says how many histories are played on each database.

#[path = "../../../store/tests/common/mod.rs"]
mod common;

mod model;
mod play;
mod steps;
mod zone;

use std::process::Command;

use common::{House, Place};
use proptest::test_runner::{Config, TestCaseError, TestRunner};

/// As many as take a few seconds.
const HISTORIES: u32 = 24;

fn histories(place: Place) {
    let asked = std::env::var("TENURE_TEST_HISTORIES").ok();
    let cases = asked.map_or(HISTORIES, |asked| {
        asked.parse().expect("a number of histories")
    });
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let address = place.address.clone();
    let house = runtime.block_on(House::build(place));
    let mut runner = TestRunner::new(Config {
        cases,
        failure_persistence: None,
        max_shrink_iters: 400,
        ..Config::default()
    });
    let played = runner.run(&steps::history(), |history| {
        let played = runtime.block_on(play::play(&house, &history));
        played.map_err(TestCaseError::fail)
    });
    if let Err(error) = played {
        panic!("{error}");
    }
    let checked = Command::new(env!("CARGO_BIN_EXE_tenure"))
        .args(["check", "--database", &address])
        .output()
        .unwrap();
    let said = [checked.stdout, checked.stderr].concat();
    let report = String::from_utf8_lossy(&said);
    assert!(checked.status.success(), "{report}");
}

#[test]
fn random_histories_are_as_the_model_says_on_sqlite() {
    histories(Place::sqlite());
}

#[test]
fn random_histories_are_as_the_model_says_on_postgres() {
    if let Some(place) = Place::postgres() {
        histories(place);
    }
}
