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
