//! What makes sense of clients.

use super::{invalid, named};
use crate::catalog::{Catalog, Object};
use crate::decide::manage::Validate;
use crate::people::{Client, Door, MAX_REDIRECT_URIS, Rights, Scope, is_redirect_uri};
use crate::refusal::Refusal;

impl Validate for Client {
    fn find(catalog: &Catalog, id: i64) -> Option<&Object<Self>> {
        catalog.clients.get(id).map(AsRef::as_ref)
    }

    fn visible(_object: &Object<Self>, rights: &Rights<'_>) -> bool {
        rights.administers_all()
    }

    fn validate(&self, _id: Option<i64>, _catalog: &Catalog) -> Result<(), Refusal> {
        named(&self.name)?;
        let possible = Client::scopes_of(self.door);
        if !matches!(self.door, Door::Cobot | Door::Spacebring) {
            return Err(invalid("door", "cobot or spacebring"));
        }
        if self.scopes.is_empty() || !possible.includes(self.allowed()) {
            let names: Vec<&str> = possible.iter().map(Scope::name).collect();
            return Err(invalid(
                "scopes",
                format!("at least one of: {}", names.join(", ")),
            ));
        }
        if self.redirect_uris.len() > MAX_REDIRECT_URIS {
            return Err(invalid(
                "redirect_uris",
                format!("at most {MAX_REDIRECT_URIS}"),
            ));
        }
        if !self.redirect_uris.iter().all(|uri| is_redirect_uri(uri)) {
            let detail = "https, http to this machine (localhost, 127.0.0.1, [::1]), or an app's own scheme with a dot; \
                          no fragment, no user name, at most 1000 characters";
            return Err(invalid("redirect_uris", detail));
        }
        if self.secret_hash.is_none() && self.redirect_uris.is_empty() {
            return Err(invalid(
                "redirect_uris",
                "a client without a secret needs one",
            ));
        }
        if self.trusted && (self.secret_hash.is_none() || self.door != Door::Cobot) {
            let detail = "only a client of Cobot's API that has a secret";
            return Err(invalid("trusted", detail));
        }
        Ok(())
    }
}
