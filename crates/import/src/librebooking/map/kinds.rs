//! What a resource is: `LibreBooking` does not say, but its words do.

use domain::catalog::ResourceKind;

/// Parts of words by which a kind is known, the more telling ones first.
const WORDS: [(ResourceKind, &[&str]); 5] = [
    (
        ResourceKind::HomeOffice,
        &["home office", "homeoffice", "télétravail"],
    ),
    (
        ResourceKind::Desk,
        &[
            "desk",
            "workplace",
            "workstation",
            "arbeitsplatz",
            "schreibtisch",
            "escritorio",
            "poste de travail",
        ],
    ),
    (
        ResourceKind::Parking,
        &[
            "parking",
            "car park",
            "garage",
            "parkplatz",
            "stellplatz",
            "aparcamiento",
        ],
    ),
    (
        ResourceKind::Room,
        &[
            "room",
            "raum",
            "saal",
            "zimmer",
            "salle",
            "sala",
            "aula",
            "studio",
            "hall",
            "theatre",
            "auditorium",
        ],
    ),
    (
        ResourceKind::Office,
        &["office", "büro", "bureau", "oficina"],
    ),
];

/// The kind of a resource: by the name of its type, else by its own; else, something with a type is equipment, and
/// something without one a room, since rooms are what `LibreBooking` is made for.
pub(super) fn kind(type_name: Option<&str>, name: &str) -> ResourceKind {
    let by_words = |text: &str| {
        let text = text.to_lowercase();
        let named =
            |(_, words): &&(ResourceKind, &[&str])| words.iter().any(|word| text.contains(word));
        WORDS.iter().find(named).map(|(kind, _)| *kind)
    };
    type_name
        .and_then(by_words)
        .or_else(|| by_words(name).filter(|_| type_name.is_none()))
        .unwrap_or(match type_name {
            Some(_) => ResourceKind::Equipment,
            None => ResourceKind::Room,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_type_tells_more_than_the_name() {
        assert_eq!(kind(Some("Meeting room"), "Laser"), ResourceKind::Room);
        assert_eq!(kind(Some("Machine"), "Desk mill"), ResourceKind::Equipment);
        assert_eq!(kind(None, "Hot Desks"), ResourceKind::Desk);
        assert_eq!(kind(None, "Tiefgarage 3"), ResourceKind::Parking);
        assert_eq!(kind(None, "Rack A"), ResourceKind::Room);
    }
}
