//! Where the server may go by itself. An address that staff have typed must not become a way into the
//! network behind it: what is not the public internet is closed, unless the settings open it.

pub use model::network::Network;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

const fn v4(a: u8, b: u8, c: u8, d: u8, bits: u8) -> Network {
    Network::of(IpAddr::V4(Ipv4Addr::new(a, b, c, d)), bits)
}

const fn v6(head: [u16; 3], bits: u8) -> Network {
    Network::of(IpAddr::V6(Ipv6Addr::new(head[0], head[1], head[2], 0, 0, 0, 0, 0)), bits)
}

/// Not the public internet (IANA's registries of special addresses), and two addresses of clouds that
/// give away an instance's own secrets.
const CLOSED: &[Network] = &[
    v4(0, 0, 0, 0, 8),
    v4(10, 0, 0, 0, 8),
    v4(100, 64, 0, 0, 10),
    v4(127, 0, 0, 0, 8),
    v4(168, 63, 129, 16, 32),
    v4(169, 254, 0, 0, 16),
    v4(172, 16, 0, 0, 12),
    v4(192, 0, 0, 0, 24),
    v4(192, 0, 2, 0, 24),
    v4(192, 88, 99, 0, 24),
    v4(192, 168, 0, 0, 16),
    v4(198, 18, 0, 0, 15),
    v4(198, 51, 100, 0, 24),
    v4(203, 0, 113, 0, 24),
    v4(224, 0, 0, 0, 4),
    v4(240, 0, 0, 0, 4),
    // Unspecified, loopback, and IPv4 in an old spelling.
    v6([0, 0, 0], 64),
    v6([0x0064, 0xff9b, 1], 48),
    v6([0x0100, 0, 0], 64),
    // Teredo, documentation, 6to4: tunnels to any IPv4.
    v6([0x2001, 0, 0], 23),
    v6([0x2001, 0x0db8, 0], 32),
    v6([0x2002, 0, 0], 16),
    v6([0x3fff, 0, 0], 20),
    v6([0x5f00, 0, 0], 16),
    v6([0xfc00, 0, 0], 7),
    v6([0xfe80, 0, 0], 10),
    v6([0xfec0, 0, 0], 10),
    v6([0xff00, 0, 0], 8),
];

/// The address that is really meant: IPv4 inside of IPv6 is IPv4.
fn plain(ip: IpAddr) -> IpAddr {
    let IpAddr::V6(long) = ip else { return ip };
    let [a, b, rest @ ..] = long.segments();
    // NAT64: a network without IPv4 of its own reaches IPv4 this way.
    if (a, b) == (0x0064, 0xff9b) && rest[..4] == [0; 4] {
        let [.., w, x, y, z] = long.octets();
        return IpAddr::V4(Ipv4Addr::new(w, x, y, z));
    }
    ip.to_canonical()
}

#[derive(Clone, Debug, Default)]
pub struct Guard {
    /// What the settings open.
    pub allow: Vec<Network>,
}

impl Guard {
    /// Whether the settings name it.
    pub fn opens(&self, ip: IpAddr) -> bool {
        let ip = plain(ip);
        self.allow.iter().any(|network| network.has(ip))
    }

    pub fn may(&self, ip: IpAddr) -> bool {
        let ip = plain(ip);
        self.opens(ip) || !CLOSED.iter().any(|network| network.has(ip))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_the_public_internet_is_closed_in_every_spelling() {
        let guard = Guard::default();
        for closed in [
            "127.0.0.1",
            "127.255.255.255",
            "10.0.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "100.100.100.200",
            "100.127.255.255",
            "0.0.0.0",
            "0.1.2.3",
            "224.0.0.1",
            "239.255.255.250",
            "255.255.255.255",
            "240.0.0.1",
            "192.0.0.192",
            "198.18.0.1",
            "168.63.129.16",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
            "64:ff9b::7f00:1",
            "64:ff9b::10.0.0.1",
            "64:ff9b:1::1",
            "2002:7f00:1::",
            "2001::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "2001:db8::1",
        ] {
            assert!(!guard.may(closed.parse().unwrap()), "{closed}");
        }
        for open in [
            "1.1.1.1",
            "172.15.255.255",
            "172.32.0.1",
            "100.63.255.255",
            "100.128.0.1",
            "192.167.255.255",
            "11.0.0.1",
            "223.255.255.255",
            "168.63.129.17",
            "2606:4700::1111",
            "2400:3200::1",
            "::ffff:1.1.1.1",
            "64:ff9b::1.1.1.1",
        ] {
            assert!(guard.may(open.parse().unwrap()), "{open}");
        }
    }

    #[test]
    fn the_settings_open_what_they_name_and_nothing_else() {
        let networks = ["10.1.0.0/16", "127.0.0.1", "fd00::/8"].map(|text| Network::parse(text).unwrap());
        let guard = Guard { allow: networks.to_vec() };
        for (ip, may) in [
            ("10.1.2.3", true),
            ("10.2.0.1", false),
            ("127.0.0.1", true),
            ("127.0.0.2", false),
            ("fd12::1", true),
            ("fc12::1", false),
            ("::ffff:10.1.2.3", true),
            ("::1", false),
        ] {
            assert_eq!(guard.may(ip.parse().unwrap()), may, "{ip}");
        }
        assert!(Guard { allow: vec![Network::parse("0.0.0.0/0").unwrap()] }.may("10.0.0.1".parse().unwrap()));
        for bad in
            ["", "10", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "::/129", "localhost", "10.0.0.0/8/8"]
        {
            assert_eq!(Network::parse(bad), None, "{bad}");
        }
    }
}
