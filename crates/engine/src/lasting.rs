//! How long a token is good, where its use may put off its end.

use std::sync::atomic::{AtomicI64, Ordering};

use domain::time::micros;
use jiff::{SignedDuration, Timestamp};

/// How much later an end must be than the stored one before it is written: a write for each request would cost more
/// than the request. What is written is later by as much, so that no other server ends a session too early.
const SLACK: SignedDuration = SignedDuration::from_mins(1);

/// The end of a token; kept in memory to the second, in the store to the minute.
pub struct Lasting {
    /// By how much a use puts the end off; none if it does not.
    idle: Option<SignedDuration>,
    /// In microseconds; the largest number for never.
    until: AtomicI64,
    /// Until when it is good by what is stored.
    stored: AtomicI64,
}

/// What came of a use.
pub enum Touch {
    /// The token had ended.
    Over,
    /// It is good.
    Good,
    /// It is good, and its new end is to be stored.
    Write(Timestamp),
}

impl Lasting {
    /// A token with this end, and by how much its use puts it off.
    pub fn new(expires_at: Option<Timestamp>, idle: Option<SignedDuration>) -> Self {
        let until = expires_at.map_or(i64::MAX, micros);
        Self {
            idle,
            until: AtomicI64::new(until),
            stored: AtomicI64::new(until),
        }
    }

    /// Learns the end that is stored: another server may have put it off.
    pub fn learn(&self, expires_at: Option<Timestamp>) {
        let end = expires_at.map_or(i64::MAX, micros);
        if self.stored.fetch_max(end, Ordering::AcqRel) < end {
            self.until.fetch_max(end, Ordering::AcqRel);
        }
    }

    /// Uses the token at an instant. One that is prolonged is still good at its very end.
    pub fn touch(&self, now: Timestamp) -> Touch {
        let (at, until) = (micros(now), self.until.load(Ordering::Acquire));
        let Some(idle) = self.idle else {
            return if at < until { Touch::Good } else { Touch::Over };
        };
        if at > until {
            return Touch::Over;
        }
        let end = micros(now + idle);
        self.until.fetch_max(end, Ordering::AcqRel);
        let stored = self.stored.load(Ordering::Acquire);
        if end <= stored {
            return Touch::Good;
        }
        let next = now + idle + SLACK;
        let ours =
            self.stored
                .compare_exchange(stored, micros(next), Ordering::AcqRel, Ordering::Acquire);
        match ours {
            Ok(_) => Touch::Write(next),
            Err(_) => Touch::Good,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64, second: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_secs(minute * 60 + second)
    }

    #[test]
    fn a_use_puts_off_the_end_and_rarely_writes() {
        let session = Lasting::new(Some(at(30, 0)), Some(SignedDuration::from_mins(30)));
        assert!(matches!(session.touch(at(29, 0)), Touch::Write(until) if until == at(60, 0)));
        assert!(matches!(session.touch(at(29, 59)), Touch::Good));
        assert!(matches!(session.touch(at(59, 59)), Touch::Write(_)));
        assert!(
            matches!(session.touch(at(89, 59)), Touch::Write(_)),
            "its very end"
        );
        assert!(matches!(session.touch(at(120, 0)), Touch::Over));
    }

    #[test]
    fn a_fixed_end_stays() {
        let token = Lasting::new(Some(at(30, 0)), None);
        assert!(matches!(token.touch(at(29, 59)), Touch::Good));
        assert!(matches!(token.touch(at(30, 0)), Touch::Over));
        assert!(matches!(
            Lasting::new(None, None).touch(at(9999, 0)),
            Touch::Good
        ));
    }
}
