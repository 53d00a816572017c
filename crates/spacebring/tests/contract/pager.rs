//! Whatever is listed in whatever order while others write: what stays is told exactly once, as a slow list that anybody can
//! check says.

use std::cmp::Ordering;
use std::collections::HashSet;

use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use crate::support::{BOOKINGS, World};

/// A booking that is tried: of which resource, from which half hour on, for how many.
type Wish = (usize, i64, i64);

/// What happens between two pages.
#[derive(Clone, Debug)]
enum Write {
    Make(Wish),
    /// Of the bookings that may go, the one at this place.
    Delete(usize),
    Move(usize, i64),
}

#[derive(Clone, Debug)]
struct Story {
    stay: Vec<Wish>,
    pass: Vec<Wish>,
    writes: Vec<Write>,
    field: &'static str,
    descending: bool,
    limit: usize,
    types: Vec<&'static str>,
    from: Option<i64>,
    until: Option<i64>,
    ends_before: Option<i64>,
}

fn wish() -> impl Strategy<Value = Wish> {
    (0..5_usize, 0..60_i64, 1..5_i64)
}

fn write() -> impl Strategy<Value = Write> {
    prop_oneof![
        wish().prop_map(Write::Make),
        (0..20_usize).prop_map(Write::Delete),
        (0..20_usize, 0..60_i64).prop_map(|(place, start)| Write::Move(place, start)),
    ]
}

fn story() -> impl Strategy<Value = Story> {
    let fields = prop::sample::select(vec!["createDate", "endDate", "startDate", "id"]);
    let some = prop::sample::subsequence(TYPES.to_vec(), 1..=TYPES.len());
    let types = prop_oneof![2 => Just(Vec::new()), 1 => some];
    let bookings = (vec(wish(), 0..20), vec(wish(), 0..12), vec(write(), 0..25));
    let times = (of(0..60_i64), of(20..70_i64), of(20..70_i64));
    (bookings, fields, any::<bool>(), 1..5_usize, types, times).prop_map(
        |((stay, pass, writes), field, descending, limit, types, (from, until, ends_before))| {
            Story {
                stay,
                pass,
                writes,
                field,
                descending,
                limit,
                types,
                from,
                until,
                ends_before,
            }
        },
    )
}

const TYPES: [&str; 4] = ["hotDesk", "office", "parkingLot", "room"];

/// The instant of a half hour.
fn at(half: i64) -> String {
    format!(
        "2027-03-{:02}T{:02}:{:02}:00Z",
        2 + half / 48,
        half / 2 % 24,
        half % 2 * 30
    )
}

