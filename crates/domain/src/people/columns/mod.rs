//! People as rows of a sheet: what stands in each column, and what it means to write something there.
//!
//! Export and import are two sides of this: [`Column::text`] says what a column shows of a user, and [`Directory::set`]
//! makes a user of whom it would show that. A text that a column shows already changes nothing, so what was exported can be
//! imported again, and an import can be repeated.

mod directory;
mod list;

pub use directory::Directory;

use super::User;
use crate::catalog::{Catalog, Object};

/// A column of a sheet of people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Column {
    /// Given and family name.
    Name,
    /// The address.
    Email,
    /// The department; kept in [`User::extension`].
    Department,
    /// What the person does: [`User::position`].
    Function,
    /// What the person says of themselves.
    About,
    /// Whether the person wants mail: `1` or `0`; kept in [`User::extension`].
    Notify,
    /// The names of the groups the person is in.
    Groups,
    /// What the person is by these groups: `administrator`, `group_manager`, `location_manager`, otherwise `user`.
    Roles,
    /// The zone of the person's times.
    Timezone,
    /// The number of the user; never written.
    Id,
    /// When the account was made; never written.
    Created,
    /// The plates of the person's vehicles.
    LicensePlates,
    /// Telephone.
    Phone,
    /// Tags; kept in [`User::extension`].
    Tags,
    /// The cost centre; kept in [`User::extension`].
    CostCenter,
    /// The user principal name of a directory service; kept in [`User::extension`].
    Upn,
}

/// Why a text can not stand in a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Something must stand there.
    Required,
    /// It is no plain mail address.
    NoAddress,
    /// Somebody else has it.
    Taken,
    /// Another row has it.
    Repeated,
    /// There is no such thing, or more than one.
    Unknown,
    /// It is no number.
    NoNumber,
    /// It is no time zone.
    NoZone,
    /// It means neither yes nor no.
    NoFlag,
    /// It is longer than so many characters.
    TooLong(usize),
    /// It has characters that do not show.
    Unprintable,
}

impl Column {
    /// All columns, in the order in which they are written out.
    pub const ALL: [Self; 16] = [
        Self::Name,
        Self::Email,
        Self::Department,
        Self::Function,
        Self::About,
        Self::Notify,
        Self::Groups,
        Self::Roles,
        Self::Timezone,
        Self::Id,
        Self::Created,
        Self::LicensePlates,
        Self::Phone,
        Self::Tags,
        Self::CostCenter,
        Self::Upn,
    ];

    /// What stands at its head.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Email => "email",
            Self::Department => "department",
            Self::Function => "function",
            Self::About => "about",
            Self::Notify => "notify",
            Self::Groups => "groups",
            Self::Roles => "roles",
            Self::Timezone => "timezone",
            Self::Id => "id",
            Self::Created => "created",
            Self::LicensePlates => "license_plates",
            Self::Phone => "phone",
            Self::Tags => "tags",
            Self::CostCenter => "cost_center",
            Self::Upn => "upn",
        }
    }

    /// The column with this at its head, whatever its case and whether its words are joined by `_`, `-` or a space.
    pub fn from_name(name: &str) -> Option<Self> {
        let name = name.trim().to_lowercase().replace([' ', '-'], "_");
        Self::ALL.into_iter().find(|column| column.name() == name)
    }

    /// What the column shows of a user. Characters that do not show are left out, since not every kind of sheet can hold
    /// them.
    pub fn text(self, user: &Object<User>, catalog: &Catalog) -> String {
        let plain = |text: Option<&String>| text.map(|text| shown(text)).unwrap_or_default();
        match self {
            Self::Name => shown(&user.name()),
            Self::Email => user.email.clone(),
            Self::Function => plain(user.position.as_ref()),
            Self::About => plain(user.about.as_ref()),
            Self::Groups => {
                let groups = user.groups.iter().filter_map(|id| catalog.group(*id));
                list::join(groups.map(|group| shown(&group.name)))
            }
            Self::Roles => directory::roles(&user.groups, catalog),
            Self::Timezone => user
                .zone
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
            Self::Id => user.id.to_string(),
            Self::Created => {
                let moment =
                    |at: jiff::Timestamp| at.strftime("%Y-%m-%dT%H:%M:%S.%6fZ").to_string();
                user.created_at.map(moment).unwrap_or_default()
            }
            Self::LicensePlates => {
                list::join(user.vehicles.iter().map(|vehicle| shown(&vehicle.plate)))
            }
            Self::Phone => plain(user.phone.as_ref()),
            Self::Department | Self::Notify | Self::Tags | Self::CostCenter | Self::Upn => {
                plain(user.extension.get(self.name()))
            }
        }
    }
}

/// A text without what does not show, but for lines and tabs, and without white space around it.
fn shown(text: &str) -> String {
    let hidden = |c: char| c.is_control() && !matches!(c, '\t' | '\r' | '\n');
    text.replace(hidden, "").trim().to_owned()
}
