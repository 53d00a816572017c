//! Tokens: issue and revoke what programs and log-in sessions prove themselves with.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Changes, Command, Context, Decision, Lock, Probe, Snapshot, Targets, TokenChange};
use crate::ids::{TokenId, UserId};
use crate::limits::MAX_NAME;
use crate::people::{Door, Scopes};
use crate::refusal::{Forbidden, Missing, Refusal, Rule};

/// What a token is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenKind {
    /// Programs.
    Api,
    /// A log-in with a password.
    Session,
}

impl TokenKind {
    /// The name it is stored under.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Session => "session",
        }
    }
}

/// A token as it is issued.
#[derive(Clone, Debug)]
pub struct NewToken {
    /// Whose it is.
    pub user: UserId,
    /// What it is for.
    pub kind: TokenKind,
    /// The door it is good at; it opens no other.
    pub door: Door,
    /// What it is called.
    pub name: String,
    /// SHA-256 of the secret, which only the caller ever sees.
    pub hash: [u8; 32],
    /// What it may be used for.
    pub scopes: Scopes,
    /// Until when; none for ever.
    pub expires_at: Option<Timestamp>,
    /// By how much each use puts off the end; none if nothing does.
    pub idle: Option<SignedDuration>,
    /// Whether limits on the rate of requests do not apply; for the demo.
    pub unlimited: bool,
}

/// Issue a token.
#[derive(Clone, Debug)]
pub struct IssueToken(pub NewToken);

/// Revoke a token: at once, for ever.
#[derive(Clone, Debug)]
pub struct RevokeToken {
    /// Which.
    pub id: TokenId,
    /// Whose it is, as the caller has found it stored.
    pub owner: UserId,
}

impl Command for IssueToken {
    type Outcome = TokenId;

    fn targets(&self, _context: &Context) -> Targets {
        Targets {
            users: vec![self.0.user],
            ..Targets::default()
        }
    }

    fn probe(&self, _context: &Context, _snapshot: &Snapshot) -> Result<Probe, Refusal> {
        Ok(Probe {
            locks: vec![Lock::User(self.0.user)],
            new_token: true,
            ..Probe::default()
        })
    }

    fn decide(&self, context: &Context, snapshot: &Snapshot) -> Result<Decision<TokenId>, Refusal> {
        let token = &self.0;
        let user = snapshot
            .users
            .get(&token.user)
            .ok_or(Refusal::NotFound(Missing::User))?;
        if token.user != context.actor.id() && !context.rights(snapshot).administers_all() {
            return Err(Refusal::Forbidden(Forbidden::ManagePeople));
        }
        if !context.actor.scopes.includes(token.scopes)
            || (token.unlimited && context.actor.token.is_some())
        {
            return Err(Refusal::Forbidden(Forbidden::Escalate));
        }
        if !user.is_active() {
            return Err(Refusal::rule(Rule::User { user: token.user }));
        }
        if token.name.chars().count() > MAX_NAME {
            return Err(Refusal::rule(Rule::TextTooLong { limit: 255 }));
        }
        if token.expires_at.is_some_and(|at| at <= context.now) {
            let detail = "must lie in the future".into();
            return Err(Refusal::rule(Rule::Invalid {
                field: "expires_at".into(),
                detail,
            }));
        }
        let id = snapshot.fresh.token.unwrap_or(TokenId(0));
        let change = TokenChange::Issued {
            id,
            token: token.clone(),
        };
        Ok(Decision {
            changes: Changes {
                tokens: vec![change],
                ..Changes::default()
            },
            outcome: id,
        })
    }
}

impl Command for RevokeToken {
    type Outcome = ();

    fn targets(&self, _context: &Context) -> Targets {
        Targets {
            users: vec![self.owner],
            ..Targets::default()
        }
    }

    fn probe(&self, _context: &Context, _snapshot: &Snapshot) -> Result<Probe, Refusal> {
        Ok(Probe {
            locks: vec![Lock::User(self.owner)],
            ..Probe::default()
        })
    }

    fn decide(&self, context: &Context, snapshot: &Snapshot) -> Result<Decision<()>, Refusal> {
        if self.owner != context.actor.id() && !context.rights(snapshot).administers_all() {
            return Err(Refusal::NotFound(Missing::Token));
        }
        let change = TokenChange::Revoked {
            id: self.id,
            user: self.owner,
        };
        Ok(Decision {
            changes: Changes {
                tokens: vec![change],
                ..Changes::default()
            },
            outcome: (),
        })
    }
}
