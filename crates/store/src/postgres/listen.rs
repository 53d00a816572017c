//! Hearing of what other processes commit: by notification at once, by asking every second otherwise.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};
use tokio_postgres::{AsyncMessage, Client};

use super::address::Address;
use super::apply::CHANNEL;
use super::cache::Cache;
use super::link::PATIENCE;
use super::zones;
use crate::StoreError;

/// How often to ask for what no notification told, and to try again to connect.
const EVERY: Duration = Duration::from_secs(1);

/// Keeps the cache up to date, and the place among servers of this version, for as long as the task lives. That place
/// is `first`'s until the listening connection has it.
pub(super) async fn listen(address: Address, cache: Arc<Cache>, tzdb: &'static str, first: Client) {
    // What was heard before a loss may be out of date after it, so this outlives connections.
    let mut people = HashMap::new();
    let mut first = Some(first);
    loop {
        let connected = connected(&address, &cache, tzdb, &mut first, &mut people);
        match connected.await {
            // What another server has derived by other rules must not be changed by these any more.
            Err(error @ StoreError::OtherZones { .. }) => cache.end(&error),
            Err(error) => tracing::warn!(%error, "not hearing of other processes' changes"),
            Ok(()) => {}
        }
        sleep(EVERY).await;
    }
}

/// Follows one connection until it is lost.
async fn connected(
    address: &Address,
    cache: &Cache,
    tzdb: &str,
    first: &mut Option<Client>,
    people: &mut HashMap<i64, i64>,
) -> Result<(), StoreError> {
    let (client, mut connection) = address.connect("").await?;
    let (heard, mut news) = mpsc::channel(1);
    let follow = async move {
        while let Some(Ok(message)) =
            std::future::poll_fn(|context| connection.poll_message(context)).await
        {
            // One waiting word is enough: whoever takes it looks at everything.
            if let AsyncMessage::Notification(_) = message {
                heard.try_send(()).ok();
            }
        }
    };
    let keep_up = async {
        let entering = timeout(PATIENCE, zones::enter(&client, tzdb)).await;
        entering.map_err(StoreError::unavailable)??;
        first.take();
        let sql = format!("LISTEN {CHANNEL}");
        let listening = timeout(PATIENCE, client.batch_execute(&sql)).await;
        listening.map_err(StoreError::unavailable)??;
        cache.people_changed();
        let mut tick = interval(EVERY);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                heard = news.recv() => match heard {
                    Some(()) => cache.people_changed(),
                    None => return Ok(()),
                },
                _ = tick.tick() => {}
            }
            catch_up(&client, cache, people).await?;
        }
    };
    tokio::select! {
        () = follow => Err(StoreError::unavailable("the listening connection was lost")),
        result = keep_up => result,
    }
}

async fn catch_up(
    client: &Client,
    cache: &Cache,
    people: &mut HashMap<i64, i64>,
) -> Result<(), StoreError> {
    let asked = timeout(PATIENCE, cache.refresh_all(client, people)).await;
    asked.map_err(StoreError::unavailable)?
}
