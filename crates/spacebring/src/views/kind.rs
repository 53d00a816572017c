//! The five types of resources that this API knows.

use domain::catalog::{Object, Resource, ResourceKind, ResourceMode};
use domain::people::Rights;
use serde::Serialize;

/// A type of resources.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    /// A desk that is given to whoever books it first.
    HotDesk,
    /// A desk that is somebody's for good.
    DedicatedDesk,
    /// An office.
    Office,
    /// A place to park.
    ParkingLot,
    /// A room.
    Room,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::HotDesk,
        Self::DedicatedDesk,
        Self::Office,
        Self::ParkingLot,
        Self::Room,
    ];

    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::HotDesk => "hotDesk",
            Self::DedicatedDesk => "dedicatedDesk",
            Self::Office => "office",
            Self::ParkingLot => "parkingLot",
            Self::Room => "room",
        }
    }

    /// The type of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Whether a booking has to say how many seats it takes.
    pub const fn has_seats(self) -> bool {
        matches!(self, Self::HotDesk | Self::DedicatedDesk | Self::Office)
    }
}

/// The type of a resource; none for what this API has no word for.
const fn kind_of(resource: &Resource) -> Option<Kind> {
    match (resource.kind, resource.mode) {
        (ResourceKind::Desk, ResourceMode::Assigned) => Some(Kind::DedicatedDesk),
        (ResourceKind::Desk, _) => Some(Kind::HotDesk),
        (ResourceKind::Office, _) => Some(Kind::Office),
        (ResourceKind::Parking, _) => Some(Kind::ParkingLot),
        (ResourceKind::Room, _) => Some(Kind::Room),
        (ResourceKind::HomeOffice | ResourceKind::Equipment, _) => None,
    }
}

/// The type of a resource that the caller may know of.
pub fn known(resource: &Object<Resource>, rights: &Rights<'_>) -> Option<Kind> {
    kind_of(resource).filter(|_| rights.sees(resource))
}
