//! What each door calls the things that a client may do.

use domain::people::{Client, Door, Scope, Scopes};
use engine::Granted;

/// A word and what it stands for.
type Word = (&'static str, &'static [Scope]);

/// Cobot's; the wide ones first.
const COBOT: &[Word] = &[
    (
        "read",
        &[
            Scope::BookingsRead,
            Scope::CatalogRead,
            Scope::MembershipsRead,
            Scope::CreditsRead,
            Scope::ProfileRead,
            Scope::SubscriptionsRead,
        ],
    ),
    ("write", &[Scope::BookingsWrite, Scope::SubscriptionsWrite]),
    ("read_bookings", &[Scope::BookingsRead]),
    ("write_bookings", &[Scope::BookingsWrite]),
    ("read_resources", &[Scope::CatalogRead]),
    ("read_memberships", &[Scope::MembershipsRead]),
    ("read_booking_credits", &[Scope::CreditsRead]),
    ("read_user", &[Scope::ProfileRead]),
    ("read_subscriptions", &[Scope::SubscriptionsRead]),
    ("write_subscriptions", &[Scope::SubscriptionsWrite]),
];

/// Spacebring's.
const SPACEBRING: &[Word] = &[
    (
        "resources",
        &[
            Scope::BookingsRead,
            Scope::CatalogRead,
            Scope::BookingsWrite,
        ],
    ),
    (
        "resources.readonly",
        &[Scope::BookingsRead, Scope::CatalogRead],
    ),
];

fn vocabulary(door: Door) -> &'static [Word] {
    match door {
        Door::Cobot => COBOT,
        Door::Spacebring => SPACEBRING,
        _ => &[],
    }
}

fn meaning((_, scopes): &Word) -> Scopes {
    scopes.iter().copied().collect()
}

/// All words of a door, the wide ones first.
pub(crate) fn all(door: Door) -> impl Iterator<Item = &'static str> {
    vocabulary(door).iter().map(|(name, _)| *name)
}

/// What a client asks for in a door's words; none if it is nothing, a word is unknown, or more than the client may ask for.
/// Nothing at all asks for everything that it may.
pub(crate) fn read(client: &Client, text: Option<&str>) -> Option<(Scopes, String)> {
    let allowed = client.allowed();
    let Some(text) = text else {
        let words = fewest(client.door, allowed);
        return (!words.is_empty()).then(|| (allowed, words.join(" ")));
    };
    let mut scopes = Scopes::default();
    let mut words: Vec<&str> = Vec::new();
    for name in text.split(' ').filter(|name| !name.is_empty()) {
        let word = vocabulary(client.door)
            .iter()
            .find(|(known, _)| *known == name)?;
        scopes = scopes.with(meaning(word));
        if !words.contains(&name) {
            words.push(name);
        }
    }
    let fits = !words.is_empty() && allowed.includes(scopes);
    fits.then(|| (scopes, words.join(" ")))
}

/// The fewest words that say what these scopes are, as far as the door has words for them.
fn fewest(door: Door, scopes: Scopes) -> Vec<&'static str> {
    let mut said = Scopes::default();
    let mut words = Vec::new();
    for word in vocabulary(door) {
        let means = meaning(word);
        if scopes.includes(means) && !said.includes(means) {
            said = said.with(means);
            words.push(word.0);
        }
    }
    words
}

/// What a token is good for at a door, in its words: those that were asked for as far as they still hold, or the fewest that
/// say it for a token that no client asked for.
pub fn granted(door: Door, granted: &Granted) -> Vec<String> {
    let words = match &granted.words {
        Some(words) => holding(door, granted.scopes, words),
        None => fewest(door, granted.scopes),
    };
    words.into_iter().map(ToOwned::to_owned).collect()
}

/// Those of the words that the scopes still cover.
pub(crate) fn holding(door: Door, scopes: Scopes, words: &str) -> Vec<&'static str> {
    let known = |name: &str| vocabulary(door).iter().find(|(known, _)| *known == name);
    let words = words.split(' ').filter_map(known);
    words
        .filter(|word| scopes.includes(meaning(word)))
        .map(|(name, _)| *name)
        .collect()
}

#[cfg(test)]
mod tests {
    use domain::ids::UserId;

    use super::*;

    fn client(door: Door) -> Client {
        Client {
            name: "App".into(),
            door,
            client_id: "app".into(),
            secret_hash: None,
            redirect_uris: Vec::new(),
            scopes: Client::scopes_of(door).iter().collect(),
            user: UserId(1),
            trusted: false,
            unlimited: false,
        }
    }

    #[test]
    fn words_are_read_and_bounded_by_what_the_client_may() {
        let mut app = client(Door::Cobot);
        let words = |app: &Client, text| read(app, text).map(|(_, words)| words);
        assert_eq!(words(&app, None).as_deref(), Some("read write"));
        assert_eq!(
            words(&app, Some("read_bookings  read_user read_bookings")).as_deref(),
            Some("read_bookings read_user")
        );
        for unknown in ["", " ", "read_everything", "read_bookings admin", "READ"] {
            assert_eq!(words(&app, Some(unknown)), None, "{unknown:?}");
        }
        app.scopes = [Scope::BookingsRead, Scope::ProfileRead].into();
        assert_eq!(
            words(&app, None).as_deref(),
            Some("read_bookings read_user")
        );
        assert_eq!(words(&app, Some("read")), None);
        assert_eq!(words(&app, Some("write_bookings")), None);
        let app = client(Door::Spacebring);
        assert_eq!(words(&app, None).as_deref(), Some("resources"));
        assert_eq!(words(&app, Some("read_bookings")), None);
    }

    #[test]
    fn a_token_says_what_it_is_good_for() {
        let scopes: Scopes = [Scope::BookingsRead, Scope::CatalogRead]
            .into_iter()
            .collect();
        let without = |words: Option<&str>| Granted {
            scopes,
            words: words.map(ToOwned::to_owned),
        };
        assert_eq!(
            granted(Door::Cobot, &without(None)),
            ["read_bookings", "read_resources"]
        );
        assert_eq!(
            granted(Door::Cobot, &without(Some("read_bookings write_bookings"))),
            ["read_bookings"]
        );
        assert_eq!(
            granted(Door::Spacebring, &without(None)),
            ["resources.readonly"]
        );
    }
}
