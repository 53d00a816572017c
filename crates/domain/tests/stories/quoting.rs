//! Quotes: the verdict without the deed.

use domain::decide::{Alternative, Book, Quote, Quoted};
use domain::ids::ResourceId;
use domain::recurrence::Rule as Recurrence;
use domain::refusal::Rule;
use domain::time::Zone;
use serde_json::json;

use super::world::*;

const DAY: &str = "2027-03-02";

fn quote(world: &mut World, book: Book) -> Quoted {
    let before = world.bookings.len();
    let quoted = world.run(ANNA, &Quote { book }).unwrap();
    assert_eq!(world.bookings.len(), before, "a quote changes nothing");
    quoted
}

fn three_rooms() -> World {
    let mut world = World::with_room(json!({"policy": {"step": 30}, "credits": {"off_peak": "2"}}));
    world.resource(2, json!({"policy": {"book": "managers"}}));
    world.resource(3, json!({}));
    world.resource(4, json!({"kind": "desk"}));
    world.grant(ANNA, 100);
    world.grant(BEN, 100);
    world
}

#[test]
fn what_is_free_is_quoted_with_its_price_and_without_alternatives() {
    let mut world = three_rooms();
    let quoted = quote(&mut world, book(&[1], berlin(DAY, "09:00", "11:00")));
    assert_eq!(quoted.credits, 4.into());
    assert!(quoted.violations.is_empty());
    assert!(quoted.dates[0].violations.is_empty());
    assert!(quoted.dates[0].alternatives.is_empty());
}

#[test]
fn what_is_taken_comes_with_the_nearest_that_can_be_booked() {
    let mut world = three_rooms();
    world.book(BEN, 1, berlin(DAY, "10:00", "11:00")).unwrap();
    let quoted = quote(&mut world, book(&[1], berlin(DAY, "09:30", "10:30")));
    let date = &quoted.dates[0];
    assert!(date.violations[0].rule.is_conflict());
    let expected = [
        Alternative::Time(berlin(DAY, "09:00", "10:00")),
        Alternative::Time(berlin(DAY, "08:30", "09:30")),
        Alternative::Time(berlin(DAY, "08:00", "09:00")),
        Alternative::Shorter(berlin(DAY, "09:30", "10:00")),
        Alternative::Resource {
            instead_of: ResourceId(1),
            resource: ResourceId(3),
        },
    ];
    assert_eq!(date.alternatives, expected);
    for alternative in &date.alternatives {
        let wish = match alternative {
            Alternative::Time(when) | Alternative::Shorter(when) => book(&[1], *when),
            Alternative::Resource { resource, .. } => {
                book(&[resource.0], berlin(DAY, "09:30", "10:30"))
            }
            Alternative::Skip => continue,
        };
        let verdict = quote(&mut world, wish);
        assert!(verdict.dates[0].violations.is_empty(), "{alternative:?}");
    }
}

#[test]
fn each_date_of_a_series_has_its_verdict_and_can_be_skipped() {
    let mut world = three_rooms();
    world
        .book(BEN, 1, berlin("2027-03-09", "09:00", "10:00"))
        .unwrap();
    let zone = Zone::parse("Europe/Berlin").unwrap();
    let start = jiff::civil::date(2027, 3, 2).at(9, 0, 0, 0);
    let series = Book {
        recurrence: Some(Recurrence::parse("FREQ=WEEKLY;COUNT=3", start, &zone).unwrap()),
        ..book(&[1], berlin(DAY, "09:00", "10:00"))
    };
    let quoted = quote(&mut world, series);
    let conflicts: Vec<usize> = quoted.dates.iter().map(|d| d.violations.len()).collect();
    assert_eq!(conflicts, [0, 1, 0]);
    assert_eq!(
        quoted.dates[1].alternatives.last(),
        Some(&Alternative::Skip)
    );
}

#[test]
fn what_any_choice_would_break_is_said_once_and_hides_no_alternative() {
    let mut world = World::with_room(json!({"policy": {"require_title": true}}));
    world
        .book(ADMIN, 1, berlin("2027-03-03", "09:00", "10:00"))
        .unwrap_err();
    let mut titled = book(&[1], berlin(DAY, "09:00", "10:00"));
    titled.texts.title = Some(Some("Talk".into()));
    world.run(BEN, &titled).unwrap();
    let quoted = quote(&mut world, book(&[1], berlin(DAY, "09:00", "10:00")));
    assert_eq!(quoted.violations.len(), 1);
    assert_eq!(quoted.violations[0].rule, Rule::TitleRequired);
    assert!(!quoted.dates[0].alternatives.is_empty());
}
