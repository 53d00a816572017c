//! `POST /bookings/{id}/…`: approval, attendance, participation.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::booking::Booking;
use domain::decide::{
    Answering, Approve, CheckIn, CheckOut, Command, Decline, Join, Leave, SeriesScope,
};
use domain::ids::BookingId;
use http_kit::Problem;
use serde::Deserialize;
use utoipa::ToSchema;

use super::booking_id;
use crate::App;
use crate::caller::{BookingsWrite, Caller, Path};
use crate::perform::{Incoming, json_answer, versioned};
use crate::wire::{BookingBody, booking_body};

/// Carries out a command about one booking, and answers with the booking.
async fn moment<C: Command<Outcome = Booking>>(
    app: &App,
    caller: &Caller<BookingsWrite>,
    id: &str,
    incoming: Incoming,
    command: impl FnOnce(&Incoming, BookingId) -> Result<C, Problem>,
) -> Response {
    let actor = caller.actor.clone();
    let build = |incoming: &Incoming| command(incoming, booking_id(id)?);
    incoming
        .perform(app, caller, build, move |booking, snapshot| {
            let owner = super::owner(booking.owner, &actor, snapshot);
            let body = booking_body(booking, &owner, super::series(booking, snapshot).as_ref());
            versioned(json_answer(StatusCode::OK, &body), booking.version)
        })
        .await
}

/// Why a booking is declined.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DeclineBody {
    /// In words.
    reason: Option<String>,
}

/// The answer to an invitation.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerBody {
    /// Whether it is accepted.
    accept: bool,
}

macro_rules! moments {
    ($($(#[$doc:meta])* $name:ident $path:literal $(body $body:ty)? => $command:expr;)*) => {$(
        $(#[$doc])*
        #[utoipa::path(
            post,
            path = $path,
            tag = "bookings",
            security(("bearer" = ["bookings:write"])),
            $(request_body = $body,)?
            params(
                ("id" = i64, Path, description = "The booking."),
                ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat."),
            ),
            responses(
                (status = 200, description = "The booking.", body = BookingBody),
                (status = 404))
        )]
        pub async fn $name(
            State(app): State<App>,
            caller: Caller<BookingsWrite>,
            Path(id): Path<String>,
            incoming: Incoming,
        ) -> Response {
            moment(&app, &caller, &id, incoming, $command).await
        }
    )*};
}

moments! {
    /// Approve a pending booking.
    approve "/bookings/{id}/approve" => |_, booking| Ok(Approve { booking, scope: SeriesScope::This });
    /// Decline a pending booking.
    decline "/bookings/{id}/decline" body DeclineBody => |incoming, booking| {
        let DeclineBody { reason } = incoming.json_or_default()?;
        Ok(Decline { booking, reason })
    };
    /// Check in.
    check_in "/bookings/{id}/check-in" => |_, booking| Ok(CheckIn { booking });
    /// Check out: ends the booking now, and frees the rest of its time.
    check_out "/bookings/{id}/check-out" => |_, booking| Ok(CheckOut { booking, after_check_in: false });
    /// Take part in a booking that is open to all.
    join "/bookings/{id}/join" => |_, booking| Ok(Join { booking });
    /// Take part no longer.
    leave "/bookings/{id}/leave" => |_, booking| Ok(Leave { booking });
    /// Accept or decline an invitation.
    answer "/bookings/{id}/answer" body AnswerBody => |incoming, booking| {
        let AnswerBody { accept } = incoming.json()?;
        Ok(Answering { booking, accept })
    };
}
