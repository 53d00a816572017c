//! A client comes back with the code, and gets tokens for it.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::{
    HandedOut, Handing, Minted, Unfit, count, done, ended, held, is_active, is_over, probe,
    standing,
};
use crate::catalog::Object;
use crate::decide::{
    ClientGrant, Command, Context, Decision, HeldToken, Probe, Snapshot, Targets, TokenChange,
    TokenKind,
};
use crate::ids::{TokenId, UserId};
use crate::people::{Client, Scopes};
use crate::refusal::Refusal;

/// A client comes back with the code.
#[derive(Clone, Debug)]
pub struct Redeem {
    /// Which client, proved.
    pub client: Arc<Object<Client>>,
    /// The number of the code.
    pub code: TokenId,
    /// Who gave it.
    pub owner: UserId,
    /// Where the person was sent back to, as the client has it; none if it does not say.
    pub redirect_uri: Option<String>,
    /// What it proves itself with.
    pub verifier: Option<String>,
    /// The hashes of what it gets.
    pub minted: Minted,
}

/// Whether this is the challenge of the verifier: RFC 7636, section 4.6.
fn proves(verifier: &str, challenge: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    (43..=128).contains(&verifier.len())
        && verifier.bytes().all(plain)
        && URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)) == challenge
}

impl Redeem {
    fn judge(
        &self,
        (held, grant): (&HeldToken, &ClientGrant),
        client: &Object<Client>,
        context: &Context,
        snapshot: &Snapshot,
    ) -> Result<(Vec<TokenChange>, HandedOut), Unfit> {
        let told = self.redirect_uri.as_ref();
        let same = told.is_none_or(|told| grant.redirect_uri.as_ref() == Some(told));
        let proved = match (&grant.challenge, &self.verifier) {
            (Some(challenge), Some(verifier)) => proves(verifier, challenge),
            (None, None) => client.secret_hash.is_some(),
            // Where there was no challenge, a verifier shows that somebody took it away.
            _ => false,
        };
        let scopes = held.scopes.common(client.allowed());
        let good = same && proved && scopes != Scopes::default();
        if !good || is_over(held, context.now) || !is_active(held.user, snapshot) {
            return Err(Unfit::Grant);
        }
        let handing = Handing {
            client,
            user: held.user,
            scopes: (scopes, scopes),
            words: (grant.words.clone(), grant.words.clone()),
            family: Some(grant.family),
            minted: self.minted,
        };
        let (issued, outcome) = handing.changes(context.now, snapshot);
        let mut changes = vec![TokenChange::Spent {
            id: held.id,
            family: grant.family,
            user: held.user,
        }];
        changes.extend(issued);
        Ok((changes, outcome))
    }
}

impl Command for Redeem {
    type Outcome = Result<HandedOut, Unfit>;

    fn targets(&self, _context: &Context) -> Targets {
        Targets {
            users: vec![self.owner, self.client.user],
            token: Some(self.code),
            ..Targets::default()
        }
    }

    fn probe(&self, _context: &Context, _snapshot: &Snapshot) -> Result<Probe, Refusal> {
        Ok(probe([self.owner, self.client.user], count(&self.client)))
    }

    fn decide(
        &self,
        context: &Context,
        snapshot: &Snapshot,
    ) -> Result<Decision<Self::Outcome>, Refusal> {
        let found = standing(&self.client, snapshot)
            .and_then(|client| Ok((client, held(TokenKind::Code, self.code, client, snapshot)?)));
        Ok(match found {
            Err(unfit) => done(Err(unfit)),
            Ok((_, (held, grant))) if held.spent => ended(grant.family, held.user),
            Ok((client, found)) => done(self.judge(found, client, context, snapshot)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verifier_is_proved_as_rfc_7636_shows() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        assert!(proves(verifier, challenge));
        assert!(!proves(challenge, challenge), "plain");
        assert!(!proves(
            "short",
            &URL_SAFE_NO_PAD.encode(Sha256::digest("short"))
        ));
    }
}
