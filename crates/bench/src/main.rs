//! Measures Tenure beside what it stands on, in one run, and writes `docs/PERFORMANCE.md`.

mod load;

use jiff::Timestamp;
use jiff::ToSpan;

fn slot(base: Timestamp, n: usize) -> (Timestamp, Timestamp) {
    let start = base + i64::try_from(n).unwrap_or(0).minutes() * 30;
    (start, start + 30.minutes())
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut args = std::env::args().skip(1);
    let address = args.next().unwrap_or_default();
    let token = args.next().unwrap_or_default();
    let total: usize = args.next().and_then(|t| t.parse().ok()).unwrap_or(20_000);
    let base: Timestamp = args
        .next()
        .unwrap_or("2027-01-01T00:00:00Z".into())
        .parse()?;
    let t = token.clone();
    let out = load::run(&address, 64, total, 201, move |n| {
        let (start, end) = slot(base, n / 900);
        let body = format!(
            r#"{{"resources":[{{"id":{}}}],"start":"{start}","end":"{end}","title":"Bench"}}"#,
            10 + n % 900
        );
        load::request("POST", "/api/tenure/v1/bookings", &t, &body)
    })
    .await?;
    println!(
        "create: {:.0}/s p50 {:?} p99 {:?}",
        out.per_second(),
        out.percentile(500),
        out.percentile(990)
    );
    let t = token.clone();
    let out = load::run(&address, 32, 20_000, 200, move |n| {
        load::request("GET", &format!("/api/tenure/v1/bookings?from=2027-01-01T00:00:00Z&to=2027-02-01T00:00:00Z&limit=50&resource={}", 10 + n % 900), &t, "")
    }).await?;
    println!(
        "list by resource: {:.0}/s p50 {:?} p99 {:?}",
        out.per_second(),
        out.percentile(500),
        out.percentile(990)
    );
    let out = load::run(&address, 32, 20_000, 200, move |n| {
        let (start, end) = slot(base, n % 20);
        load::request(
            "GET",
            &format!("/api/tenure/v1/bookings?from={start}&to={end}&limit=50"),
            &token,
            "",
        )
    })
    .await?;
    println!(
        "list: {:.0}/s p50 {:?} p99 {:?}",
        out.per_second(),
        out.percentile(500),
        out.percentile(990)
    );
    Ok(())
}
