//! Creates on PostgreSQL beside pgbench, which inserts under an exclusion constraint.

use std::fs;

use crate::base::{Bench, ROOMS};
use crate::cluster::Cluster;
use crate::load;
use crate::numbers::{median, ms, ms_text, rate};
use crate::report::Row;
use crate::server::Server;

const CLIENTS: usize = 16;
const WHAT: &str =
    "PostgreSQL: creates over HTTP, 16 clients ÷ pgbench inserting under an exclusion constraint";

/// As anybody would write it without a booking server.
const TABLE: &str = "CREATE EXTENSION btree_gist; CREATE SEQUENCE place;
    CREATE TABLE reservation (id bigserial PRIMARY KEY, resource bigint NOT NULL, during tstzrange NOT NULL,
        owner bigint NOT NULL, title text NOT NULL, created_at timestamptz NOT NULL DEFAULT now(),
        EXCLUDE USING gist (resource WITH =, during WITH &&));";
const INSERT: &str = "INSERT INTO reservation (resource, during, owner, title)
    SELECT n * 7919 % 1000, tstzrange(at, at + interval '30 minutes'), 1, 'Bench' FROM (SELECT n,
        timestamptz '2030-01-01 00:00Z' + n / 1000 * interval '30 minutes' AS at FROM nextval('place') n) AS place;";

/// Measures it.
pub async fn run(bench: &Bench) -> anyhow::Result<Vec<Row>> {
    let Some(cluster) = Cluster::start(&bench.directory)? else {
        return Ok(vec![Row::skipped(WHAT, "there is no PostgreSQL here")]);
    };
    cluster.database("plain")?;
    cluster.sql("plain", TABLE)?;
    let script = bench.directory.join("insert.sql");
    fs::write(&script, INSERT.replace('\n', " ") + "\n")?;
    let url = cluster.database("tenure")?;
    let data = bench.directory.join("postgres-data");
    let server = match Server::start_on(&bench.tenure, &data, Some(&url)).await {
        Ok(server) => server,
        Err(error) => return Ok(vec![Row::skipped(WHAT, &format!("{error:#}"))]),
    };
    let first = rooms(&cluster, server.room)?;
    // One person makes all bookings, more than anybody makes in a week.
    cluster.sql(
        "tenure",
        "UPDATE object SET body = NULL, version = version + 1, revision = o.revision
        FROM organisation o WHERE o.id = object.organisation AND kind = 'quota'",
    )?;
    server.stop().await?;
    let server = Server::start_on(&bench.tenure, &data, Some(&url)).await?;
    let shift = first - bench.first;
    let (rounds, total) = (bench.count(7, 3), bench.count(6_000, 1_000));
    let seconds = bench.count(4, 2);
    let (mut ratios, mut our_rates, mut their_rates, mut tails) = (vec![], vec![], vec![], vec![]);
    for round in 0..=rounds {
        let theirs = cluster.pgbench("plain", &script, CLIENTS, seconds)?;
        let token = server.token.clone();
        let places: Vec<_> = (0..total).map(|n| bench.place(round * total + n)).collect();
        let make = move |n: usize| {
            let (room, start) = places[n];
            let body = crate::base::booking(room + shift, start, "Bench");
            load::request("POST", crate::base::BOOKINGS, &token, &body)
        };
        let ours = load::run(&server.address, CLIENTS, total, &[201], make).await?;
        if round == 0 {
            continue; // The first round warms up.
        }
        ratios.push(ours.per_second() / theirs);
        our_rates.push(ours.per_second());
        their_rates.push(theirs);
        tails.push(ms(ours.percentile(990)));
    }
    server.stop().await?;
    let ours = format!(
        "{}, p99 {}",
        rate(median(our_rates)),
        ms_text(median(tails))
    );
    let theirs = format!(
        "{} on PostgreSQL {}",
        rate(median(their_rates)),
        cluster.version
    );
    Ok(vec![
        Row::at_least(WHAT, ours, theirs, median(ratios), 0.5).because(WHY),
    ])
}

/// Adds rooms like the one given, and tells the id of the first.
fn rooms(cluster: &Cluster, room: i64) -> anyhow::Result<i64> {
    let sql = format!(
        "WITH changed AS (UPDATE organisation SET revision = revision + 1 RETURNING id, revision)
         INSERT INTO object (kind, id, organisation, uuid, version, revision, body)
         SELECT o.kind, nextval('id_resource'), o.organisation, gen_random_uuid(), 1, changed.revision,
             jsonb_set(o.body::jsonb, '{{name}}', to_jsonb('Bench ' || n))::text
         FROM generate_series(1, {ROOMS}) n CROSS JOIN object o JOIN changed ON changed.id = o.organisation
         WHERE o.kind = 'resource' AND o.id = {room} RETURNING id"
    );
    let ids = cluster.sql("tenure", &sql)?;
    let first = ids
        .lines()
        .filter_map(|line| line.trim().parse::<i64>().ok())
        .min();
    first.ok_or_else(|| anyhow::anyhow!("no rooms were made: {ids}"))
}

const WHY: &str = "PostgreSQL's own processor time is the limit: four to five times that of our server. pgbench sends \
     one statement that inserts one row. A booking is nine (begin, locks, revision, claims, id, three inserts, commit), each \
     with a Sync of its own, and twice as many index entries. Joining the reads into one statement and the inserts into \
     another would leave five.";
