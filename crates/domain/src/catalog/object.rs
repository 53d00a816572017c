//! Objects of the catalog: a body with its ids and its version.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    Accessory, Announcement, Area, Attribute, Blackout, Organisation, Resource, ResourceGroup,
    ResourceType, Schedule, Site, StateReason, WaitingRequest,
};
use crate::money::PriceRule;
use crate::people::{Client, Group, Membership, Plan, Quota};

/// A body with its ids and its version.
#[derive(Clone, Debug, PartialEq)]
pub struct Object<T> {
    /// Its number among its kind; never used again.
    pub id: i64,
    /// Its name across all kinds and installations.
    pub uuid: Uuid,
    /// Grows by one with each change; the first is 1.
    pub version: i64,
    /// What it is.
    pub body: T,
}

impl<T> Deref for Object<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.body
    }
}

/// The kinds of objects a catalog has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ObjectKind {
    /// [`Organisation`]
    Organisation,
    /// [`Site`]
    Site,
    /// [`Area`]
    Area,
    /// [`Resource`]
    Resource,
    /// [`ResourceType`]
    ResourceType,
    /// [`ResourceGroup`]
    ResourceGroup,
    /// [`Schedule`]
    Schedule,
    /// [`Blackout`]
    Blackout,
    /// [`Accessory`]
    Accessory,
    /// [`Attribute`]
    Attribute,
    /// [`Group`]
    Group,
    /// [`Plan`]
    Plan,
    /// [`Membership`]
    Membership,
    /// [`Quota`]
    Quota,
    /// [`PriceRule`]
    PriceRule,
    /// [`StateReason`]
    StateReason,
    /// [`Announcement`]
    Announcement,
    /// [`WaitingRequest`]
    WaitingRequest,
    /// [`Client`]
    Client,
}

impl ObjectKind {
    /// All kinds.
    pub const ALL: [Self; 19] = [
        Self::Organisation,
        Self::Site,
        Self::Area,
        Self::Resource,
        Self::ResourceType,
        Self::ResourceGroup,
        Self::Schedule,
        Self::Blackout,
        Self::Accessory,
        Self::Attribute,
        Self::Group,
        Self::Plan,
        Self::Membership,
        Self::Quota,
        Self::PriceRule,
        Self::StateReason,
        Self::Announcement,
        Self::WaitingRequest,
        Self::Client,
    ];

    /// The name it is stored under, and that events carry.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Organisation => "organisation",
            Self::Site => "site",
            Self::Area => "area",
            Self::Resource => "resource",
            Self::ResourceType => "resource_type",
            Self::ResourceGroup => "resource_group",
            Self::Schedule => "schedule",
            Self::Blackout => "blackout",
            Self::Accessory => "accessory",
            Self::Attribute => "attribute",
            Self::Group => "group",
            Self::Plan => "plan",
            Self::Membership => "membership",
            Self::Quota => "quota",
            Self::PriceRule => "price_rule",
            Self::StateReason => "state_reason",
            Self::Announcement => "announcement",
            Self::WaitingRequest => "waiting_request",
            Self::Client => "client",
        }
    }

    /// The kind that is stored under this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// A body that the catalog keeps a table of.
pub trait Kind: Serialize + DeserializeOwned + Clone + PartialEq + Send + Sync + 'static {
    /// Which kind it is.
    const KIND: ObjectKind;
}

macro_rules! kinds {
    ($($ty:ident),*) => {$(
        impl Kind for $ty {
            const KIND: ObjectKind = ObjectKind::$ty;
        }
    )*};
}

kinds!(
    Organisation,
    Site,
    Area,
    Resource,
    ResourceType,
    ResourceGroup,
    Schedule,
    Blackout,
    Accessory,
    Attribute,
    Group,
    Plan,
    Membership,
    Quota,
    PriceRule,
    StateReason,
    Announcement,
    WaitingRequest,
    Client
);

/// The objects of one kind, by id.
#[derive(Clone, Debug)]
pub struct Table<T>(BTreeMap<i64, Arc<Object<T>>>);

impl<T> Table<T> {
    pub(super) const fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// The object with this id.
    pub fn get(&self, id: i64) -> Option<&Arc<Object<T>>> {
        self.0.get(&id)
    }

    /// Whether there is an object with this id.
    pub fn contains(&self, id: i64) -> bool {
        self.0.contains_key(&id)
    }

    /// All objects, by id.
    pub fn values(&self) -> impl Iterator<Item = &Arc<Object<T>>> {
        self.0.values()
    }

    /// All objects with an id greater than `id`, by id.
    pub fn after(&self, id: i64) -> impl Iterator<Item = &Arc<Object<T>>> {
        self.0
            .range((std::ops::Bound::Excluded(id), std::ops::Bound::Unbounded))
            .map(|(_, object)| object)
    }

    /// All ids with their objects.
    pub fn iter(&self) -> impl Iterator<Item = (&i64, &Arc<Object<T>>)> {
        self.0.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// An object as it is stored: its body as JSON, or nothing once it is deleted.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredObject {
    /// What it is.
    pub kind: ObjectKind,
    /// Its number among its kind.
    pub id: i64,
    /// Its name across all kinds.
    pub uuid: Uuid,
    /// Its version.
    pub version: i64,
    /// Its body; none once it is deleted.
    pub body: Option<String>,
}

impl StoredObject {
    /// The stored form of an object.
    ///
    /// # Errors
    /// Fails if the body has no JSON form, which no body of a catalog does.
    pub fn encode<T: Kind>(object: &Object<T>) -> Result<Self, serde_json::Error> {
        Ok(Self {
            kind: T::KIND,
            id: object.id,
            uuid: object.uuid,
            version: object.version,
            body: Some(serde_json::to_string(&object.body)?),
        })
    }

    /// The object; none if it is deleted.
    ///
    /// # Errors
    /// Fails if the stored body is not a `T`.
    pub fn decode<T: DeserializeOwned>(&self) -> Result<Option<Object<T>>, serde_json::Error> {
        let Some(body) = &self.body else {
            return Ok(None);
        };
        let body = serde_json::from_str(body)?;
        Ok(Some(Object {
            id: self.id,
            uuid: self.uuid,
            version: self.version,
            body,
        }))
    }

    pub(super) fn put_into<T: Kind>(&self, table: &mut Table<T>) -> Result<(), serde_json::Error> {
        match self.decode::<T>()? {
            Some(object) => table.0.insert(self.id, Arc::new(object)),
            None => table.0.remove(&self.id),
        };
        Ok(())
    }
}
