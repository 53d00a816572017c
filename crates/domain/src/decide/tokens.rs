//! Tokens: issue and revoke what programs and log-in sessions prove themselves with.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Changes, Command, Context, Decision, Lock, Probe, Snapshot, Targets, TokenChange};
use crate::ids::{ClientId, TokenId, UserId};
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
    /// A client, for somebody who lets it.
    Access,
    /// A client, to get new tokens with; opens no door itself.
    Refresh,
    /// A client, to get its first token with; opens no door itself.
    Code,
}

impl TokenKind {
    /// All kinds.
    pub const ALL: [Self; 5] = [
        Self::Api,
        Self::Session,
        Self::Access,
        Self::Refresh,
        Self::Code,
    ];

    /// The name it is stored under.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Session => "session",
            Self::Access => "access",
            Self::Refresh => "refresh",
            Self::Code => "code",
        }
    }

    /// The kind that is stored under this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Whether it opens a door.
    pub const fn opens(self) -> bool {
        matches!(self, Self::Api | Self::Session | Self::Access)
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

/// How a client came to a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientGrant {
    /// The client.
    pub client: ClientId,
    /// What the token came of: the number of the code, or of the first token where there was no code.
    pub family: TokenId,
    /// What it may be used for, in the door's own words with spaces between.
    pub words: String,
    /// Of a code, where the person was sent back to.
    pub redirect_uri: Option<String>,
    /// Of a code, what the client must prove itself against (RFC 7636).
    pub challenge: Option<String>,
}

/// A token as it is stored, as far as a decision needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldToken {
    /// Its number.
    pub id: TokenId,
    /// Whose it is.
    pub user: UserId,
    /// What it is for.
    pub kind: TokenKind,
    /// What it may be used for.
    pub scopes: Scopes,
    /// Until when; none for ever.
    pub expires_at: Option<Timestamp>,
    /// How a client came to it.
    pub grant: Option<ClientGrant>,
    /// Whether it was used, and is good for nothing any more.
    pub spent: bool,
}

/// Issue a token.
#[derive(Clone, Debug)]
pub struct IssueToken(pub NewToken);

/// Revoke a token: at once, for ever, and with it all that came of the same consent.
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
            new_tokens: 1,
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
        let id = snapshot.fresh.tokens.first().copied();
        let id = id.unwrap_or(TokenId(0));
        let change = TokenChange::Issued {
            id,
            token: token.clone(),
            grant: None,
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
            token: Some(self.id),
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
        let held = snapshot.token.as_ref();
        let grant = held.and_then(|held| held.grant.as_ref());
        let user = self.owner;
        let change = match grant {
            Some(grant) => TokenChange::FamilyEnded {
                family: grant.family,
                user,
            },
            None => TokenChange::Revoked { id: self.id, user },
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
