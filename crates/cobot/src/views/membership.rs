//! A membership.

use domain::catalog::Catalog;
use domain::ids::MembershipId;
use domain::people::User;
use jiff::civil::Date;
use serde_json::{Map, Value, json};

/// A membership.
pub struct MembershipView;

impl MembershipView {
    /// The membership with this number; with these attributes alone, if any are named. Unknown ones are left out, and so is all
    /// but number and name for who is not to see the contract itself.
    pub fn of(
        id: MembershipId,
        user: Option<&User>,
        whole: bool,
        attributes: Option<&[&str]>,
        catalog: &Catalog,
    ) -> Option<Value> {
        let membership = catalog.memberships.get(id.0)?;
        let plan = catalog.plans.get(membership.plan.0);
        let date = |date: Date| date.strftime("%Y/%m/%d").to_string();
        let all = json!({
            "id": id.to_string(),
            "name": membership.name,
            "email": user.map(|user| &user.email),
            "plan": plan.map(|plan| json!({"id": plan.id.to_string(), "name": plan.name})),
            "starts_at": date(membership.from),
            "canceled_to": membership.until.map(date),
        });
        let Value::Object(all) = all else {
            return None;
        };
        let wanted = |name: &String| {
            let name = name.as_str();
            attributes.is_none_or(|wanted| wanted.contains(&name))
                && (whole || ["id", "name"].contains(&name))
        };
        let chosen: Map<String, Value> = all.into_iter().filter(|(name, _)| wanted(name)).collect();
        Some(Value::Object(chosen))
    }
}
