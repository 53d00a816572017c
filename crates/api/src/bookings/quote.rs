//! `POST /quote`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::booking::Booking;
use domain::decide::{Alternative, Quote, Quoted, QuotedDate};
use domain::refusal::Violation;
use domain::time::Interval;
use serde::Serialize;
use utoipa::ToSchema;

use crate::App;
use crate::caller::{BookingsRead, Caller};
use crate::perform::{Incoming, json_answer};
use crate::problem::store_problem;
use crate::wire::{CreateBooking, PriceBody, Wire, price_body, zoned};

/// The verdict on a booking that was not made.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct QuoteView {
    /// Whether it could be made as it is.
    pub possible: bool,
    /// On each date, by start.
    pub dates: Vec<QuotedDateView>,
    /// What stands against it as a whole.
    #[schema(value_type = Vec<Object>)]
    pub violations: Vec<Violation>,
    /// What it would cost in credits; a decimal number.
    pub credits: String,
}

/// The verdict on one date.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct QuotedDateView {
    /// When it would begin.
    #[schema(format = DateTime)]
    pub start: String,
    /// When it would end; null for an open end.
    #[schema(format = DateTime)]
    pub end: Option<String>,
    /// The state it would begin in.
    pub state: &'static str,
    /// What stands against it.
    #[schema(value_type = Vec<Object>)]
    pub violations: Vec<Violation>,
    /// What it would cost in credits; a decimal number.
    pub credits: String,
    /// What it would cost in money, hours and passes.
    pub price: Option<PriceBody>,
    /// What could be had instead, if there is a conflict; nearest first.
    pub alternatives: Vec<AlternativeView>,
}

/// What could be had instead.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(tag = "alternative", rename_all = "snake_case")]
pub enum AlternativeView {
    /// The same at another time of the day.
    Time {
        /// When it begins.
        #[schema(format = DateTime)]
        start: String,
        /// When it ends.
        #[schema(format = DateTime)]
        end: Option<String>,
    },
    /// From the same start, for as long as it is free.
    Shorter {
        /// When it begins.
        #[schema(format = DateTime)]
        start: String,
        /// When it ends.
        #[schema(format = DateTime)]
        end: Option<String>,
    },
    /// Another resource of the same kind at the same place.
    Resource {
        /// The one that is taken.
        instead_of: i64,
        /// The one that is free.
        resource: i64,
    },
    /// The series without this date.
    Skip,
}

/// Ask what would become of a booking, without making it.
///
/// Takes what `POST /bookings` takes. For dates with a conflict it names the nearest alternatives.
#[utoipa::path(
    post,
    path = "/quote",
    tag = "bookings",
    security(("bearer" = ["bookings:read"])),
    request_body = CreateBooking,
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat.")),
    responses((status = 200, description = "The verdict.", body = QuoteView), (status = 404), (status = 409)),
)]
pub async fn quote(
    State(app): State<App>,
    caller: Caller<BookingsRead>,
    incoming: Incoming,
) -> Response {
    let build = |incoming: &Incoming| {
        let body: CreateBooking = incoming.json()?;
        let catalog = app.engine.catalog(caller.actor.organisation);
        let catalog = catalog.map_err(|error| store_problem(&error))?;
        let book = body.command(&catalog)?;
        Ok(Quote { book })
    };
    incoming
        .perform(&app, &caller, build, |quoted, _| {
            json_answer(StatusCode::OK, &view(quoted))
        })
        .await
}

fn view(quoted: &Quoted) -> QuoteView {
    let fine = quoted.dates.iter().all(|date| date.violations.is_empty());
    QuoteView {
        possible: fine && quoted.violations.is_empty(),
        dates: quoted.dates.iter().map(date).collect(),
        violations: quoted.violations.clone(),
        credits: quoted.credits.to_wire(),
    }
}

fn date(quoted: &QuotedDate) -> QuotedDateView {
    let (start, end) = bounds(&quoted.booking.interval, &quoted.booking);
    let alternative = |alternative: &Alternative| match alternative {
        Alternative::Time(interval) => {
            let (start, end) = bounds(interval, &quoted.booking);
            AlternativeView::Time { start, end }
        }
        Alternative::Shorter(interval) => {
            let (start, end) = bounds(interval, &quoted.booking);
            AlternativeView::Shorter { start, end }
        }
        Alternative::Resource {
            instead_of,
            resource,
        } => AlternativeView::Resource {
            instead_of: instead_of.0,
            resource: resource.0,
        },
        Alternative::Skip => AlternativeView::Skip,
    };
    QuotedDateView {
        start,
        end,
        state: quoted.booking.state.name(),
        violations: quoted.violations.clone(),
        credits: quoted.credits.to_wire(),
        price: quoted.booking.details.price.as_ref().map(price_body),
        alternatives: quoted.alternatives.iter().map(alternative).collect(),
    }
}

fn bounds(interval: &Interval, booking: &Booking) -> (String, Option<String>) {
    let text = |at| zoned(at, booking.zone());
    (text(interval.start()), interval.end().map(text))
}
