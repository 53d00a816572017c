//! Who is asking, through which door, and what the token lets them do.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::User;
use crate::catalog::Object;
use crate::ids::{OrganisationId, TokenId, UserId};

/// The way by which a request came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Door {
    /// Tenure's own REST API.
    Api,
    /// The pages.
    Web,
    /// LibreBooking's API.
    Librebooking,
    /// Flexopus' API.
    Flexopus,
    /// Cobot's API.
    Cobot,
    /// Spacebring's API.
    Spacebring,
    /// The command line.
    CommandLine,
    /// A job of the server's own.
    Job,
    /// The take-over of another system's database.
    Import,
}

impl Door {
    /// All doors.
    pub const ALL: [Self; 8] = [
        Self::Api,
        Self::Web,
        Self::Librebooking,
        Self::Flexopus,
        Self::Cobot,
        Self::Spacebring,
        Self::CommandLine,
        Self::Job,
    ];

    /// The name it is stored under.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Web => "web",
            Self::Librebooking => "librebooking",
            Self::Flexopus => "flexopus",
            Self::Cobot => "cobot",
            Self::Spacebring => "spacebring",
            Self::CommandLine => "command_line",
            Self::Job => "job",
            Self::Import => "import",
        }
    }

    /// The door of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|door| door.name() == name)
    }
}

/// One thing that a token may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Scope {
    /// Read bookings and availability.
    #[serde(rename = "bookings:read")]
    BookingsRead,
    /// Make and change bookings.
    #[serde(rename = "bookings:write")]
    BookingsWrite,
    /// Read sites, resources, schedules and the like.
    #[serde(rename = "catalog:read")]
    CatalogRead,
    /// Change them.
    #[serde(rename = "catalog:write")]
    CatalogWrite,
    /// Read users.
    #[serde(rename = "people:read")]
    PeopleRead,
    /// Change users.
    #[serde(rename = "people:write")]
    PeopleWrite,
    /// Read events.
    #[serde(rename = "events:read")]
    EventsRead,
    /// Read the audit log.
    #[serde(rename = "audit:read")]
    AuditRead,
    /// Make and revoke tokens.
    #[serde(rename = "tokens:write")]
    TokensWrite,
    /// Read memberships.
    #[serde(rename = "memberships:read")]
    MembershipsRead,
    /// Read what credits people have.
    #[serde(rename = "credits:read")]
    CreditsRead,
    /// Read who the token's own user is.
    #[serde(rename = "profile:read")]
    ProfileRead,
    /// Read what others are told of events.
    #[serde(rename = "subscriptions:read")]
    SubscriptionsRead,
    /// Change it.
    #[serde(rename = "subscriptions:write")]
    SubscriptionsWrite,
}

impl Scope {
    /// All scopes.
    pub const ALL: [Self; 14] = [
        Self::BookingsRead,
        Self::BookingsWrite,
        Self::CatalogRead,
        Self::CatalogWrite,
        Self::PeopleRead,
        Self::PeopleWrite,
        Self::EventsRead,
        Self::AuditRead,
        Self::TokensWrite,
        Self::MembershipsRead,
        Self::CreditsRead,
        Self::ProfileRead,
        Self::SubscriptionsRead,
        Self::SubscriptionsWrite,
    ];

    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::BookingsRead => "bookings:read",
            Self::BookingsWrite => "bookings:write",
            Self::CatalogRead => "catalog:read",
            Self::CatalogWrite => "catalog:write",
            Self::PeopleRead => "people:read",
            Self::PeopleWrite => "people:write",
            Self::EventsRead => "events:read",
            Self::AuditRead => "audit:read",
            Self::TokensWrite => "tokens:write",
            Self::MembershipsRead => "memberships:read",
            Self::CreditsRead => "credits:read",
            Self::ProfileRead => "profile:read",
            Self::SubscriptionsRead => "subscriptions:read",
            Self::SubscriptionsWrite => "subscriptions:write",
        }
    }

    /// The scope of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.name() == name)
    }

    const fn bit(self) -> u16 {
        1 << self as u16
    }
}

/// What a token may be used for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scopes(u16);

impl Scopes {
    /// Everything its user may do.
    pub const ALL: Self = Self((1 << Scope::ALL.len()) - 1);

    /// Whether the scope is among them.
    pub const fn allows(self, scope: Scope) -> bool {
        self.0 & scope.bit() != 0
    }

    /// Whether all of the others are among these.
    pub const fn includes(self, others: Self) -> bool {
        others.0 & !self.0 == 0
    }

    /// Those that are among both.
    #[must_use]
    pub const fn common(self, others: Self) -> Self {
        Self(self.0 & others.0)
    }

    /// All of both.
    #[must_use]
    pub const fn with(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    /// The scopes, in order.
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL
            .into_iter()
            .filter(move |scope| self.allows(*scope))
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().fold(0, |bits, scope| bits | scope.bit()))
    }
}

/// Somebody who has proved who they are: the only way to reach the engine.
#[derive(Clone, Debug)]
pub struct Actor {
    /// The organisation they are in; nothing outside it exists for them.
    pub organisation: OrganisationId,
    /// The person.
    pub user: Arc<Object<User>>,
    /// What the token may be used for.
    pub scopes: Scopes,
    /// The token they came with; none on the command line and in jobs.
    pub token: Option<TokenId>,
    /// The way they came in.
    pub door: Door,
}

impl Actor {
    /// The person's id.
    pub fn id(&self) -> UserId {
        UserId(self.user.id)
    }
}
