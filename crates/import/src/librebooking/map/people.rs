//! Groups with roles and permissions, and users with their passwords.

use std::collections::{BTreeMap, HashMap, HashSet};

use domain::catalog::StoredObject;
use domain::ids::{GroupId, ResourceId, ScheduleId, UserId};
use domain::people::{Group, Permission, ResourcePermission, Role, User, UserState};
use domain::takeover::SourceUser;
use domain::time::Zone;

use super::super::tables::UserRow;
use super::frame::{Frame, category};
use super::notes::Notes;
use super::object;
use super::time::{color, language};

/// The name of the preference that colours a person's reservations.
const COLOR: &str = "reservation-color";

/// The groups.
pub(super) fn groups(frame: &Frame<'_>, notes: &mut Notes) -> Vec<StoredObject> {
    let mut roles: HashMap<i64, Vec<Role>> = HashMap::new();
    for row in &frame.tables.group_roles {
        let role = match row.role_id {
            1 => Role::GroupAdministrator,
            2 => Role::ApplicationAdministrator,
            3 => Role::ResourceAdministrator,
            4 => Role::ScheduleAdministrator,
            other => {
                notes.left(
                    "group_roles",
                    row.group_id,
                    format!("there is no role {other}"),
                );
                continue;
            }
        };
        roles.entry(row.group_id).or_default().push(role);
    }
    let mut permissions: HashMap<i64, BTreeMap<i64, Permission>> = HashMap::new();
    for row in &frame.tables.group_resource_permissions {
        if !frame.resources.contains_key(&row.resource_id) {
            let detail = format!("resource {} does not exist", row.resource_id);
            notes.left("group_resource_permissions", row.group_id, detail);
            continue;
        }
        let held = permissions.entry(row.group_id).or_default();
        held.insert(row.resource_id, permission(row.permission_type));
    }
    let mut objects = Vec::new();
    for row in &frame.tables.groups {
        let id = row.group_id;
        let admin_group = row
            .admin_group_id
            .filter(|admin| frame.groups.contains(admin));
        if let (Some(admin), None) = (row.admin_group_id, admin_group) {
            notes.adapted(
                "groups",
                id,
                format!("its administrators' group {admin} does not exist"),
            );
        }
        let group = Group {
            name: row.name.clone().unwrap_or_else(|| format!("Group {id}")),
            roles: roles.remove(&id).unwrap_or_default(),
            permissions: granted(permissions.remove(&id)),
            admin_group: admin_group.map(GroupId),
            default: row.isdefault,
        };
        objects.push(object(id, &group));
    }
    objects
}

/// What a permission allows: 1 is to see, anything else to book.
fn permission(kind: Option<i64>) -> Permission {
    if kind == Some(1) {
        Permission::View
    } else {
        Permission::Full
    }
}

fn granted(permissions: Option<BTreeMap<i64, Permission>>) -> Vec<ResourcePermission> {
    let all = permissions.into_iter().flatten();
    all.map(|(resource, permission)| ResourcePermission {
        resource: ResourceId(resource),
        permission,
    })
    .collect()
}

