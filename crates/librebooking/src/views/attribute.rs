//! Values of custom attributes, as users, resources and reservations show them.

use std::collections::BTreeMap;

use domain::catalog::{Attribute, AttributeSubject, Catalog, Object};
use domain::ids::AttributeId;
use serde::Serialize;

use crate::links::{Link, Links};

/// The value of an attribute; null if there is none, or not for this reader.
#[derive(Debug, Serialize)]
pub struct AttributeValueView<'a> {
    id: i64,
    label: &'a str,
    value: Option<&'a str>,
    links: [Link<'a>; 1],
    message: (),
}

/// The attributes of one sort of subject, in the order they are shown.
pub struct Attributes<'a> {
    links: &'a Links,
    definitions: Vec<&'a Object<Attribute>>,
}

impl<'a> Attributes<'a> {
    /// The attributes of this sort of subject.
    pub fn of(catalog: &'a Catalog, links: &'a Links, subject: AttributeSubject) -> Self {
        let all = catalog.attributes.values().map(std::convert::AsRef::as_ref);
        let mut definitions: Vec<_> = all.filter(|one| one.subject == subject).collect();
        definitions.sort_by_key(|one| (one.sort_order, one.id));
        Self { links, definitions }
    }

    /// Those that apply to the subject with this id, each with its value if `sees` lets it be read.
    pub fn values(
        &self,
        subject: i64,
        values: &'a BTreeMap<AttributeId, String>,
        sees: impl Fn(&Attribute) -> bool,
    ) -> Vec<AttributeValueView<'a>> {
        let applies = |one: &&&'a Object<Attribute>| {
            one.applies_to.is_empty() || one.applies_to.contains(&subject)
        };
        let view = |one: &&'a Object<Attribute>| AttributeValueView {
            id: one.id,
            label: &one.body.label,
            value: values
                .get(&AttributeId(one.id))
                .map(String::as_str)
                .filter(|_| sees(one)),
            links: [self.links.to("get_custom_attribute", one.id)],
            message: (),
        };
        self.definitions.iter().filter(applies).map(view).collect()
    }
}
