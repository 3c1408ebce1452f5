//! Networks as people write them.

use core::net::IpAddr;

/// `10.0.0.0/8`, or one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    base: IpAddr,
    bits: u8,
}

impl Network {
    pub fn parse(text: &str) -> Option<Network> {
        let (base, bits) = text.trim().split_once('/').map_or((text.trim(), None), |(a, b)| (a, Some(b)));
        let base: IpAddr = base.parse().ok()?;
        let most = if base.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Some(most), |bits| bits.parse().ok())?;
        (bits <= most).then_some(Network { base, bits })
    }

    pub const fn of(base: IpAddr, bits: u8) -> Network {
        Network { base, bits }
    }

    pub fn has(&self, ip: IpAddr) -> bool {
        let head = |number: u128, width: u8| number.checked_shr(u32::from(width - self.bits)).unwrap_or(0);
        match (self.base, ip) {
            (IpAddr::V4(base), IpAddr::V4(ip)) => {
                head(u128::from(base.to_bits()), 32) == head(u128::from(ip.to_bits()), 32)
            }
            (IpAddr::V6(base), IpAddr::V6(ip)) => head(base.to_bits(), 128) == head(ip.to_bits(), 128),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_in_its_network_and_in_no_other() {
        for (network, inside, outside) in [
            ("10.0.0.0/8", "10.255.0.1", "11.0.0.1"),
            ("192.168.1.7", "192.168.1.7", "192.168.1.8"),
            ("0.0.0.0/0", "255.255.255.255", "::1"),
            ("2001:db8::/32", "2001:db8:ffff::1", "2001:db9::1"),
        ] {
            let network = Network::parse(network).unwrap();
            assert!(network.has(inside.parse().unwrap()) && !network.has(outside.parse().unwrap()));
        }
        for bad in ["", "10.0.0.0/33", "ten", "10.0.0.0/8/8", "::/129"] {
            assert_eq!(Network::parse(bad), None, "{bad}");
        }
    }
}
