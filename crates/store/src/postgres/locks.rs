//! Advisory locks: what only one transaction at a time may be about, in the order that all take them.

use domain::booking::Item;
use domain::decide::{CatalogLock, Lock, Probe};
use domain::ids::OrganisationId;

use super::flight::{Flight, params};
use crate::classes;
use crate::codec::item_key;

/// Takes the locks one by one in the order of the arrays; a scan of a function keeps it.
const TAKE: &str = "SELECT CASE WHEN shared THEN pg_advisory_xact_lock_shared(key)::text
                                ELSE pg_advisory_xact_lock(key)::text END
                    FROM unnest($1::bigint[], $2::boolean[]) AS lock(key, shared)";

/// Kinds of keys, so that a user's is not a resource's. The first two come before all of [`Lock`].
#[derive(Clone, Copy)]
#[repr(u64)]
enum Kind {
    Idempotency = 1,
    Organisation,
    People,
    Series,
    Booking,
    Item,
    User,
    Feed,
}

/// The lock under which entries of the journal get their positions.
pub(super) fn feed() -> i64 {
    key(Kind::Feed, 0)
}

/// Adds the statement that takes all locks: the idempotency key's, the organisation's, then the probe's in their order.
pub(super) fn take(
    flight: &mut Flight,
    organisation: OrganisationId,
    caller: i64,
    idempotency: Option<&str>,
    probe: &Probe,
) {
    let mut keys = Vec::with_capacity(probe.locks.len() + probe.items.len() + 2);
    let mut shared = Vec::with_capacity(keys.capacity());
    if let Some(text) = idempotency {
        let seed = mixed(organisation.0.cast_unsigned(), caller.cast_unsigned());
        let hash = text
            .bytes()
            .fold(seed, |hash, byte| mixed(hash, byte.into()));
        keys.push(key(Kind::Idempotency, hash.cast_signed()));
        shared.push(false);
    }
    keys.push(key(Kind::Organisation, organisation.0));
    shared.push(probe.catalog == CatalogLock::Shared);
    for lock in sorted(probe) {
        keys.push(match lock {
            Lock::People => key(Kind::People, organisation.0),
            Lock::Series(id) => key(Kind::Series, id.0),
            Lock::Booking(id) => key(Kind::Booking, id.0),
            Lock::Item(item) => key(Kind::Item, item_key(item)),
            Lock::User(id) => key(Kind::User, id.0),
        });
        shared.push(false);
    }
    flight.add(TAKE, params![keys, shared]);
}

/// All locks of a probe, each once, in their order.
pub(super) fn sorted(probe: &Probe) -> Vec<Lock> {
    let items = probe.items.iter().copied().map(Lock::Item);
    let mut locks: Vec<Lock> = probe.locks.iter().copied().chain(items).collect();
    locks.sort_unstable();
    locks.dedup();
    locks
}

/// The same probe in a form that can be compared: what is a set, sorted.
pub(super) fn normal(mut probe: Probe) -> Probe {
    probe.locks = sorted(&probe);
    probe
        .items
        .sort_unstable_by_key(|item: &Item| item_key(*item));
    probe.items.dedup();
    probe.balances.sort_unstable();
    probe.balances.dedup();
    probe.windows.sort_unstable_by_key(classes::bounds);
    probe
        .holdings
        .sort_unstable_by_key(|holdings| holdings.owner);
    for holdings in &mut probe.holdings {
        holdings.windows.sort_unstable_by_key(classes::bounds);
    }
    probe
}

fn key(kind: Kind, id: i64) -> i64 {
    mixed(kind as u64, id.cast_unsigned()).cast_signed()
}

/// Mixes 64 bits into 64 others so that different ones of one kind never meet (`SplitMix64`'s finaliser is a
/// bijection), and those of different kinds hardly ever do, at the price of a needless wait.
fn mixed(seed: u64, value: u64) -> u64 {
    let mut bits = value.wrapping_add(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locks_are_taken_once_each_and_in_order() {
        let item = Item::Resource(3.into());
        let probe = Probe {
            locks: vec![Lock::User(1.into()), Lock::Item(item), Lock::People],
            items: vec![item, Item::Resource(2.into())],
            ..Probe::default()
        };
        let first = Lock::Item(Item::Resource(2.into()));
        assert_eq!(
            sorted(&probe),
            [Lock::People, first, Lock::Item(item), Lock::User(1.into())]
        );
    }

    #[test]
    fn keys_of_different_kinds_differ() {
        let kinds = [
            Kind::People,
            Kind::Series,
            Kind::Booking,
            Kind::Item,
            Kind::User,
        ];
        let keys: std::collections::HashSet<i64> = kinds
            .into_iter()
            .flat_map(|kind| (0..1000).map(move |id| key(kind, id)))
            .collect();
        assert_eq!(keys.len(), 5000);
    }
}
