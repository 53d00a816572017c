//! `GET` and `POST /api/subscriptions`, and `DELETE /api/subscriptions/{id}`

use axum::extract::State;
use axum::http::StatusCode;
use domain::decide::{Subscribe, Unsubscribe};
use domain::ids::{SiteId, SubscriptionId};
use domain::refusal::{Missing, Refusal, Rule};
use domain::subscription::Subscription;
use serde::Serialize;

use crate::App;
use crate::answer::{Fault, Reply};
use crate::caller::{Caller, Id, SubscriptionsRead, SubscriptionsWrite};
use crate::errors::{BASE, Errors};
use crate::fields::Fields;
use crate::views::Number;

/// What one can be told of.
const EVENTS: [&str; 8] = [
    "created_booking",
    "updated_booking",
    "deleted_booking",
    "booking_will_begin",
    "booking_has_ended",
    "created_resource",
    "updated_resource",
    "deleted_resource",
];

#[derive(Debug, Serialize)]
struct SubscriptionView<'a> {
    id: Number,
    event: &'a str,
    url: String,
    active: bool,
    callback_url: &'a str,
}

impl<'a> SubscriptionView<'a> {
    /// A subscription of the space with this address.
    fn new(subscription: &'a Subscription, address: &str) -> Self {
        let id = subscription.id;
        Self {
            id: Number(id.0),
            event: &subscription.event,
            url: format!("{address}{}/subscriptions/{id}", crate::BASE),
            active: true,
            callback_url: &subscription.callback_url,
        }
    }
}

/// The subscriptions of the space, for administrators.
pub async fn list(
    State(app): State<App>,
    caller: Caller<SubscriptionsRead>,
) -> Result<Reply, Fault> {
    caller.only_administrators()?;
    let site = SiteId(caller.space.site().id);
    let store = app.engine.store();
    let found = store.subscriptions(caller.actor.organisation, site).await?;
    let address = caller.space.address();
    let view = |subscription| SubscriptionView::new(subscription, &address);
    Reply::ok(&found.iter().map(view).collect::<Vec<_>>())
}

/// Makes one, for administrators; the address is stored, and called by a later version.
pub async fn create(
    State(app): State<App>,
    caller: Caller<SubscriptionsWrite>,
    mut fields: Fields,
) -> Result<Reply, Fault> {
    caller.only_administrators()?;
    let event = fields.text("event");
    let event = fields.required("event", event);
    let callback_url = fields.text("callback_url");
    let callback_url = fields.required("callback_url", callback_url);
    if event
        .as_ref()
        .is_some_and(|event| !EVENTS.contains(&event.as_str()))
    {
        let text = format!("must be one of {}", EVENTS.join(", "));
        fields.errors.add("event", text);
    }
    fields.finish()?;
    let (Some(event), Some(callback_url)) = (event, callback_url) else {
        return Err(Fault::Failed);
    };
    let command = Subscribe {
        site: SiteId(caller.space.site().id),
        event,
        callback_url,
    };
    let made = caller.decide(&app, command).await?;
    let made = made.map_err(|refusal| refused(&refusal))?;
    Reply::created(&SubscriptionView::new(&made, &caller.space.address()))
}

/// Ends one, for administrators.
pub async fn delete(
    State(app): State<App>,
    caller: Caller<SubscriptionsWrite>,
    Id(id): Id,
) -> Result<StatusCode, Fault> {
    caller.only_administrators()?;
    let command = Unsubscribe {
        site: SiteId(caller.space.site().id),
        id: SubscriptionId(id),
    };
    let ended = caller.decide(&app, command).await?;
    ended.map_err(|refusal| refused(&refusal))?;
    Ok(StatusCode::NO_CONTENT)
}

/// The answer to a refusal.
fn refused(refusal: &Refusal) -> Fault {
    match refusal {
        Refusal::NotFound(Missing::Subscription) => Fault::NotFound,
        Refusal::Rules(violations) => {
            let mut errors = Errors::default();
            for violation in violations {
                match &violation.rule {
                    Rule::Taken { .. } => {
                        let text = "The address is told of this event already.";
                        return Fault::Conflict(text);
                    }
                    Rule::Invalid { field, detail } => {
                        errors.add(field, format!("is not {detail}"));
                    }
                    _ => errors.add(BASE, "is not possible"),
                }
            }
            errors.into()
        }
        _ => Fault::Forbidden("Only for administrators of the space."),
    }
}
