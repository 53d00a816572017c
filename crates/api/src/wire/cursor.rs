//! Cursors: where a list goes on, bound to the list they come from.

use http_kit::Problem;
use sha2::{Digest, Sha256};

/// What a cursor belongs to: the list with its filter, the organisation, the caller.
///
/// A cursor names a position only; what is shown from there on is decided anew for each caller. The seal keeps
/// a cursor from being used with another list by mistake, where it would skip or repeat without anybody noticing.
pub struct Seal([u8; 32]);

impl Seal {
    /// The seal of a list with everything that chooses its items.
    pub fn of(parts: &[&dyn std::fmt::Debug]) -> Self {
        Self(Sha256::digest(format!("{parts:?}")).into())
    }

    /// The cursor of a position.
    pub fn close(&self, position: &str) -> String {
        format!("{position}.{}", self.mark(position))
    }

    /// The position of a cursor.
    ///
    /// # Errors
    /// 400 if it is no cursor of this list.
    pub fn open<'a>(&self, cursor: &'a str, field: &str) -> Result<&'a str, Problem> {
        cursor
            .rsplit_once('.')
            .filter(|(position, mark)| *mark == self.mark(position))
            .map(|(position, _)| position)
            .ok_or_else(|| {
                Problem::bad_request(format!("{field} is not one that this list gave"))
                    .with("field", field)
            })
    }

    fn mark(&self, position: &str) -> String {
        let digest = Sha256::new()
            .chain_update(self.0)
            .chain_update(position)
            .finalize();
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&digest[..8]);
        format!("{:016x}", u64::from_be_bytes(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_opens_its_own_list_only() {
        let (mine, other) = (Seal::of(&[&"a", &1]), Seal::of(&[&"a", &2]));
        let cursor = mine.close("17");
        assert_eq!(mine.open(&cursor, "cursor"), Ok("17"));
        assert!(other.open(&cursor, "cursor").is_err());
        assert!(mine.open("17", "cursor").is_err());
        assert!(mine.open(&cursor.replace("17", "18"), "cursor").is_err());
    }
}
