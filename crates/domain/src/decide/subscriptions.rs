//! Subscribe and unsubscribe: other programs that are to be told of what happens at a site.

use super::{
    CatalogLock, Changes, Command, Context, Decision, Probe, Snapshot, SubscriptionChange, Targets,
};
use crate::catalog::ObjectKind;
use crate::ids::{SiteId, SubscriptionId};
use crate::limits::MAX_NAME;
use crate::refusal::{Forbidden, Missing, Refusal, Rule};
use crate::subscription::{MAX_SUBSCRIPTIONS, Subscription, is_callable};

/// Have an address called when something happens at a site.
#[derive(Clone, Debug)]
pub struct Subscribe {
    /// Where.
    pub site: SiteId,
    /// What, in the words of the door.
    pub event: String,
    /// The address.
    pub callback_url: String,
}

/// Call it no more.
#[derive(Clone, Debug)]
pub struct Unsubscribe {
    /// Where.
    pub site: SiteId,
    /// Which.
    pub id: SubscriptionId,
}

/// Refuses who does not manage the site.
fn permit(site: SiteId, context: &Context, snapshot: &Snapshot) -> Result<(), Refusal> {
    let found = snapshot.catalog.sites.get(site.0);
    let found = found.ok_or(Refusal::NotFound(Missing::Object(ObjectKind::Site)))?;
    if context.rights(snapshot).manages_site(found) {
        Ok(())
    } else {
        Err(Refusal::Forbidden(Forbidden::ManageCatalog))
    }
}

fn targets(site: SiteId) -> Targets {
    Targets {
        subscriptions: Some(site),
        ..Targets::default()
    }
}

/// There are few of them, and they change rarely: one at a time in the organisation.
fn probe(new: bool) -> Probe {
    Probe {
        catalog: CatalogLock::Exclusive,
        new_subscription: new,
        ..Probe::default()
    }
}

fn decided<T>(change: SubscriptionChange, outcome: T) -> Decision<T> {
    Decision {
        changes: Changes {
            subscriptions: vec![change],
            ..Changes::default()
        },
        outcome,
    }
}

impl Command for Subscribe {
    type Outcome = Subscription;

    fn targets(&self, _context: &Context) -> Targets {
        targets(self.site)
    }

    fn probe(&self, context: &Context, snapshot: &Snapshot) -> Result<Probe, Refusal> {
        permit(self.site, context, snapshot)?;
        Ok(probe(true))
    }

    fn decide(
        &self,
        context: &Context,
        snapshot: &Snapshot,
    ) -> Result<Decision<Subscription>, Refusal> {
        permit(self.site, context, snapshot)?;
        let invalid = |field: &str, detail: String| {
            let field = field.into();
            Refusal::rule(Rule::Invalid { field, detail })
        };
        let named = !self.event.is_empty() && self.event.chars().count() <= MAX_NAME;
        if !named || self.event.contains(char::is_control) {
            let detail = "1 to 255 characters, no control characters".to_owned();
            return Err(invalid("event", detail));
        }
        if !is_callable(&self.callback_url) {
            let detail = "an http or https address".to_owned();
            return Err(invalid("callback_url", detail));
        }
        let same = |other: &Subscription| {
            other.event == self.event && other.callback_url == self.callback_url
        };
        if snapshot.subscriptions.iter().any(same) {
            let field = "callback_url".into();
            return Err(Refusal::rule(Rule::Taken { field }));
        }
        if snapshot.subscriptions.len() >= MAX_SUBSCRIPTIONS {
            let detail = format!("a site has at most {MAX_SUBSCRIPTIONS} subscriptions");
            return Err(invalid("event", detail));
        }
        let made = Subscription {
            id: snapshot.fresh.subscription.unwrap_or(SubscriptionId(0)),
            site: self.site,
            event: self.event.clone(),
            callback_url: self.callback_url.clone(),
            created_by: context.actor.id(),
            created_at: context.now,
        };
        Ok(decided(SubscriptionChange::Made(made.clone()), made))
    }
}

impl Command for Unsubscribe {
    type Outcome = ();

    fn targets(&self, _context: &Context) -> Targets {
        targets(self.site)
    }

    fn probe(&self, context: &Context, snapshot: &Snapshot) -> Result<Probe, Refusal> {
        permit(self.site, context, snapshot)?;
        Ok(probe(false))
    }

    fn decide(&self, context: &Context, snapshot: &Snapshot) -> Result<Decision<()>, Refusal> {
        permit(self.site, context, snapshot)?;
        let found = snapshot.subscriptions.iter().find(|one| one.id == self.id);
        let found = found.ok_or(Refusal::NotFound(Missing::Subscription))?;
        Ok(decided(SubscriptionChange::Ended(found.clone()), ()))
    }
}
