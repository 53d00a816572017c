//! By what users are found: a store keeps the keys of each, and lists those who have all that are asked for.

use std::collections::BTreeSet;

use super::User;
use crate::ids::{AttributeId, GroupId, ResourceId};
use crate::limits::MAX_NAME;

/// A field of a user that can be searched by, without regard to case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum UserField {
    /// The name to log in with.
    Username,
    /// The address.
    Email,
    /// Given name.
    FirstName,
    /// Family name.
    LastName,
    /// Telephone.
    Phone,
    /// The firm.
    Company,
    /// What the person does there.
    Position,
    /// A custom attribute.
    Attribute(AttributeId),
}

impl UserField {
    fn name(self) -> String {
        match self {
            Self::Username => "username".into(),
            Self::Email => "email".into(),
            Self::FirstName => "first_name".into(),
            Self::LastName => "last_name".into(),
            Self::Phone => "phone".into(),
            Self::Company => "company".into(),
            Self::Position => "position".into(),
            Self::Attribute(id) => format!("attribute {id}"),
        }
    }
}

/// One thing that is true of a user, and by which they are found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserKey {
    /// What it is about.
    pub field: String,
    /// What it is, in lower case.
    pub value: String,
}

impl UserKey {
    /// That a field has this value, case aside. Values of more than 255 characters are nobody's key.
    pub fn of(field: UserField, value: &str) -> Self {
        Self {
            field: field.name(),
            value: value.trim().to_lowercase(),
        }
    }

    /// That the user is in a group.
    pub fn member(group: GroupId) -> Self {
        Self {
            field: "group".into(),
            value: group.to_string(),
        }
    }

    /// That the user has a permission of their own on a resource.
    pub fn permitted(resource: ResourceId) -> Self {
        Self {
            field: "permission".into(),
            value: resource.to_string(),
        }
    }

    fn is_kept(&self) -> bool {
        !self.value.is_empty() && self.value.chars().count() <= MAX_NAME
    }
}

impl User {
    /// All keys by which the user is found.
    pub fn keys(&self) -> BTreeSet<UserKey> {
        let texts = [
            (UserField::Username, Some(&self.username)),
            (UserField::Email, Some(&self.email)),
            (UserField::FirstName, Some(&self.first_name)),
            (UserField::LastName, Some(&self.last_name)),
            (UserField::Phone, self.phone.as_ref()),
            (UserField::Company, self.company.as_ref()),
            (UserField::Position, self.position.as_ref()),
        ];
        let texts = texts
            .into_iter()
            .filter_map(|(field, value)| Some(UserKey::of(field, value?)));
        let attributes = self.attributes.iter();
        let attributes =
            attributes.map(|(id, value)| UserKey::of(UserField::Attribute(*id), value));
        let groups = self.groups.iter().map(|id| UserKey::member(*id));
        let permissions = self.permissions.iter();
        let permissions = permissions.map(|held| UserKey::permitted(held.resource));
        texts
            .chain(attributes)
            .chain(groups)
            .chain(permissions)
            .filter(UserKey::is_kept)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_found_by_what_they_have_and_nothing_else() {
        let user = User {
            first_name: "Zoë".into(),
            phone: Some(String::new()),
            position: Some("x".repeat(256)),
            groups: vec![GroupId(3)],
            attributes: [(AttributeId(7), "Sales".into())].into(),
            ..User::default()
        };
        let expected = [
            UserKey::of(UserField::FirstName, "ZOË"),
            UserKey::of(UserField::Attribute(AttributeId(7)), "sales"),
            UserKey::member(GroupId(3)),
        ];
        assert_eq!(user.keys(), expected.into());
    }
}
