//! What the services that change reservations share: which one is meant, and how they answer.

use domain::booking::{Booking, State};
use domain::decide::{Command, SeriesScope};
use serde::Serialize;

use super::refused::refused;
use crate::answer::{Fault, Reply};
use crate::dispatch::Call;
use crate::links::{Link, Links};

/// An example of the answer, for the help page.
pub const EXAMPLE: &str = r#"{
    "referenceNumber": "refnum",
    "isPendingApproval": true,
    "links": [
        {"href": "http://url/to/reservation", "title": "get_reservation"},
        {"href": "http://url/to/update/reservation", "title": "update_reservation"}
    ],
    "message": "The reservation was updated"
}"#;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WrittenView<'a> {
    reference_number: &'a str,
    is_pending_approval: bool,
    links: [Link<'a>; 2],
    message: &'static str,
}

impl<'a> WrittenView<'a> {
    fn new(booking: &'a Booking, message: &'static str, links: &'a Links) -> Self {
        let reference = booking.reference.as_str();
        Self {
            reference_number: reference,
            is_pending_approval: booking.state == State::Pending,
            links: [
                links.to("get_reservation", reference),
                links.to("update_reservation", reference),
            ],
            message,
        }
    }
}

/// 201: the reservation was made.
///
/// # Errors
/// If it has no JSON form.
pub fn created(booking: &Booking, links: &Links) -> Result<Reply, Fault> {
    Reply::created(&WrittenView::new(
        booking,
        "The reservation was created",
        links,
    ))
}

/// 200: what the message says was done to the reservation.
///
/// # Errors
/// If it has no JSON form.
pub fn changed(booking: &Booking, message: &'static str, links: &Links) -> Result<Reply, Fault> {
    Reply::ok(&WrittenView::new(booking, message, links))
}

impl Call {
    /// Carries a command about a reservation out; a refusal is told in the words of this chapter.
    ///
    /// # Errors
    /// The refusal, or the failure of the store.
    pub(super) async fn carry_out<C: Command>(&self, command: C) -> Result<C::Outcome, Fault> {
        let outcome = self.decide(&self.caller()?.actor, command).await?;
        outcome.map_err(|refusal| {
            self.caller()
                .map_or_else(|fault| fault, |caller| refused(&refusal, caller))
        })
    }

    /// The reservation that the path names, to be changed.
    ///
    /// # Errors
    /// 400 if there is none; the services that change one know no 404.
    pub(super) async fn reservation(&self) -> Result<Booking, Fault> {
        let name = self.parts.first().ok_or(Fault::NotFound)?;
        let engine = &self.app.engine;
        let found = engine.booking_by_reference(self.organisation, name).await?;
        let found = found.filter(|booking| booking.state.occupies());
        found.ok_or_else(|| Fault::error(super::refused::UNKNOWN))
    }

    /// Which of a series a change is about; all of it, if that is not said.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn update_scope(&self) -> Result<SeriesScope, String> {
        match self.query.get("updateScope").unwrap_or_default() {
            "this" => Ok(SeriesScope::This),
            "future" => Ok(SeriesScope::Following),
            "full" | "" => Ok(SeriesScope::All),
            other => Err(format!("Missing or invalid updateScope: {other}")),
        }
    }
}
