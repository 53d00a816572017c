//! Writing into a column: what a text there makes of a user.

use std::collections::{BTreeSet, HashMap};

use super::{Column, Fault, list};
use crate::catalog::{Catalog, Object};
use crate::ids::GroupId;
use crate::limits::{MAX_ABOUT, MAX_NAME};
use crate::people::{Group, Role, User, Vehicle};
use crate::rules;
use crate::time::Zone;

/// The most vehicles of a person that a sheet may give.
const MAX_VEHICLES: usize = 50;

/// What texts of a sheet can name: the groups of an organisation.
pub struct Directory<'a> {
    catalog: &'a Catalog,
    groups: HashMap<String, Vec<GroupId>>,
}

const WORDS: [&str; 3] = ["administrator", "group_manager", "location_manager"];

/// What people call a role, if they have a word for it here.
const fn word(role: Role) -> Option<&'static str> {
    match role {
        Role::ApplicationAdministrator => Some(WORDS[0]),
        Role::GroupAdministrator => Some(WORDS[1]),
        Role::LocationManager | Role::SiteManager => Some(WORDS[2]),
        Role::ResourceAdministrator | Role::ScheduleAdministrator => None,
    }
}

/// Somebody without any of these roles.
const NO_ROLE: &str = "user";

fn words(group: &Group) -> impl Iterator<Item = &'static str> {
    group.roles.iter().filter_map(|role| word(*role))
}

fn held(groups: &[GroupId], catalog: &Catalog) -> BTreeSet<&'static str> {
    let groups = groups.iter().filter_map(|id| catalog.group(*id));
    groups
        .flat_map(|group| words(group).collect::<Vec<_>>())
        .collect()
}

/// What the members of these groups are.
pub(super) fn roles(groups: &[GroupId], catalog: &Catalog) -> String {
    let held = held(groups, catalog);
    if held.is_empty() {
        NO_ROLE.to_owned()
    } else {
        list::join(held.into_iter().map(str::to_owned))
    }
}

impl<'a> Directory<'a> {
    /// What can be named in an organisation.
    pub fn new(catalog: &'a Catalog) -> Self {
        let mut groups: HashMap<String, Vec<GroupId>> = HashMap::new();
        for group in catalog.groups.values() {
            let name = super::shown(&group.name).to_lowercase();
            groups.entry(name).or_default().push(GroupId(group.id));
        }
        Self { catalog, groups }
    }

    /// Writes a text into a column of a user. An empty one takes away what may be missing; groups and roles it leaves as
    /// they are, so that a sheet without them changes nobody's rights.
    ///
    /// Roles are what somebody is by their groups: those that give other roles are left, and the first group that gives no
    /// other than the wanted ones is joined.
    ///
    /// # Errors
    /// If the text can not stand there; the user may have been changed in part.
    pub fn set(&self, column: Column, user: &mut Object<User>, text: &str) -> Result<(), Fault> {
        let text = text.trim();
        let rights = matches!(column, Column::Groups | Column::Roles);
        // What roles a user has follows from groups, which another column may just have changed.
        if !rights && text == column.text(user, self.catalog) {
            return Ok(());
        }
        let user = &mut user.body;
        match column {
            Column::Name => set_name(user, text)?,
            Column::Email => set_email(user, text)?,
            Column::Function => user.position = short(text)?,
            Column::Phone => user.phone = short(text)?,
            Column::About => user.about = long(text)?,
            Column::Notify => keep(user, column, flag(text)?),
            Column::Timezone if text.is_empty() => user.zone = None,
            Column::Timezone => user.zone = Some(Zone::parse(text).map_err(|_| Fault::NoZone)?),
            Column::LicensePlates => set_plates(user, text)?,
            Column::Department | Column::CostCenter | Column::Upn => {
                keep(user, column, short(text)?);
            }
            Column::Tags => {
                let tags = list::join(list::split(text).into_iter());
                keep(user, column, long(&tags)?);
            }
            Column::Groups if !text.is_empty() => self.set_groups(user, text)?,
            Column::Roles if !text.is_empty() => self.set_roles(user, text)?,
            Column::Groups | Column::Roles | Column::Id | Column::Created => {}
        }
        Ok(())
    }

    /// These groups and no other; in their present order, if they are the same.
    fn set_groups(&self, user: &mut User, text: &str) -> Result<(), Fault> {
        let mut groups: Vec<GroupId> = Vec::new();
        for name in list::split(text) {
            let named = self
                .groups
                .get(&name.to_lowercase())
                .ok_or(Fault::Unknown)?;
            let left: Vec<GroupId> = named
                .iter()
                .copied()
                .filter(|id| !groups.contains(id))
                .collect();
            let own = left.iter().find(|id| user.groups.contains(id));
            let id = own.copied().or_else(|| self.only(&left, &name));
            groups.push(id.ok_or(Fault::Unknown)?);
        }
        let same =
            groups.len() == user.groups.len() && groups.iter().all(|id| user.groups.contains(id));
        if !same {
            user.groups = groups;
        }
        Ok(())
    }

