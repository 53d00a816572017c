//! The README's first booking, as somebody would paste it.

mod support;

use std::fs;
use std::process::Command;

use support::Running;

/// The commands of the README, block by block.
fn blocks() -> Vec<String> {
    let readme =
        fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md")).unwrap();
    let blocks = readme.split("```sh\n").skip(1);
    let blocks = blocks.map(|block| block.split("```").next().unwrap().to_owned());
    blocks.collect()
}

#[test]
fn a_newcomer_books_a_room_with_the_lines_of_the_readme() {
    for program in ["bash", "curl"] {
        if Command::new(program).arg("--version").output().is_err() {
            eprintln!("SKIPPED: no {program}");
            return;
        }
    }
    let directory = tempfile::tempdir().unwrap();
    let demo = Running::demo(&directory);
    let credentials = demo.data.join("credentials.json");
    fs::copy(credentials, directory.path().join("demo.json")).unwrap();
    let blocks = blocks();
    let book = blocks
        .iter()
        .find(|block| block.contains("curl -i"))
        .unwrap();
    let list = blocks
        .iter()
        .find(|block| block.contains("?resource=$ROOM"))
        .unwrap();
    let repeat = book.split_once("curl -i").unwrap().1;
    let script = format!("{book}\ncurl -i {repeat}\n{list}");
    let output = Command::new("bash")
        .args(["-ec", &script])
        .current_dir(directory.path())
        .output();
    let output = String::from_utf8(output.unwrap().stdout).unwrap();
    let answers = output.split("HTTP/1.1 ").skip(1);
    let answers: Vec<&str> = answers.map(|answer| &answer[..3]).collect();
    assert_eq!(answers, ["201", "409"], "{output}");
    assert!(output.contains(r#"{"items":[{"id":"#), "{output}");
}
