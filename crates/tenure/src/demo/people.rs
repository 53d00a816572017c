//! The demo's 200 people: plausible, made up, and the same each time.

use std::collections::HashMap;
use std::sync::Arc;

use domain::catalog::{Catalog, Object};
use domain::decide::PutUser;
use domain::ids::GroupId;
use domain::people::{Actor, Group, User, Vehicle};
use domain::time::Zone;
use engine::Engine;

use super::random::Dice;
use super::{Touching, together};
use crate::catalog::Named;
use crate::commands::execute;

/// The teams that people are in.
pub const TEAMS: [&str; 8] = [
    "Engineering",
    "Design",
    "Sales",
    "Marketing",
    "Finance",
    "People and culture",
    "Customer success",
    "Operations",
];

/// How many people there are, the administrator and the member among them.
const PEOPLE: usize = 200;

const FIRST: [&str; 48] = [
    "Anna", "Jonas", "Leyla", "Marek", "Sofia", "Tariq", "Emma", "Noah", "Mei", "Lukas", "Grace",
    "Omar", "Clara", "Daniel", "Ines", "Kofi", "Lena", "Mateo", "Nadia", "Oskar", "Priya",
    "Quentin", "Rosa", "Samuel", "Tilda", "Umut", "Vera", "William", "Xenia", "Yusuf", "Zoe",
    "Aaron", "Bianca", "Carlos", "Dilara", "Elias", "Fatima", "Gustav", "Hanna", "Ivan", "Julia",
    "Kenji", "Laura", "Milan", "Nora", "Pablo", "Ruth", "Theo",
];
const LAST: [&str; 44] = [
    "Adler", "Baker", "Castillo", "Demir", "Eriksen", "Fischer", "Garcia", "Hoffmann", "Ito",
    "Jansen", "Kaya", "Lindner", "Moreau", "Nowak", "Okafor", "Petrov", "Quist", "Romano",
    "Schulz", "Tanaka", "Usman", "Vogel", "Wagner", "Xu", "Yilmaz", "Zimmer", "Andersen", "Brandt",
    "Chen", "Dubois", "Ekberg", "Farah", "Greene", "Haddad", "Iversen", "Johnson", "Keller",
    "Lopez", "Meyer", "Nguyen", "Olsen", "Park", "Reyes", "Sato",
];
const POSITIONS: [&str; 8] = [
    "Software engineer",
    "Product designer",
    "Account executive",
    "Brand manager",
    "Controller",
    "Recruiter",
    "Support specialist",
    "Office manager",
];

/// Somebody of the demo, and where they work.
pub struct Colleague {
    /// The user.
    pub user: Arc<Object<User>>,
    /// Whether that is Berlin, rather than New York.
    pub in_berlin: bool,
}

/// Everybody but the administrator and the member, as they are at first.
fn people(catalog: &Catalog) -> anyhow::Result<Vec<User>> {
    let group = |name: &str| {
        Group::named(catalog, name)
            .map(|group| GroupId(group.id))
            .ok_or_else(|| anyhow::anyhow!("the demo has no group {name}"))
    };
    let everyone = group("Everyone")?;
    let teams = TEAMS
        .iter()
        .map(|name| group(name))
        .collect::<Result<Vec<_>, _>>()?;
    // Who has more to do than others, by the place in the list.
    let special = HashMap::from([
        (0, vec![group("Berlin office team")?, group("Planners")?]),
        (1, vec![group("New York office team")?, group("Planners")?]),
        (2, vec![group("Facilities")?]),
        (3, vec![group("Facilities")?]),
        (4, vec![group("Team leads")?]),
        (5, vec![group("Team leads")?]),
    ]);
    let contractors = group("Contractors")?;
    let mut dice = Dice::new(0x7e0e_0001);
    let mut names: Vec<(&str, &str)> = FIRST
        .iter()
        .flat_map(|first| LAST.iter().map(move |last| (*first, *last)))
        .collect();
    dice.shuffle(&mut names);
    let mut people = Vec::with_capacity(PEOPLE - 2);
    for (index, (first, last)) in names.into_iter().take(PEOPLE - 2).enumerate() {
        let in_berlin = index % 5 < 3;
        let team = dice.below(TEAMS.len());
        let mut groups = vec![everyone];
        groups.extend(teams.get(team));
        groups.extend(special.get(&index).into_iter().flatten());
        if index % 17 == 16 {
            groups.push(contractors);
        }
        let username = format!("{first}.{last}").to_lowercase();
        people.push(User {
            email: format!("{username}@acme.example"),
            username,
            first_name: first.into(),
            last_name: last.into(),
            language: Some(if in_berlin { "de" } else { "en-US" }.into()),
            zone: zone(in_berlin),
            phone: Some(if in_berlin {
                format!("+49 30 5550{:04}", 1000 + index)
            } else {
                format!("+1 212 555 {:04}", 100 + index)
            }),
            company: Some("Acme".into()),
            position: POSITIONS.get(team).map(|position| (*position).into()),
            groups,
            vehicles: vehicle(&mut dice, in_berlin),
            ..User::default()
        });
    }
    Ok(people)
}

fn zone(in_berlin: bool) -> Option<Zone> {
    Zone::parse(if in_berlin {
        "Europe/Berlin"
    } else {
        "America/New_York"
    })
    .ok()
}

fn vehicle(dice: &mut Dice, in_berlin: bool) -> Vec<Vehicle> {
    if !dice.chance(30) {
        return Vec::new();
    }
    let letter = |dice: &mut Dice| char::from(b"ABCDEFGHKLMNPRSTUVWXY"[dice.below(21)]);
    let plate = if in_berlin {
        format!(
            "B {}{} {}",
            letter(dice),
            letter(dice),
            100 + dice.below(9000)
        )
    } else {
        format!(
            "{}{}{}-{:04}",
            letter(dice),
            letter(dice),
            letter(dice),
            dice.below(10_000)
        )
    };
    vec![Vehicle {
        id: 1,
        name: None,
        plate,
    }]
}

/// Makes whoever is missing.
///
/// # Errors
/// If something is refused, or the store can not be written.
pub async fn make(engine: &Engine, admin: &Actor) -> anyhow::Result<Vec<Colleague>> {
    let catalog = engine.catalog(admin.organisation)?;
    let people = people(&catalog)?;
    let made = people.into_iter().map(|user| ensure(engine, admin, user));
    let colleagues = together(engine, Touching::Rest, made).await?;
    Ok(colleagues
        .into_iter()
        .map(|user| Colleague {
            in_berlin: user.language.as_deref() == Some("de"),
            user,
        })
        .collect())
}

/// The user with this name; made, if there is none.
///
/// # Errors
/// If something is refused, or the store can not be written.
pub async fn ensure(
    engine: &Engine,
    admin: &Actor,
    user: User,
) -> anyhow::Result<Arc<Object<User>>> {
    let known = engine
        .store()
        .user_by_login(admin.organisation, &user.username)
        .await?;
    if let Some((known, _)) = known {
        return Ok(Arc::new(known));
    }
    let put = PutUser {
        id: None,
        expected_version: None,
        user,
        password_hash: None,
    };
    Ok(Arc::new(execute(engine, admin, put).await?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_enough_names() {
        assert!(FIRST.len() * LAST.len() > PEOPLE);
        for name in FIRST.iter().chain(&LAST) {
            assert!(name.is_ascii() && !name.contains(' '), "{name}");
        }
    }
}
