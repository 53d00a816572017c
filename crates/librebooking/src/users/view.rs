//! A user as lists and the user's own service show it.

use domain::catalog::{Attribute, AttributeSubject, Catalog, Object};
use domain::ids::UserId;
use domain::people::{Rights, User, UserState};
use engine::store::Standing;
use engine::{Calendar, CalendarKeys};
use rust_decimal::Decimal;
use serde::Serialize;

use crate::calendar;
use crate::dates::{OrEmpty, in_utc};
use crate::links::{Link, Links};
use crate::views::{AttributeValueView, Attributes, ResourceNameView};

/// A user in a list. Dates are in UTC; what is not for the reader is null, and `reservationColor` is for everybody, as
/// it is in LibreBooking.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UserItemView<'a> {
    id: i64,
    user_name: Option<&'a str>,
    first_name: &'a str,
    last_name: &'a str,
    email_address: Option<&'a str>,
    phone_number: Option<&'a str>,
    date_created: OrEmpty,
    last_login: OrEmpty,
    status_id: u8,
    timezone: Option<&'a str>,
    organization: Option<&'a str>,
    position: Option<&'a str>,
    language: Option<String>,
    custom_attributes: Vec<AttributeValueView<'a>>,
    current_credits: Option<String>,
    reservation_color: (),
    links: [Link<'a>; 1],
    message: (),
}

/// A user alone.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UserView<'a> {
    id: i64,
    user_name: Option<&'a str>,
    first_name: &'a str,
    last_name: &'a str,
    email_address: Option<&'a str>,
    phone_number: Option<&'a str>,
    last_login: OrEmpty,
    status_id: u8,
    timezone: Option<&'a str>,
    organization: Option<&'a str>,
    position: Option<&'a str>,
    language: Option<String>,
    ics_url: String,
    default_schedule_id: Option<i64>,
    current_credits: Option<String>,
    reservation_color: (),
    custom_attributes: Vec<AttributeValueView<'a>>,
    permissions: Vec<ResourceNameView<'a>>,
    groups: Vec<GroupNameView<'a>>,
    links: [(); 0],
    message: (),
}

/// A group that a user is in.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct GroupNameView<'a> {
    id: i64,
    name: &'a str,
    is_default: (),
    role_ids: (),
    links: [Link<'a>; 1],
    message: (),
}

/// Makes views of users for one reader.
pub struct Reader<'a> {
    catalog: &'a Catalog,
    rights: &'a Rights<'a>,
    links: &'a Links,
    attributes: Attributes<'a>,
}

impl<'a> Reader<'a> {
    /// For the person with these rights.
    pub fn new(catalog: &'a Catalog, rights: &'a Rights<'a>, links: &'a Links) -> Self {
        Self {
            catalog,
            rights,
            links,
            attributes: Attributes::of(catalog, links, AttributeSubject::User),
        }
    }

    /// Whether the reader may know of the user: those who can not log in are known to their administrators only.
    pub fn knows(&self, user: &Object<User>) -> bool {
        user.is_active() || user.id == self.rights.user().0 || self.rights.administers(user)
    }