struct Telling<'a> {
    world: &'a World,
    /// The resources with their types; the last is in another location.
    resources: [(String, &'static str); 5],
}

impl<'a> Telling<'a> {
    fn new(world: &'a World) -> Self {
        let of = |id, kind| (world.resource(id), kind);
        Self {
            world,
            resources: [
                of(world.desk, "hotDesk"),
                of(world.office, "office"),
                of(world.parking, "parkingLot"),
                of(world.room, "room"),
                of(world.far_room, "room"),
            ],
        }
    }

    /// Makes a booking, if nothing is in the way.
    async fn make(&self, (resource, start, length): Wish) -> Option<Value> {
        let booking = json!({
            "resourceRef": self.resources[resource].0, "seats": 1, "startDate": at(start), "endDate": at(start + length),
        });
        let answer = self
            .world
            .send("POST", BOOKINGS, &json!({"booking": booking}))
            .await;
        match answer.status.as_u16() {
            201 => Some(answer.json()["booking"].clone()),
            409 => None,
            status => panic!("{status}: {}", answer.text),
        }
    }

    /// Does what others do meanwhile, and remembers what they moved: that may come again.
    async fn write(&self, write: &Write, passing: &mut Vec<String>, moved: &mut HashSet<String>) {
        match write {
            Write::Make(wish) => drop(self.make(*wish).await),
            Write::Delete(place) if *place < passing.len() => {
                let id = passing.swap_remove(*place);
                self.world
                    .delete(&format!("{BOOKINGS}/{id}"))
                    .await
                    .expect(204);
            }
            Write::Move(place, start) if *place < passing.len() => {
                let times = json!({"startDate": at(*start), "endDate": at(start + 1)});
                moved.insert(passing[*place].clone());
                let path = format!("{BOOKINGS}/{}", passing[*place]);
                let answer = self
                    .world
                    .send("PATCH", &path, &json!({"booking": times}))
                    .await;
                assert!(
                    [200, 409].contains(&answer.status.as_u16()),
                    "{}",
                    answer.text
                );
            }
            Write::Delete(_) | Write::Move(..) => {}
        }
    }

    /// Whether the story asks for a booking: told without any of what the server does.
    fn matches(&self, story: &Story, booking: &Value) -> bool {
        let text = |name: &str| booking[name].as_str().unwrap();
        let mut here = self.resources[..4].iter();
        let Some((_, kind)) = here.find(|(id, _)| id == text("resourceRef")) else {
            return false;
        };
        (story.types.is_empty() || story.types.contains(kind))
            && story
                .from
                .is_none_or(|from| *text("startDate") >= *at(from))
            && story
                .until
                .is_none_or(|until| *text("startDate") <= *at(until))
            && story
                .ends_before
                .is_none_or(|end| *text("endDate") < *at(end))
    }

    async fn tell(&self, story: Story) {
        let world = self.world;
        let (mut stay, mut passing) = (Vec::new(), Vec::new());
        for (n, wish) in story.stay.iter().enumerate() {
            // Several are made at one instant.
            world.clock.set(&format!("2027-03-01T08:{:02}:00Z", n / 3));
            stay.extend(self.make(*wish).await);
        }
        for wish in &story.pass {
            let made = self.make(*wish).await;
            passing.extend(made.map(|one| one["id"].as_str().unwrap().to_owned()));
        }
        let direction = if story.descending { "desc" } else { "asc" };
        let mut path = format!(
            "{}&order={}:{direction}&limit={}",
            world.in_mitte(),
            story.field,
            story.limit
        );
        let filters = [
            ("startDate[gte]", story.from),
            ("startDate[lte]", story.until),
            ("endDate[lt]", story.ends_before),
        ];
        for (name, half) in filters {
            if let Some(half) = half {
                path = format!("{path}&{name}={}", at(half));
            }
        }
        if !story.types.is_empty() {
            path = format!("{path}&types={}", story.types.join(","));
        }
        let (mut found, mut tokens, mut moved) = (Vec::new(), HashSet::new(), HashSet::new());
        let mut next = path.clone();
        let mut writes = story.writes.iter();
        loop {
            let page = world.get(&next).await.expect(200).json();
            let bookings = page["bookings"].as_array().unwrap().clone();
            let Some(token) = page["nextPageToken"].as_str() else {
                assert!(bookings.len() <= story.limit);
                found.extend(bookings);
                break;
            };
            assert_eq!(bookings.len(), story.limit);
            assert!(tokens.insert(token.to_owned()), "a token came twice");
            found.extend(bookings);
            next = format!("{path}&nextPageToken={token}");
            for write in writes.by_ref().take(2) {
                self.write(write, &mut passing, &mut moved).await;
            }
        }
        let ids = found.iter().map(|one| one["id"].as_str().unwrap());
        let unmoved: Vec<&str> = ids.filter(|id| !moved.contains(*id)).collect();
        let once: HashSet<&str> = unmoved.iter().copied().collect();
        assert_eq!(once.len(), unmoved.len(), "a booking came twice");
        let compare = |one: &Value, other: &Value| -> Ordering {
            let by = one[story.field].as_str().cmp(&other[story.field].as_str());
            if story.descending { by.reverse() } else { by }
        };
        assert!(
            found.is_sorted_by(|one, other| compare(one, other).is_le()),
            "{found:?}"
        );
        assert!(found.iter().all(|booking| self.matches(&story, booking)));
        let mut expected: Vec<&Value> = stay
            .iter()
            .filter(|one| self.matches(&story, one))
            .collect();
        // Those that are equal are in the order in which they were made.
        if story.descending {
            expected.reverse();
        }
        expected.sort_by(|one, other| compare(one, other));
        let stays: Vec<&Value> = found.iter().filter(|one| stay.contains(one)).collect();
        assert_eq!(stays, expected);
    }
}

/// Tells so many stories, each in a world of its own.
fn stories(cases: u32, world: impl AsyncFn() -> Option<World>) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let config = Config {
        cases,
        max_shrink_iters: 50,
        failure_persistence: None,
        ..Config::default()
    };
    let told = TestRunner::new(config).run(&story(), |story| {
        runtime.block_on(async {
            if let Some(world) = world().await {
                Telling::new(&world).tell(story).await;
            }
        });
        Ok(())
    });
    told.unwrap();
}

#[test]
fn what_stays_is_told_once_in_order_while_others_write() {
    stories(32, async || Some(World::new().await));
}

#[test]
fn what_stays_is_told_once_in_order_while_others_write_on_postgres() {
    stories(4, async || World::on_postgres().await);
}
