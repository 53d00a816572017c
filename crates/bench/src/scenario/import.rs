//! An import of 10,000 people from a sheet, through Flexopus' API.

use std::time::Instant;

use anyhow::ensure;
use serde_json::Value;

use crate::base::Bench;
use crate::load::Connection;
use crate::report::Row;
use crate::server::Server;

const PEOPLE: usize = 10_000;
const BOUNDARY: &str = "bench";

/// Measures it: all of them new, all of them changed, and none of them.
pub async fn run(bench: &Bench) -> anyhow::Result<Vec<Row>> {
    let data = bench.data("import", 0)?;
    let server = Server::start(&bench.tenure, &data).await?;
    let mut connection = Connection::open(&server.address).await?;
    let people = if bench.quick { PEOPLE / 10 } else { PEOPLE };
    let mut rows = Vec::new();
    for (what, phone, outcome) in [
        ("all new", 1, "created"),
        ("all changed", 2, "updated"),
        ("none changed", 2, "skipped"),
    ] {
        let ask = request(&server.flexopus, &sheet(people, phone));
        let sent = Instant::now();
        let (status, answer) = connection.send(&ask).await?;
        let elapsed = sent.elapsed().as_secs_f64();
        let report: Value = serde_json::from_slice(answer)?;
        ensure!(status == 200, "answered {status}: {report}");
        let count = report.get(outcome).and_then(Value::as_array).map(Vec::len);
        ensure!(count == Some(people), "not {people} {outcome}");
        let what = format!("import of {people} people, {what}");
        rows.push(Row::below(&what, elapsed, 5.0, "s"));
    }
    server.stop().await?;
    Ok(rows)
}

/// A sheet of so many people, with something in most columns.
fn sheet(people: usize, phone: u32) -> String {
    let head =
        "name,email,department,function,notify,timezone,license_plates,phone,tags,cost_center\n";
    let row = |n: usize| {
        let (department, cost_center) = (n % 50, n % 300);
        format!(
            "Person Number {n},person{n}@bench.example,Department {department},Clerk,1,Europe/Berlin,B-AB {n};B-CD {n},\
             +49 {phone} {n},a;b,{cost_center}\n"
        )
    };
    let rows: Vec<String> = (0..people).map(row).collect();
    format!("{head}{}", rows.concat())
}

fn request(token: &str, file: &str) -> Vec<u8> {
    let body = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"update\"\r\n\r\n1\r\n\
         --{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"people.csv\"\r\n\r\n{file}\r\n\
         --{BOUNDARY}--\r\n"
    );
    format!(
        "POST /api/v1/users/import HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: multipart/form-data; boundary={BOUNDARY}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}