    /// The user as an item of a list.
    pub fn item(&self, user: &'a Object<User>, standing: Standing) -> UserItemView<'a> {
        let all = self.rights.sees_details(user);
        let body = &user.body;
        UserItemView {
            id: user.id,
            user_name: text(all, Some(&body.username)),
            first_name: &body.first_name,
            last_name: &body.last_name,
            email_address: text(all, Some(&body.email)),
            phone_number: text(all, body.phone.as_ref()),
            date_created: OrEmpty(body.created_at.filter(|_| all).map(in_utc)),
            last_login: last_login(user, standing, all),
            status_id: status(body.state),
            timezone: all.then(|| self.zone(body)),
            organization: text(all, body.company.as_ref()),
            position: text(all, body.position.as_ref()),
            language: language(body).filter(|_| all),
            custom_attributes: self.attributes(user),
            current_credits: all.then(|| credits(standing.credits)),
            reservation_color: (),
            links: [self.links.to("get_user", user.id)],
            message: (),
        }
    }

    /// The user alone.
    pub fn whole(
        &self,
        user: &'a Object<User>,
        standing: Standing,
        keys: &CalendarKeys,
    ) -> UserView<'a> {
        let all = self.rights.sees_details(user);
        let body = &user.body;
        UserView {
            id: user.id,
            user_name: text(all, Some(&body.username)),
            first_name: &body.first_name,
            last_name: &body.last_name,
            email_address: text(all, Some(&body.email)),
            phone_number: text(all, body.phone.as_ref()),
            last_login: last_login(user, standing, all),
            status_id: status(body.state),
            timezone: all.then(|| self.zone(body)),
            organization: text(all, body.company.as_ref()),
            position: text(all, body.position.as_ref()),
            language: language(body).filter(|_| all),
            ics_url: self.calendar(user, keys),
            default_schedule_id: body.default_schedule.filter(|_| all).map(i64::from),
            current_credits: all.then(|| credits(standing.credits)),
            reservation_color: (),
            custom_attributes: self.attributes(user),
            permissions: self.permissions(user),
            groups: self.groups(user),
            links: [],
            message: (),
        }
    }

    /// The attributes of a user, with the values that the reader may see.
    pub fn attributes(&self, user: &'a Object<User>) -> Vec<AttributeValueView<'a>> {
        let sees = |attribute: &Attribute| self.rights.reads_attribute_of(attribute, user);
        let values = &user.body.attributes;
        self.attributes.values(user.id, values, sees)
    }

    /// The address of the user's calendar as the reader may see it, with the reader's keys.
    pub fn calendar(&self, user: &Object<User>, keys: &CalendarKeys) -> String {
        calendar::address(self.links, keys, Calendar::User(UserId(user.id)))
    }

    fn zone(&self, user: &'a User) -> &'a str {
        let zone = user.zone.as_ref();
        zone.unwrap_or(&self.catalog.organisation.body.zone).name()
    }

    /// Permissions of the user's own. LibreBooking leaves the names empty here.
    fn permissions(&self, user: &Object<User>) -> Vec<ResourceNameView<'a>> {
        let all = user.id == self.rights.user().0 || self.rights.administers(user);
        let held = user.permissions.iter().filter(|_| all);
        held.filter_map(|held| ResourceNameView::new(held.resource, self.catalog, self.links))
            .map(ResourceNameView::unnamed)
            .collect()
    }

    fn groups(&self, user: &User) -> Vec<GroupNameView<'a>> {
        let mut groups: Vec<_> = user
            .groups
            .iter()
            .filter_map(|id| self.catalog.group(*id))
            .filter(|group| self.rights.sees_group(group))
            .map(|group| GroupNameView {
                id: group.id,
                name: &group.body.name,
                is_default: (),
                role_ids: (),
                links: [self.links.to("get_group", group.id)],
                message: (),
            })
            .collect();
        groups.sort_by_key(|group| group.id);
        groups
    }
}

fn text(seen: bool, text: Option<&String>) -> Option<&str> {
    text.map(String::as_str).filter(|_| seen)
}

/// Here, or else before the account was taken over.
fn last_login(user: &User, standing: Standing, seen: bool) -> OrEmpty {
    let at = standing.last_login.or(user.last_login_at);
    OrEmpty(at.filter(|_| seen).map(in_utc))
}

fn credits(amount: Decimal) -> String {
    format!("{:.2}", amount.round_dp(2))
}

/// The language of a user, as LibreBooking writes it: `en_us`.
pub fn language(user: &User) -> Option<String> {
    let tag = user.language.as_ref()?;
    Some(tag.replace('-', "_").to_lowercase())
}

/// The number by which LibreBooking knows a state.
const fn status(state: UserState) -> u8 {
    match state {
        UserState::Active => 1,
        UserState::Awaiting => 2,
        UserState::Inactive => 3,
    }
}
