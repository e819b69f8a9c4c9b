//! Tables: what is an address, what it becomes, and what is none.

use super::*;

/// All addresses of `text`, found as the scanner does: at digits and at colons.
fn found(text: &str) -> Vec<(&str, String)> {
    let view = Text::new(text);
    let (mut found, mut at, mut seen) = (Vec::new(), 0, 0);
    while at < text.len() {
        let finding = match view.at(at) {
            b'0'..=b'9' if !view.before(at, 1).is_ascii_digit() => v4(view, at),
            b':' if at >= seen => {
                let (finding, end) = v6(view, at);
                seen = end;
                finding
            }
            _ => None,
        };
        at += 1;
        if let Some(finding) = finding {
            found.push((&text[finding.range.clone()], finding.truncated.unwrap()));
        }
    }
    found
}

#[test]
fn version_4_in_its_surroundings() {
    for (text, address, network) in [
        ("from 203.0.113.9 ok", "203.0.113.9", "203.0.113.0/24"),
        ("203.0.113.9:8080", "203.0.113.9", "203.0.113.0/24"),
        ("(10.1.2.3).", "10.1.2.3", "10.1.2.0/24"),
        ("/users/10.1.2.3/x", "10.1.2.3", "10.1.2.0/24"),
        ("http://10.1.2.3/x", "10.1.2.3", "10.1.2.0/24"),
        ("client/10.1.2.3 x", "10.1.2.3", "10.1.2.0/24"),
        ("10.1.2.3-10.1.2", "10.1.2.3", "10.1.2.0/24"),
        ("10.1.2.3/32", "10.1.2.3/32", "10.1.2.0/24"),
        ("10.1.2.3/5/6", "10.1.2.3", "10.1.2.0/24"),
        ("88-12-7-9.abo.wanadoo.fr", "88-12-7-9", "88-12-7-0/24"),
        ("ip88-12-7-9.dyn.example.net", "88-12-7-9", "88-12-7-0/24"),
        ("ip-10-0-3-17", "10-0-3-17", "10-0-3-0/24"),
        ("«10.1.2.3»", "10.1.2.3", "10.1.2.0/24"),
    ] {
        assert_eq!(found(text), [(address, network.to_owned())], "{text}");
    }
}

#[test]
fn version_6_in_its_surroundings() {
    for (text, address, network) in [
        ("from 2001:db8:1:2:3:4:5:6 ok", "2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
        ("[2001:db8::1]:443", "2001:db8::1", "2001:db8::/48"),
        ("peer:2001:DB8::1: refused", "2001:DB8::1", "2001:db8::/48"),
        ("src=fe80::a:b%eth0", "fe80::a:b%eth0", "fe80::/48"),
        ("src:2001:db8:1:2:3:4:5:6", "2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
        ("2001:db8:1:2:3:4:5:6:8080", "2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
        ("2001:db8::1.", "2001:db8::1", "2001:db8::/48"),
        ("2001:db8::1/64", "2001:db8::1/64", "2001:db8::/48"),
    ] {
        assert_eq!(found(text), [(address, network.to_owned())], "{text}");
    }
    let mapped = found("x ::ffff:10.1.2.3 y");
    assert_eq!(mapped[0], ("::ffff:10.1.2.3", "10.1.2.0/24".to_owned()));
}

#[test]
fn versions_scopes_and_times_are_none() {
    for text in [
        "Chrome/120.0.0.0 Safari",
        r"Chrome\/120.0.0.0",
        "version 1.2.3.4",
        "v1.2.3.4",
        "1.2.3.4-beta",
        "release 4.2.1.7-SNAPSHOT",
        "oid 1.3.6.1.4.1.99.1",
        "app/4.2.1.7",
        "lib-x.1.2.3.4",
        "1.2.3.4.jar",
        "1.2.3.256",
        "1.2.3",
        "127.0.0.1",
        "0.0.0.0:80",
        "10.0.0.0/8",
        "203.0.113.0/24",
        "appVersion=\"1.2.3.4\"",
        ">=1.2.3.4",
        "2026-11-21-05.log",
        "12:34:56",
        "2026-11-21T12:34:56",
        "std::vector::at",
        "Foo::bar",
        "abc::def",
        "a::before",
        "::1",
        "[::]:80",
        "2001:db8::/32",
        "2001:db8:1::/48",
        "3c:22:fb:aa:bb:cc",
        "App\\User::find",
        "core::ops::FnOnce",
        "::ffff:127.0.0.1",
        "1.2.3.4.5",
        "x1.2.3.4",
    ] {
        assert_eq!(found(text), [], "{text}");
    }
}

#[test]
fn a_network_is_clean() {
    for text in ["203.0.113.9", "a 88-12-7-9.abo.wanadoo.fr", "2001:db8:1:2:3:4:5:6"] {
        for (address, network) in found(text) {
            assert_eq!(found(&text.replace(address, &network)), [], "{text}");
        }
    }
}
