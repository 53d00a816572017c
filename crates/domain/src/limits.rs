//! The limits that hold everywhere, whatever an organisation's policies say.

/// The most occurrences a series may have.
pub const MAX_OCCURRENCES: usize = 750;
/// The most resources one booking may take.
pub const MAX_RESOURCES: usize = 50;
/// The most units of one resource.
pub const MAX_UNITS: u32 = 100_000;
/// The most participants and invitees of one booking.
pub const MAX_PARTICIPANTS: usize = 500;
/// The most guests of one booking.
pub const MAX_GUESTS: usize = 50;
/// The longest booking that has an end, in minutes: 366 days.
pub const MAX_DURATION_MINUTES: u32 = 366 * 24 * 60;
/// The longest buffer before or after a booking, in minutes: a day.
pub const MAX_BUFFER_MINUTES: u32 = 24 * 60;
/// The most characters of a title.
pub const MAX_TITLE: usize = 300;
/// The most characters of a note.
pub const MAX_NOTE: usize = 10_000;
/// The most characters of a name.
pub const MAX_NAME: usize = 255;
/// The most characters of what people say of themselves, and of an address of a picture.
pub const MAX_ABOUT: usize = 2_000;
/// The largest amount in a price: a thousand million.
pub const MAX_PRICE: rust_decimal::Decimal =
    rust_decimal::Decimal::from_parts(1_000_000_000, 0, 0, false, 0);
/// The most entries of each list of a price rule.
pub const MAX_PRICE_PARTS: usize = 1_000;
