//! Client addresses: whatever form they arrive in, what leaves is a network.
//!
//! Invariant: no address of a host in clear; IPv4 keeps three octets, IPv6 48 bits, and an IPv4 address
//! inside an IPv6 one (mapped, 6to4) counts as IPv4. Place on the path: `ip` of the event.

use std::io::Write as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The address a line states: plain, mapped, with zone, brackets or port, or first of a chain.
pub(crate) fn parse(text: &str) -> Option<IpAddr> {
    if let Ok(plain) = text.parse::<Ipv4Addr>() {
        return Some(plain.into());
    }
    let first = text.split(',').next().unwrap_or(text).trim();
    let host = match first.strip_prefix('[') {
        Some(inside) => inside.split_once(']')?.0,
        None => match first.split_once(':') {
            Some((v4, port)) if !port.contains(':') && v4.contains('.') => v4,
            _ => first,
        },
    };
    let host = host.split_once('%').map_or(host, |(address, _zone)| address);
    Some(host.parse::<IpAddr>().ok()?.to_canonical())
}

/// Appends the network that may stay in clear: `203.0.113.0/24` or `2001:db8::/48`.
pub(crate) fn network(address: IpAddr, out: &mut Vec<u8>) {
    match address {
        IpAddr::V4(v4) => network4(v4, out),
        IpAddr::V6(v6) => {
            let [first, high, low, ..] = v6.segments();
            if first == 0x2002 {
                let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
                return network4(Ipv4Addr::new(a, b, c, d), out); // 6to4, RFC 3056
            }
            let network = Ipv6Addr::new(first, high, low, 0, 0, 0, 0, 0);
            write!(out, "{network}/48").expect("a Vec takes every write");
        }
    }
}

fn network4(address: Ipv4Addr, out: &mut Vec<u8>) {
    let [octets @ .., _host] = address.octets();
    for octet in octets {
        out.extend_from_slice(itoa::Buffer::new().format(octet).as_bytes());
        out.push(b'.');
    }
    out.extend_from_slice(b"0/24");
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn network(address: IpAddr) -> String {
        let mut out = Vec::new();
        super::network(address, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn every_form_becomes_its_network() {
        for (given, expected) in [
            ("203.0.113.7", "203.0.113.0/24"),
            (" 203.0.113.7:443 ", "203.0.113.0/24"),
            ("203.0.113.7, 10.0.0.1", "203.0.113.0/24"),
            ("::ffff:203.0.113.7", "203.0.113.0/24"),
            ("[::ffff:203.0.113.7]:80", "203.0.113.0/24"),
            ("2002:cb00:7107::1", "203.0.113.0/24"),
            ("2001:db8::5", "2001:db8::/48"),
            ("[2001:db8:85a3::8a2e:370:7334]:443", "2001:db8:85a3::/48"),
            ("fe80::1%eth0", "fe80::/48"),
            ("[fe80::1%25eth0]", "fe80::/48"),
            ("::1", "::/48"),
        ] {
            assert_eq!(parse(given).map(network).as_deref(), Some(expected), "{given}");
        }
        for wrong in ["", "unknown", "unix:", "1.2.3", "1.2.3.4.5", "[", "[::1", "a,1.2.3.4", "::g"]
        {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics_and_no_host_part_survives(text: String, v4: u32, v6: u128) {
            let _ = parse(&text).map(network);
            let v4 = Ipv4Addr::from(v4);
            prop_assert!(network(v4.into()).ends_with(".0/24"));
            let shown = network(Ipv6Addr::from(v6).into());
            let address: IpAddr = shown.split('/').next().unwrap().parse().unwrap();
            if let IpAddr::V6(address) = address {
                prop_assert_eq!(u128::from(address) & ((1 << 80) - 1), 0);
            }
        }
    }
}
