//! How many pages may be kept up to date at once: so many of a person, and so many in all.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::ids::UserId;

/// The most of one person.
pub const OF_ONE: usize = 8;
/// The most of all.
pub const OF_ALL: usize = 512;

/// The streams that are open.
#[derive(Clone, Default)]
pub struct Streams(Arc<Mutex<Open>>);

#[derive(Default)]
struct Open {
    all: usize,
    by_person: HashMap<UserId, usize>,
}

/// One of them; it counts for as long as it is kept.
pub struct Stream {
    streams: Streams,
    person: UserId,
}

/// Why there may not be one more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Full {
    /// The person has as many as one may have.
    Person,
    /// There are as many as the server keeps.
    Server,
}

impl Streams {
    /// One more of this person.
    ///
    /// # Errors
    /// [`Full`] if there may not be.
    pub fn open(&self, person: UserId) -> Result<Stream, Full> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if open.all >= OF_ALL {
            return Err(Full::Server);
        }
        let own = open.by_person.entry(person).or_default();
        if *own >= OF_ONE {
            return Err(Full::Person);
        }
        *own += 1;
        open.all += 1;
        Ok(Stream {
            streams: self.clone(),
            person,
        })
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        let mut open = self
            .streams
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        open.all -= 1;
        if let Some(own) = open.by_person.get_mut(&self.person) {
            *own -= 1;
            if *own == 0 {
                open.by_person.remove(&self.person);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_and_the_server_have_so_many() {
        let streams = Streams::default();
        let mine: Vec<_> = (0..OF_ONE).map(|_| streams.open(UserId(1))).collect();
        assert!(mine.iter().all(Result::is_ok));
        assert_eq!(streams.open(UserId(1)).err(), Some(Full::Person));
        let people = (OF_ALL - OF_ONE) / OF_ONE;
        let others: Vec<_> = (0..people * OF_ONE)
            .map(|number| streams.open(UserId(2 + i64::try_from(number / OF_ONE).unwrap())))
            .collect();
        assert!(others.iter().all(Result::is_ok));
        assert_eq!(streams.open(UserId(0)).err(), Some(Full::Server));
        drop(mine);
        assert!(
            streams.open(UserId(1)).is_ok(),
            "what has ended does not count"
        );
    }
}
