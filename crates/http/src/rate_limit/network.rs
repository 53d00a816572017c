//! What counts as one network.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

/// One subscriber's network: an IPv4 address (/32), or an IPv6 /64, of which any subscriber has a
/// whole one. An IPv4 address written as IPv6 (`::ffff:a.b.c.d`) is the IPv4 address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Network(IpAddr);

impl From<IpAddr> for Network {
    fn from(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
            }
            address @ IpAddr::V4(_) => address,
        })
    }
}

impl fmt::Display for Network {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{}/{}",
            self.0,
            if self.0.is_ipv4() { 32 } else { 64 }
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks() {
        let of = |text: &str| {
            text.parse()
                .map(|address: IpAddr| Network::from(address).to_string())
        };
        assert_eq!(of("192.0.2.7"), Ok("192.0.2.7/32".to_owned()));
        assert_eq!(of("::ffff:192.0.2.7"), Ok("192.0.2.7/32".to_owned()));
        assert_eq!(of("2001:db8:1:2:3::9"), Ok("2001:db8:1:2::/64".to_owned()));
    }
}