/// The users.
pub(super) fn users(frame: &Frame<'_>, notes: &mut Notes) -> Vec<SourceUser> {
    let mut groups: HashMap<i64, Vec<GroupId>> = HashMap::new();
    for row in &frame.tables.user_groups {
        if frame.groups.contains(&row.group_id) {
            groups
                .entry(row.user_id)
                .or_default()
                .push(GroupId(row.group_id));
        } else {
            let detail = format!("group {} does not exist", row.group_id);
            notes.left("user_groups", row.user_id, detail);
        }
    }
    let mut permissions: HashMap<i64, BTreeMap<i64, Permission>> = HashMap::new();
    for row in &frame.tables.user_resource_permissions {
        if frame.resources.contains_key(&row.resource_id) {
            let held = permissions.entry(row.user_id).or_default();
            held.insert(row.resource_id, permission(row.permission_type));
        } else {
            let detail = format!("resource {} does not exist", row.resource_id);
            notes.left("user_resource_permissions", row.user_id, detail);
        }
    }
    let mut preferences: HashMap<i64, BTreeMap<String, String>> = HashMap::new();
    for row in &frame.tables.user_preferences {
        if let (Some(name), Some(value)) = (row.name.clone(), row.value.clone()) {
            preferences
                .entry(row.user_id)
                .or_default()
                .insert(name, value);
        }
    }
    let mut names = Names::default();
    let mut users = Vec::new();
    for row in &frame.tables.users {
        let id = row.user_id;
        let mut preferences = preferences.remove(&id).unwrap_or_default();
        let color = preferences
            .remove(COLOR)
            .and_then(|value| color(Some(&value)));
        let mut groups = groups.remove(&id).unwrap_or_default();
        groups.sort_unstable();
        groups.dedup();
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let user = User {
            username: names.username(row, notes),
            email: names.email(row, notes),
            first_name: text(&row.fname),
            last_name: text(&row.lname),
            state: state(row, notes),
            language: language(row.language.as_deref()),
            zone: zone(row, notes),
            phone: row.phone.clone(),
            company: row.organization.clone(),
            position: row.position.clone(),
            groups,
            permissions: granted(permissions.remove(&id)),
            attributes: frame.values(category::USER, id),
            default_schedule: row
                .default_schedule_id
                .filter(|schedule| frame.schedules.contains_key(schedule))
                .map(ScheduleId),
            color,
            created_at: row.date_created,
            last_login_at: row.lastlogin,
            terms_accepted_at: row.terms_date_accepted,
            extension: preferences
                .into_iter()
                .map(|(name, value)| (format!("librebooking.{name}"), value))
                .collect(),
            ..User::default()
        };
        users.push(SourceUser {
            id: UserId(id),
            user,
            password_hash: password(row, notes),
        });
    }
    users
}

fn state(row: &UserRow, notes: &mut Notes) -> UserState {
    match row.status_id {
        Some(1) => UserState::Active,
        Some(2) => UserState::Awaiting,
        Some(3) => UserState::Inactive,
        other => {
            notes.adapted(
                "users",
                row.user_id,
                format!("there is no status {other:?}: inactive"),
            );
            UserState::Inactive
        }
    }
}

fn zone(row: &UserRow, notes: &mut Notes) -> Option<Zone> {
    let zone = Zone::parse(row.timezone.as_deref()?);
    zone.inspect_err(|error| notes.adapted("users", row.user_id, error.to_string()))
        .ok()
}

/// The password as the engine verifies it: what newer versions make is in the form of PHP's `password_hash`, older
/// ones made SHA-1 of the password and a salt.
fn password(row: &UserRow, notes: &mut Notes) -> Option<String> {
    let hash = row.password.as_deref().unwrap_or_default();
    if hash.starts_with("$2") || hash.starts_with("$argon2") {
        return Some(hash.to_owned());
    }
    if hash.len() == 40 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        let salt = row.salt.as_deref().unwrap_or_default();
        return Some(format!(
            "$librebooking-sha1${}${salt}",
            hash.to_ascii_lowercase()
        ));
    }
    notes.adapted(
        "users",
        row.user_id,
        "the password has an unknown form: a new one is needed",
    );
    None
}

/// The names and addresses that are given out: each is unique without regard to case.
#[derive(Default)]
struct Names {
    usernames: HashSet<String>,
    emails: HashSet<String>,
}

impl Names {
    fn username(&mut self, row: &UserRow, notes: &mut Notes) -> String {
        let id = row.user_id;
        let wanted = row.username.clone().or_else(|| row.email.clone());
        if let Some(name) = wanted.filter(|name| self.usernames.insert(name.to_lowercase())) {
            return name;
        }
        let name = format!("user-{id}");
        self.usernames.insert(name.clone());
        notes.adapted(
            "users",
            id,
            format!("the user name is missing or another's: {name}"),
        );
        name
    }

    fn email(&mut self, row: &UserRow, notes: &mut Notes) -> String {
        let id = row.user_id;
        let wanted = row.email.clone();
        if let Some(email) = wanted.filter(|email| self.emails.insert(email.to_lowercase())) {
            return email;
        }
        let email = format!("user-{id}@librebooking.invalid");
        self.emails.insert(email.clone());
        notes.adapted(
            "users",
            id,
            format!("the address is missing or another's: {email}"),
        );
        email
    }
}
