//! Slows down the guessing of passwords without letting strangers lock an account.

use std::fmt;
use std::net::IpAddr;
use std::num::NonZeroU32;

use governor::clock::{Clock, DefaultClock};

use super::{DEFAULT_CAPACITY, Network, Quota, RateLimiter, RetryAfter};

/// Longer account names are told apart by this many bytes only.
const NAME: usize = 256;

/// How many attempts there may be.
#[derive(Clone, Copy, Debug)]
pub struct LoginQuotas {
    /// Of one network at one account; default: 5, then one every 20 s. Forgotten after a success.
    pub per_pair: Quota,
    /// At one account from all networks; default: 30, then one every 5 s. Wide, since whoever
    /// uses it up keeps the owner out.
    pub per_account: Quota,
    /// Of one network at all accounts; default: 50, then one every 2 s. An office of many people
    /// is one network.
    pub per_network: Quota,
}

impl Default for LoginQuotas {
    fn default() -> Self {
        let per_minute = |rate: u32, burst: u32| {
            let number = |value| NonZeroU32::new(value).unwrap_or(NonZeroU32::MIN);
            Quota::per_minute(number(rate)).allow_burst(number(burst))
        };
        Self {
            per_pair: per_minute(3, 5),
            per_account: per_minute(12, 30),
            per_network: per_minute(30, 50),
        }
    }
}

/// Counts attempts to log in.
///
/// The pair of account and network is limited first: an attempt refused there costs the account
/// nothing, so that a single stranger cannot use up what the owner needs.
pub struct LoginGuard<C: Clock = DefaultClock> {
    pairs: RateLimiter<(String, Network), C>,
    networks: RateLimiter<Network, C>,
    accounts: RateLimiter<String, C>,
}

impl LoginGuard {
    /// A guard on the system's monotonic clock.
    pub fn new(quotas: &LoginQuotas) -> Self {
        Self::with_clock(quotas, &DefaultClock::default())
    }
}

impl<C: Clock + Clone> LoginGuard<C> {
    /// A guard that reads the time from `clock`.
    pub fn with_clock(quotas: &LoginQuotas, clock: &C) -> Self {
        Self {
            pairs: RateLimiter::with_clock(quotas.per_pair, DEFAULT_CAPACITY, clock.clone()),
            networks: RateLimiter::with_clock(quotas.per_network, DEFAULT_CAPACITY, clock.clone()),
            accounts: RateLimiter::with_clock(quotas.per_account, DEFAULT_CAPACITY, clock.clone()),
        }
    }

    /// Counts an attempt; to be called before the password is looked at, and for accounts that do
    /// not exist as for those that do. `account` is whatever was typed in; case does not matter.
    ///
    /// # Errors
    ///
    /// [`RetryAfter`]: answer 429 and do not try the password.
    pub fn attempt(&self, account: &str, address: IpAddr) -> Result<(), RetryAfter> {
        let network = Network::from(address);
        let account = normal(account);
        self.networks.check(&network)?;
        self.pairs.check(&(account.clone(), network))?;
        self.accounts.check(&account)?;
        Ok(())
    }

    /// The attempt succeeded: this network's earlier failures at this account are forgotten.
    pub fn succeeded(&self, account: &str, address: IpAddr) {
        self.pairs
            .forget(&(normal(account), Network::from(address)));
    }
}

impl<C: Clock> fmt::Debug for LoginGuard<C> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("LoginGuard").finish_non_exhaustive()
    }
}

fn normal(account: &str) -> String {
    let account = account.trim();
    account[..account.floor_char_boundary(NAME)].to_lowercase()
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;
    use std::time::Duration;

    use governor::clock::FakeRelativeClock;

    use super::*;

    fn address(number: u32) -> IpAddr {
        IpAddr::V4(Ipv4Addr::from(number))
    }

    #[test]
    fn one_stranger_is_stopped_and_does_not_lock_the_owner_out() {
        let clock = FakeRelativeClock::default();
        let guard = LoginGuard::with_clock(&LoginQuotas::default(), &clock);
        let tries = (0..1000)
            .filter(|_| guard.attempt("Ann", address(1)).is_ok())
            .count();
        assert_eq!(tries, 5);
        assert!(
            guard.attempt("ann ", address(2)).is_ok(),
            "the owner, elsewhere"
        );
        clock.advance(Duration::from_mins(2));
        assert!(guard.attempt("ANN", address(1)).is_ok());
    }

    #[test]
    fn one_account_from_everywhere_and_all_accounts_from_one_network() {
        let guard = LoginGuard::with_clock(&LoginQuotas::default(), &FakeRelativeClock::default());
        let spread = (0..1000)
            .filter(|n| guard.attempt("bob", address(*n)).is_ok())
            .count();
        assert_eq!(spread, 30);
        let spray = (0..1000).filter(|n| guard.attempt(&n.to_string(), address(7777)).is_ok());
        assert_eq!(spray.count(), 50);
    }

    #[test]
    fn a_success_clears_the_slate() {
        let guard = LoginGuard::with_clock(&LoginQuotas::default(), &FakeRelativeClock::default());
        for _ in 0..20 {
            assert!(guard.attempt("eve", address(1)).is_ok());
            guard.succeeded("eve", address(1));
        }
    }
}
