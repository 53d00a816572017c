//! What a booking would cost, where twenty price rules are for its room.

use anyhow::{Context as _, ensure};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::base::Bench;
use crate::load::{self, Connection, request};
use crate::numbers::{ms, ms_text};
use crate::report::Row;
use crate::server::Server;

/// How many rules are for the room.
const RULES: u32 = 20;

/// How many bookings the one who asks has in the month already.
const HELD: u32 = 60;

/// Measures it.
pub async fn run(bench: &Bench) -> anyhow::Result<Vec<Row>> {
    let what = "a quote with 20 price rules";
    let data = bench.data("quote", if bench.quick { 10_000 } else { 100_000 })?;
    let server = Server::start(&bench.tenure, &data).await?;
    let mut connection = Connection::open(&server.address).await?;
    for number in 0..RULES {
        // Each is for an hour of its own but the last, so that the booking is cut where one ends and the next begins.
        let (from, to) = (number, (number + 1) % RULES);
        let rule = json!({
            "name": format!("Rule {number}"), "currency": "EUR", "kinds": ["room"], "priority": number,
            "rate": {"per": "hour", "amount": "9.5"}, "tax": {"rate": "19"},
            "from": format!("{from:02}:00"), "to": format!("{to:02}:00"),
            "discounts": [{"percent": "10", "from": 120}], "free_minutes": 30,
            "caps": [{"period": "day", "amount": "60"}, {"period": "month", "amount": "300"}],
        });
        post(&mut connection, "price-rules", &server.token, &rule).await?;
    }
    // The administrator owns all that is stored; this is somebody with an ordinary month.
    let somebody = member(&mut connection, &server.token).await?;
    let first = bench.end + SignedDuration::from_hours(34);
    let mut from = first;
    for _ in 0..HELD {
        from += SignedDuration::from_hours(8);
        let to = from + SignedDuration::from_hours(1);
        let wish = json!({"resources": [{"id": bench.first}], "start": from.to_string(), "end": to.to_string()});
        post(&mut connection, "bookings", &somebody, &wish).await?;
    }
    let from = first;
    let to = from + SignedDuration::from_hours(6);
    let wish = json!({"resources": [{"id": bench.first}], "start": from.to_string(), "end": to.to_string()});
    let ask = request("POST", "/api/tenure/v1/quote", &somebody, &wish.to_string());
    let (status, body) = connection.send(&ask).await?;
    ensure!(
        status == 200,
        "a quote: {status} {}",
        String::from_utf8_lossy(body)
    );
    let quoted: Value = serde_json::from_slice(body)?;
    let lines = quoted["dates"][0]["price"]["trail"]
        .as_array()
        .context("no price")?
        .len();
    let total = bench.count(2_000, 100);
    let outcome = load::run(&server.address, 1, total, &[200], move |_| ask.clone()).await?;
    let half = ms(outcome.percentile(500));
    let words = format!(
        "{lines} lines, p99 {}",
        ms_text(ms(outcome.percentile(990)))
    );
    let row = Row::below(what, half, 1.0, "ms").ours(words).because(WHY);
    server.stop().await?;
    Ok(vec![row])
}

/// Makes something; returns what was made.
async fn post(
    connection: &mut Connection,
    what: &str,
    token: &str,
    body: &Value,
) -> anyhow::Result<Value> {
    let path = format!("/api/tenure/v1/{what}");
    let ask = request("POST", &path, token, &body.to_string());
    let (status, body) = connection.send(&ask).await?;
    ensure!(
        status == 201,
        "{path}: {status} {}",
        String::from_utf8_lossy(body)
    );
    Ok(serde_json::from_slice(body)?)
}

/// A token of somebody who is no administrator.
async fn member(connection: &mut Connection, token: &str) -> anyhow::Result<String> {
    let user = json!({"username": "quoted", "email": "quoted@bench.example", "first_name": "Q", "last_name": "U"});
    let user = post(connection, "users", token, &user).await?;
    let wish =
        json!({"name": "bench", "scopes": ["bookings:read", "bookings:write"], "user": user["id"]});
    let issued = post(connection, "tokens", token, &wish).await?;
    let secret = issued["token"].as_str().context("no token")?;
    Ok(secret.to_owned())
}

const WHY: &str = "A quote looks for the room's claims and the owner's bookings of the month in one transaction, as a booking \
     does, and is rolled back.";
