//! What may happen, at random.

use domain::decide::SeriesScope;
use proptest::prelude::*;

/// A history: whether around the clock changes of spring or of autumn, and what happens.
#[derive(Clone, Debug)]
pub struct History {
    pub autumn: bool,
    pub steps: Vec<Step>,
}

/// On which dates something repeats.
#[derive(Clone, Copy, Debug)]
pub enum Dates {
    /// Every so many days, so many times.
    Daily { every: i64, count: usize },
    /// Every so many weeks on these days (bit 0 is Monday) until so many days later.
    Weekly { every: i64, days: u8, until: i64 },
}

/// Something that happens. Times are minutes from the beginning of the history; a booking is picked from those there are.
#[derive(Clone, Debug)]
pub enum Step {
    Book {
        member: bool,
        room: usize,
        units: u32,
        from: i64,
        length: i64,
        dates: Option<Dates>,
        skip: bool,
    },
    Move {
        pick: usize,
        scope: SeriesScope,
        by: i64,
        longer: i64,
    },
    Units {
        pick: usize,
        scope: SeriesScope,
        units: u32,
    },
    Cancel {
        pick: usize,
        scope: SeriesScope,
    },
    Approve(usize),
    Decline(usize),
    CheckIn(usize),
    CheckOut(usize),
    Release(usize),
    Resize {
        room: usize,
        units: u32,
    },
    Close {
        room: usize,
        from: i64,
        length: i64,
        dates: Option<Dates>,
    },
    Wait(i64),
}

pub const DAY: i64 = 24 * 60;

pub fn history() -> impl Strategy<Value = History> {
    let steps = prop::collection::vec(step(), 10..60);
    (any::<bool>(), steps).prop_map(|(autumn, steps)| History { autumn, steps })
}

/// A time in the month of the history; mostly at night, when clocks change.
fn time() -> impl Strategy<Value = i64> {
    let quarters = prop_oneof![2 => 0..40_i64, 1 => 0..96_i64];
    (0..31_i64, quarters).prop_map(|(day, quarter)| day * DAY + quarter * 15)
}

fn length() -> impl Strategy<Value = i64> {
    (1..=12_i64).prop_map(|quarters| quarters * 15)
}

fn scope() -> impl Strategy<Value = SeriesScope> {
    prop_oneof![
        Just(SeriesScope::This),
        Just(SeriesScope::Following),
        Just(SeriesScope::All),
    ]
}

fn dates() -> impl Strategy<Value = Dates> {
    prop_oneof![
        (1..4_i64, 1..12_usize).prop_map(|(every, count)| Dates::Daily { every, count }),
        (1..3_i64, 1..128_u8, 0..25_i64).prop_map(|(every, days, until)| Dates::Weekly {
            every,
            days,
            until
        }),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let book = (
        any::<bool>(),
        0..4_usize,
        prop_oneof![4 => Just(1_u32), 1 => 2..4_u32],
        time(),
        length(),
        prop::option::of(dates()),
        any::<bool>(),
    );
    let book = book.prop_map(
        |(member, room, units, from, length, dates, skip)| Step::Book {
            member,
            room,
            units,
            from,
            length,
            dates,
            skip,
        },
    );
    let by = prop_oneof![
        -8..9_i64,
        (-3..4_i64, -8..9_i64).prop_map(|(days, quarters)| days * 96 + quarters)
    ];
    let moved = (any::<usize>(), scope(), by, -4..5_i64);
    let moved = moved.prop_map(|(pick, scope, by, longer)| Step::Move {
        pick,
        scope,
        by: by * 15,
        longer: longer * 15,
    });
    let units = (any::<usize>(), scope(), 1..4_u32);
    let units = units.prop_map(|(pick, scope, units)| Step::Units { pick, scope, units });
    let cancel = (any::<usize>(), scope());
    let cancel = cancel.prop_map(|(pick, scope)| Step::Cancel { pick, scope });
    let resize = (0..4_usize, 1..4_u32).prop_map(|(room, units)| Step::Resize { room, units });
    let close = (0..4_usize, time(), length(), prop::option::of(dates()));
    let close = close.prop_map(|(room, from, length, dates)| Step::Close {
        room,
        from,
        length,
        dates,
    });
    prop_oneof![
        12 => book,
        6 => moved,
        2 => units,
        4 => cancel,
        2 => any::<usize>().prop_map(Step::Approve),
        1 => any::<usize>().prop_map(Step::Decline),
        2 => any::<usize>().prop_map(Step::CheckIn),
        1 => any::<usize>().prop_map(Step::CheckOut),
        2 => any::<usize>().prop_map(Step::Release),
        2 => resize,
        1 => close,
        2 => (1..120_i64).prop_map(|quarters| Step::Wait(quarters * 15)),
    ]
}
