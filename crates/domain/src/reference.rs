//! A booking's unguessable reference: 128 random bits, followed by the booking's id.
//!
//! The id at the end lets it be found by primary key: an index over random keys would touch a random page with
//! every booking, and get slower the more there are. Whoever looks a booking up compares the whole reference in
//! constant time.

use crate::ids::BookingId;

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// 26 characters of 5 bits hold 128 bits.
const SECRET_LEN: usize = 26;

/// The reference of booking `id` with these random bits.
pub fn make(random: [u8; 16], id: BookingId) -> String {
    let mut bits = u128::from_be_bytes(random);
    let mut text = String::with_capacity(SECRET_LEN + 12);
    for _ in 0..SECRET_LEN {
        text.push(char::from(
            ALPHABET[usize::from(bits.to_le_bytes()[0] & 31)],
        ));
        bits >>= 5;
    }
    text.push_str(&id.to_string());
    text
}

/// The id that a reference made by [`make`] ends with; none for any other text, such as an imported reference.
pub fn booking_id(reference: &str) -> Option<BookingId> {
    let (secret, id) = reference.split_at_checked(SECRET_LEN)?;
    let canonical =
        id.len() <= 18 && !id.starts_with('0') && id.bytes().all(|byte| byte.is_ascii_digit());
    if !canonical || !secret.bytes().all(|byte| ALPHABET.contains(&byte)) {
        return None;
    }
    id.parse().ok().map(BookingId)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_ends_with_the_id_and_carries_all_bits() {
        let reference = make([0xff; 16], BookingId(1042));
        assert_eq!(reference, "zzzzzzzzzzzzzzzzzzzzzzzzz71042");
        assert_eq!(booking_id(&reference), Some(BookingId(1042)));
        let mut seen = std::collections::HashSet::new();
        for bit in 0..128 {
            assert!(seen.insert(make((1_u128 << bit).to_be_bytes(), BookingId(7))));
        }
    }

    #[test]
    fn what_is_no_reference_of_ours_has_no_id() {
        for text in [
            "",
            "seedsingle",
            "zzzzzzzzzzzzzzzzzzzzzzzzzz",
            "zzzzzzzzzzzzzzzzzzzzzzzzzz01",
            "ZZzzzzzzzzzzzzzzzzzzzzzzzz1",
        ] {
            assert_eq!(booking_id(text), None, "{text}");
        }
    }
}
