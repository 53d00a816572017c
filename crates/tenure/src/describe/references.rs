//! Which fields of which objects name others, and how ids become names and back.

use domain::catalog::ObjectKind;
use serde_json::Value;

/// What a field names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Target {
    /// An object of the catalog.
    Object(ObjectKind),
    /// A user, by the name to log in with.
    User,
}

/// The fields that name others: a path with `[]` for each of a list and `{}` for each key of a map.
fn fields(kind: ObjectKind, body: &Value) -> Vec<(&'static str, Target)> {
    use ObjectKind as Kind;
    let to = Target::Object;
    let own: Vec<(&str, Target)> = match kind {
        Kind::Site | Kind::Organisation => vec![("manager_group", to(Kind::Group))],
        Kind::Area => vec![("site", to(Kind::Site)), ("manager_group", to(Kind::Group))],
        Kind::Resource => vec![
            ("area", to(Kind::Area)),
            ("resource_type", to(Kind::ResourceType)),
            ("groups.[]", to(Kind::ResourceGroup)),
            ("schedule", to(Kind::Schedule)),
            ("reason", to(Kind::StateReason)),
            ("assigned_to", Target::User),
            ("parent", to(Kind::Resource)),
            ("requires.[]", to(Kind::Resource)),
            ("admin_group", to(Kind::Group)),
            ("attributes.{}", to(Kind::Attribute)),
        ],
        Kind::ResourceType => vec![("attributes.{}", to(Kind::Attribute))],
        Kind::ResourceGroup => vec![("parent", to(Kind::ResourceGroup))],
        Kind::Schedule => vec![("admin_group", to(Kind::Group))],
        Kind::Blackout => vec![
            ("resources.[]", to(Kind::Resource)),
            ("areas.[]", to(Kind::Area)),
            ("schedules.[]", to(Kind::Schedule)),
        ],
        Kind::Accessory => vec![("bindings.[].resource", to(Kind::Resource))],
        Kind::Attribute => {
            let subject = |field: &str| match body.get(field).and_then(Value::as_str) {
                Some("user") => Some(Target::User),
                Some("resource") => Some(to(Kind::Resource)),
                Some("resource_type") => Some(to(Kind::ResourceType)),
                _ => None,
            };
            let applies = subject("subject").map(|target| ("applies_to.[]", target));
            let second = subject("secondary_subject").map(|target| ("secondary_ids.[]", target));
            applies.into_iter().chain(second).collect()
        }
        Kind::Group => vec![
            ("permissions.[].resource", to(Kind::Resource)),
            ("admin_group", to(Kind::Group)),
        ],
        Kind::Quota => vec![
            ("resource", to(Kind::Resource)),
            ("schedule", to(Kind::Schedule)),
            ("group", to(Kind::Group)),
        ],
        Kind::Announcement => vec![
            ("groups.[]", to(Kind::Group)),
            ("resources.[]", to(Kind::Resource)),
        ],
        Kind::PriceRule => vec![
            ("resources.[]", to(Kind::Resource)),
            ("resource_groups.[]", to(Kind::ResourceGroup)),
            ("resource_types.[]", to(Kind::ResourceType)),
            ("sites.[]", to(Kind::Site)),
            ("memberships.[]", to(Kind::Membership)),
            ("plans.[]", to(Kind::Plan)),
            ("groups.[]", to(Kind::Group)),
        ],
        Kind::Plan | Kind::Membership | Kind::StateReason | Kind::WaitingRequest | Kind::Client => {
            Vec::new()
        }
    };
    let audiences = [
        "policy.see.groups.[]",
        "policy.book.groups.[]",
        "policy.book_for_others.groups.[]",
        "policy.see_names.groups.[]",
        "policy.see_titles.groups.[]",
        "policy.see_details.groups.[]",
    ];
    let audiences = audiences.into_iter().map(|path| (path, to(Kind::Group)));
    own.into_iter().chain(audiences).collect()
}

/// Replaces every name of another object in a body, or every id, by what `translate` makes of it; where that is
/// nothing, the field is left out.
///
/// # Errors
/// The first of `translate`.
pub fn translate(
    kind: ObjectKind,
    body: &mut Value,
    translate: &mut dyn FnMut(Target, Value) -> anyhow::Result<Option<Value>>,
) -> anyhow::Result<()> {
    for (path, target) in fields(kind, body) {
        let path: Vec<&str> = path.split('.').collect();
        walk(body, &path, true, &mut |value| translate(target, value))?;
    }
    Ok(())
}

type Each<'a> = dyn FnMut(Value) -> anyhow::Result<Option<Value>> + 'a;

/// Whether the value is to be kept.
fn walk(
    value: &mut Value,
    path: &[&str],
    outermost: bool,
    each: &mut Each<'_>,
) -> anyhow::Result<bool> {
    let Some((step, rest)) = path.split_first() else {
        if value.is_null() {
            return Ok(true);
        }
        return Ok(match each(value.take())? {
            Some(new) => {
                *value = new;
                true
            }
            None => false,
        });
    };
    match (*step, value) {
        ("[]", Value::Array(items)) => {
            let mut kept = Vec::with_capacity(items.len());
            for mut item in std::mem::take(items) {
                if walk(&mut item, rest, false, each)? {
                    kept.push(item);
                }
            }
            *items = kept;
        }
        ("{}", Value::Object(entries)) => {
            for (key, content) in std::mem::take(entries) {
                if let Some(new) = each(Value::String(key))? {
                    let new = new.as_str().map_or_else(|| new.to_string(), str::to_owned);
                    entries.insert(new, content);
                }
            }
        }
        (field, Value::Object(entries)) => {
            if let Some(inner) = entries.get_mut(field)
                && !walk(inner, rest, false, each)?
            {
                entries.remove(field);
                return Ok(outermost);
            }
        }
        _ => {}
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_are_found_wherever_they_stand() {
        let mut body = json!({
            "admin_group": 3, "permissions": [{"resource": 1, "permission": "full"}, {"resource": 2}],
            "policy": {"see": {"groups": [3, 4]}, "book": "everyone"},
        });
        let mut seen = Vec::new();
        translate(ObjectKind::Group, &mut body, &mut |target, value| {
            seen.push((target, value.clone()));
            Ok((value != json!(2)).then(|| json!(format!("n{value}"))))
        })
        .unwrap();
        assert_eq!(
            body,
            json!({
                "admin_group": "n3", "permissions": [{"resource": "n1", "permission": "full"}],
                "policy": {"see": {"groups": ["n3", "n4"]}, "book": "everyone"},
            })
        );
        assert_eq!(seen.len(), 5);
    }
}
