//! The organisation, its sites and their areas.

use serde::{Deserialize, Serialize};

use super::floor_plan::FloorPlan;
use super::policy::Policy;
use crate::ids::{GroupId, SiteId};
use crate::money::Tax;
use crate::time::Zone;

/// The tenant that everything belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Organisation {
    /// Its name.
    pub name: String,
    /// The zone of everything that names none.
    pub zone: Zone,
    /// The host names under which it is reached; the default organisation needs none.
    #[serde(default)]
    pub hosts: Vec<String>,
    /// ISO 4217 code of its currency.
    #[serde(default)]
    pub currency: Option<String>,
    /// The terms of use that bookings may have to accept.
    #[serde(default)]
    pub terms: Option<String>,
    /// Whether bookings cost credits at all; where they do not, no price in credits counts.
    #[serde(default = "yes")]
    pub credits_enabled: bool,
    /// Whether everybody may look up how others can be reached, and who is in which group; otherwise people know of
    /// each other by name only.
    #[serde(default)]
    pub open_directory: bool,
    /// Whether people may register themselves.
    #[serde(default)]
    pub self_registration: bool,
    /// Whether everybody with a log-in may know the names of all resources and what stands in which group, as
    /// `LibreBooking` tells them. What else there is to a resource follows its policy all the same.
    #[serde(default)]
    pub open_catalog: bool,
    /// How many of a hundred users an import may deactivate without being told their number.
    #[serde(default = "deactivation_share")]
    pub deactivation_share: u8,
    /// Which other systems' APIs are open.
    #[serde(default)]
    pub doors: Doors,
    /// The policy of all its resources.
    #[serde(default)]
    pub policy: Policy,
}

impl Organisation {
    /// The usual [`Organisation::deactivation_share`]: more than leave between two imports, and less than a list lacks that
    /// was cut off.
    pub const DEACTIVATION_SHARE: u8 = 20;

    /// An organisation that has set nothing yet.
    pub fn new(name: impl Into<String>, zone: Zone) -> Self {
        Self {
            name: name.into(),
            zone,
            hosts: Vec::new(),
            currency: None,
            terms: None,
            credits_enabled: true,
            open_directory: false,
            self_registration: false,
            open_catalog: false,
            deactivation_share: Self::DEACTIVATION_SHARE,
            doors: Doors::default(),
            policy: Policy::default(),
        }
    }
}

/// Which other systems' APIs an organisation answers through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Doors {
    /// `LibreBooking`'s.
    pub librebooking: bool,
}

impl Default for Doors {
    fn default() -> Self {
        Self { librebooking: true }
    }
}

const fn deactivation_share() -> u8 {
    Organisation::DEACTIVATION_SHARE
}

const fn yes() -> bool {
    true
}

/// A building or campus.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Site {
    /// Its name.
    pub name: String,
    /// Its zone.
    pub zone: Zone,
    /// The first label of the host names under which it is reached at the doors that tell sites apart by those.
    #[serde(default)]
    pub subdomain: Option<String>,
    /// Its postal address.
    #[serde(default)]
    pub address: Option<String>,
    /// The group whose members manage it.
    #[serde(default)]
    pub manager_group: Option<GroupId>,
    /// The tax in its prices, where a price rule says none.
    #[serde(default)]
    pub tax: Option<Tax>,
    /// The policy of its resources.
    #[serde(default)]
    pub policy: Policy,
}

/// A floor, wing or car park of a site.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Area {
    /// Its name.
    pub name: String,
    /// The site it is part of.
    pub site: SiteId,
    /// A short code, as on a door sign.
    #[serde(default)]
    pub code: Option<String>,
    /// Its floor plan.
    #[serde(default)]
    pub plan: Option<FloorPlan>,
    /// The group whose members manage it.
    #[serde(default)]
    pub manager_group: Option<GroupId>,
    /// The policy of its resources.
    #[serde(default)]
    pub policy: Policy,
}
