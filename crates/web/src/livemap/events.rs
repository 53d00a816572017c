//! Keeping the map up to date, by server-sent events.
//!
//! Each stream looks a few times a second whether anything has changed at all, which costs one question for all streams;
//! if so, or if the clock has come to where a place changes by itself, it reads how the places stand and tells what is
//! other than it was told before. Whoever may not look any more is told so, and the stream ends.

use std::collections::HashMap;
use std::convert::Infallible;
use std::time::{Duration, Instant};

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use domain::ids::BookingId;
use futures_util::stream::unfold;
use jiff::Timestamp;
use serde::Serialize;
use tokio::time::{Interval, MissedTickBehavior, interval};

use super::{Asked, Shown, asked, bare, list, page, shapes, words};
use crate::App;
use crate::fault::Fault;
use crate::forms::is_ours;
use crate::streams::{Full, Stream};
use crate::viewer::{Way, of_way};

/// How often a stream looks.
const LOOK: Duration = Duration::from_millis(200);
/// The least time between two readings of one stream.
const REST: Duration = Duration::from_millis(400);
/// How long a stream is silent; it shows the browser that the server lives, and the server that the browser does.
const HEARTBEAT: Duration = Duration::from_secs(5);
/// How long to wait where too many streams are open, in seconds.
const WAIT: HeaderValue = HeaderValue::from_static("10");

/// A place that is other than it was.
#[derive(Serialize)]
struct Told {
    id: i64,
    state: &'static str,
    label: String,
    weave: String,
    /// The cells of its row, as HTML.
    cells: String,
}

/// What has changed.
#[derive(Serialize)]
struct News {
    /// The time on the area's clock.
    at: String,
    /// Which page this belongs to; another one has other shapes, and is loaded again.
    mark: String,
    places: Vec<Told>,
}

/// Follows how the places of a booking's area stand.
pub async fn events(
    State(app): State<App>,
    Path(booking): Path<String>,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    if !is_ours(&headers, &app.settings) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let asked = match asked(&app, &booking, &headers, &uri).await {
        Ok(asked) => asked,
        Err(fault) => return bare(fault),
    };
    let slot = match app.streams.open(asked.viewer.actor.id()) {
        Ok(slot) => slot,
        Err(full) => return refused(full),
    };
    let follower = Follower::new(app, &asked, slot);
    let mut response = Sse::new(unfold(follower, Follower::step)).into_response();
    let headers = response.headers_mut();
    headers.insert(
        axum::http::header::CACHE_CONTROL,
        HeaderValue::from_static("no-store"),
    );
    // Some proxies would otherwise keep the events until there are many.
    headers.insert(
        HeaderName::from_static("x-accel-buffering"),
        HeaderValue::from_static("no"),
    );
    response
}

fn refused(full: Full) -> Response {
    let status = match full {
        Full::Person => StatusCode::TOO_MANY_REQUESTS,
        Full::Server => StatusCode::SERVICE_UNAVAILABLE,
    };
    (status, [(axum::http::header::RETRY_AFTER, WAIT)]).into_response()
}

/// One stream, between two events.
struct Follower {
    app: App,
    way: Way,
    booking: BookingId,
    looks: Interval,
    /// The pulse as of the last reading; none before the first.
    position: Option<i64>,
    read_at: Option<Instant>,
    next: Timestamp,
    /// The page's mark as it was told.
    mark: String,
    /// What was told of each place.
    told: HashMap<i64, String>,
    spoke_at: Instant,
    over: bool,
    _slot: Stream,
}

/// What a reading comes to.
enum Reading {
    Nothing,
    News(News),
    /// The viewer may not look any more.
    Over,
}

impl Follower {
    fn new(app: App, asked: &Asked, slot: Stream) -> Self {
        let mut looks = interval(LOOK);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self {
            app,
            way: asked.viewer.way.clone(),
            booking: asked.booking.booking.id,
            looks,
            position: None,
            read_at: None,
            next: Timestamp::MIN,
            mark: String::new(),
            told: HashMap::new(),
            spoke_at: Instant::now(),
            over: false,
            _slot: slot,
        }
    }

    /// Waits until there is something to say, and says it; none at the end.
    async fn step(mut self) -> Option<(Result<Event, Infallible>, Self)> {
        while !self.over {
            self.looks.tick().await;
            if self.app.is_closing() {
                return None;
            }
            let event = match self.look().await {
                Ok(Reading::News(news)) => Event::default().event("places").json_data(&news).ok(),
                Ok(Reading::Over) => {
                    self.over = true;
                    Some(Event::default().event("over").data("over"))
                }
                Ok(Reading::Nothing) => None,
                Err(fault) => {
                    // It is looked again; the page says what it knew, and that it is alive.
                    tracing::debug!(?fault, "a map was not read");
                    self.position = None;
                    None
                }
            };
            let silent = self.spoke_at.elapsed() >= HEARTBEAT;
            let event = event.or_else(|| silent.then(|| Event::default().comment("")));
            if let Some(event) = event {
                self.spoke_at = Instant::now();
                return Some((Ok(event), self));
            }
        }
        None
    }

    async fn look(&mut self) -> Result<Reading, Fault> {
        let position = self.app.engine.pulse().await?;
        let changed = self.position != Some(position) || self.app.engine.now() >= self.next;
        let rested = self.read_at.is_none_or(|at| at.elapsed() >= REST);
        if !changed || !rested {
            return Ok(Reading::Nothing);
        }
        self.read_at = Some(Instant::now());
        let Some(viewer) = of_way(&self.app, self.way.clone()).await? else {
            return Ok(Reading::Over);
        };
        let Some(asked) = Asked::of(&self.app, viewer, self.booking).await? else {
            return Ok(Reading::Over);
        };
        let shown = asked.shown(&self.app).await?;
        self.position = Some(position);
        self.next = shown.floor.next;
        let (mark, places) = (page::mark(&shown), self.changed(&shown));
        if places.is_empty() && mark == self.mark {
            return Ok(Reading::Nothing);
        }
        self.mark.clone_from(&mark);
        Ok(Reading::News(News {
            at: words::clock(shown.now, shown.zone()),
            mark,
            places,
        }))
    }

    /// The places that are other than what was told of them.
    fn changed(&mut self, shown: &Shown) -> Vec<Told> {
        let mut changed = Vec::new();
        for place in &shown.floor.places {
            let id = place.resource.id;
            let told = Told {
                id,
                state: words::class(place.state),
                label: shown.label(place),
                weave: shapes::weave(place.state),
                cells: list::cells(shown, place).into_string(),
            };
            let now = format!("{} {} {}", told.state, told.label, words_of(shown, place));
            if self.told.get(&id) != Some(&now) {
                self.told.insert(id, now);
                changed.push(told);
            }
        }
        changed
    }
}

/// The bookings of the place in words: what the bar's moving mark is no part of.
fn words_of(shown: &Shown, place: &engine::Place) -> String {
    let bookings = place.bookings.iter();
    let seen = bookings.filter_map(|id| shown.floor.bookings.get(id));
    let words = seen.map(|seen| {
        let times = words::times(&seen.booking.interval, shown.now, shown.zone());
        format!("{times} {}", words::whose(seen))
    });
    words.collect::<Vec<_>>().join("; ")
}
