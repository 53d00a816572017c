//! Bookings: make, list, read, change and cancel them, and what else happens in their lives.

mod attachments;
mod cancel;
mod change;
mod create;
mod list;
mod moments;
mod quote;
mod read;
mod restore;

use domain::booking::Booking;
use domain::decide::{SeriesScope, Snapshot};
use domain::ids::{BookingId, SeriesId, UserId};
use domain::people::Actor;
use engine::Person;
use http_kit::Problem;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;

/// The routes of bookings.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(create::create, list::list))
        .routes(routes!(read::read, change::change, cancel::cancel))
        .routes(routes!(attachments::list))
        .routes(routes!(attachments::read))
        .routes(routes!(quote::quote))
        .routes(routes!(restore::restore_date))
        .routes(routes!(moments::approve))
        .routes(routes!(moments::decline))
        .routes(routes!(moments::check_in))
        .routes(routes!(moments::check_out))
        .routes(routes!(moments::join))
        .routes(routes!(moments::leave))
        .routes(routes!(moments::answer))
}

/// Which bookings of a series a change is about.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ScopeParam {
    /// The one that is named.
    #[default]
    This,
    /// That one and all that start later.
    Following,
    /// All that have not begun yet; for an administrator who overrides, all there are.
    All,
}

impl From<ScopeParam> for SeriesScope {
    fn from(scope: ScopeParam) -> Self {
        match scope {
            ScopeParam::This => Self::This,
            ScopeParam::Following => Self::Following,
            ScopeParam::All => Self::All,
        }
    }
}

/// The query of changes.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ScopeQuery {
    /// Which bookings of the series.
    #[serde(default)]
    #[param(inline)]
    pub scope: ScopeParam,
}

/// The id in a path; what is no id names nothing.
fn booking_id(path: &str) -> Result<BookingId, Problem> {
    let plain = !path.is_empty() && path.bytes().all(|byte| byte.is_ascii_digit());
    path.parse()
        .ok()
        .filter(|_| plain)
        .map(BookingId)
        .ok_or_else(Problem::not_found)
}

/// The owner, as the answer to a change names them.
fn owner(id: UserId, actor: &Actor, snapshot: &Snapshot) -> Person {
    let user = if id == actor.id() {
        Some(&actor.user)
    } else {
        snapshot.users.get(&id)
    };
    Person::new(id, user.cloned())
}

/// The series a booking is in, with all its bookings.
fn series(booking: &Booking, snapshot: &Snapshot) -> Option<(SeriesId, Vec<BookingId>)> {
    booking.series.map(|id| (id, snapshot.siblings.clone()))
}