    /// The only one of these groups, or the only one that is written just so.
    fn only(&self, groups: &[GroupId], name: &str) -> Option<GroupId> {
        if let [only] = groups {
            return Some(*only);
        }
        let exact = |id: &&GroupId| {
            self.catalog
                .group(**id)
                .is_some_and(|group| group.name == name)
        };
        let mut exact = groups.iter().filter(exact);
        exact.next().copied().filter(|_| exact.next().is_none())
    }

    fn set_roles(&self, user: &mut User, text: &str) -> Result<(), Fault> {
        let mut wanted = BTreeSet::new();
        for name in list::split(text) {
            let name = name.to_lowercase().replace([' ', '-'], "_");
            match WORDS.into_iter().find(|word| *word == name) {
                Some(word) => drop(wanted.insert(word)),
                None if name == NO_ROLE => {}
                None => return Err(Fault::Unknown),
            }
        }
        let fits = |group: &Group| words(group).all(|word| wanted.contains(word));
        user.groups
            .retain(|id| self.catalog.group(*id).is_none_or(|group| fits(group)));
        for word in &wanted {
            if held(&user.groups, self.catalog).contains(word) {
                continue;
            }
            let gives = |group: &&std::sync::Arc<Object<Group>>| {
                fits(group) && words(group).any(|given| given == *word)
            };
            let group = self
                .catalog
                .groups
                .values()
                .find(gives)
                .ok_or(Fault::Unknown)?;
            user.groups.push(GroupId(group.id));
        }
        Ok(())
    }
}

/// Given names up to the last word, which is the family name. One that reads the same stays as it is divided.
fn set_name(user: &mut User, text: &str) -> Result<(), Fault> {
    let single = |name: &str| name.split_whitespace().collect::<Vec<_>>().join(" ");
    let name = short(&single(text))?.ok_or(Fault::Required)?;
    if name != single(&super::shown(&user.name())) {
        let (first, last) = name.rsplit_once(' ').unwrap_or((&name, ""));
        (user.first_name, user.last_name) = (first.to_owned(), last.to_owned());
    }
    Ok(())
}

/// An address that is written in other letters is the same one. Who logs in by the old one logs in by the new one.
fn set_email(user: &mut User, text: &str) -> Result<(), Fault> {
    let address = short(text)?.ok_or(Fault::Required)?;
    if !rules::is_address(&address) {
        return Err(Fault::NoAddress);
    }
    if address.to_lowercase() != user.email.to_lowercase() {
        if user.username.to_lowercase() == user.email.to_lowercase() {
            user.username.clone_from(&address);
        }
        user.email = address;
    }
    Ok(())
}

/// These vehicles and no other; one whose plate is known keeps its number.
fn set_plates(user: &mut User, text: &str) -> Result<(), Fault> {
    let plates = list::split(text);
    if plates.len() > MAX_VEHICLES {
        return Err(Fault::TooLong(MAX_VEHICLES * MAX_NAME));
    }
    let mut last = user
        .vehicles
        .iter()
        .map(|vehicle| vehicle.id)
        .max()
        .unwrap_or(0);
    let mut vehicles = Vec::with_capacity(plates.len());
    for plate in plates {
        let plate = short(&plate)?.ok_or(Fault::Required)?;
        let known = user
            .vehicles
            .iter()
            .find(|vehicle| super::shown(&vehicle.plate) == plate);
        vehicles.push(known.cloned().unwrap_or_else(|| {
            last += 1;
            Vehicle {
                id: last,
                name: None,
                plate,
            }
        }));
    }
    user.vehicles = vehicles;
    Ok(())
}

fn flag(text: &str) -> Result<Option<String>, Fault> {
    let flag = match text.to_lowercase().as_str() {
        "" => None,
        "1" | "true" | "yes" => Some("1"),
        "0" | "false" | "no" => Some("0"),
        _ => return Err(Fault::NoFlag),
    };
    Ok(flag.map(str::to_owned))
}

/// Puts a value of another system's where a user keeps them.
fn keep(user: &mut User, column: Column, value: Option<String>) {
    match value {
        Some(value) => drop(user.extension.insert(column.name().to_owned(), value)),
        None => drop(user.extension.remove(column.name())),
    }
}

fn short(text: &str) -> Result<Option<String>, Fault> {
    if text.chars().any(char::is_control) {
        return Err(Fault::Unprintable);
    }
    limited(text, MAX_NAME)
}

fn long(text: &str) -> Result<Option<String>, Fault> {
    if text
        .chars()
        .any(|c| c.is_control() && !matches!(c, '\t' | '\r' | '\n'))
    {
        return Err(Fault::Unprintable);
    }
    limited(text, MAX_ABOUT)
}

fn limited(text: &str, limit: usize) -> Result<Option<String>, Fault> {
    if text.chars().count() > limit {
        return Err(Fault::TooLong(limit));
    }
    Ok((!text.is_empty()).then(|| text.to_owned()))
}
