//! Sources that listen: their defaults, and what they do when they are full.

use super::read;
use greffier_collector::{Overflow, SourceKind, UnixKind};
use std::time::Duration;

fn kinds(text: &str) -> Vec<SourceKind> {
    let plan = read(format!("version = 1\n{text}").as_bytes());
    let plan = plan.unwrap_or_else(|problems| panic!("{problems}"));
    plan.sources.into_iter().map(|source| source.kind).collect()
}

#[test]
fn a_unix_socket_at_its_defaults_and_written_out() {
    let kinds = kinds(
        "[[source]]\ntype = \"unix\"\nformat = \"monolog\"\npath = \"/run/a.sock\"\n\
         [[source]]\ntype = \"unix\"\nformat = \"combined\"\npath = \"/run/b.sock\"\nmode = \"622\"\n\
         kind = \"datagram\"\nbuffer = \"4MiB\"\n\
         [[source]]\ntype = \"tcp\"\nformat = \"json\"\nlisten = \"[::1]:0\"\nidle = \"5m\"\nmax_connections = 2\n",
    );
    let SourceKind::Unix { mode, kind, limits, .. } = &kinds[0] else { panic!("unix") };
    assert_eq!((*mode, *kind), (0o660, UnixKind::Stream));
    assert_eq!((limits.buffer, limits.connections, limits.idle), (16 << 20, 1024, None));
    assert_eq!(limits.overflow, Overflow::Wait, "monolog may carry audit records");
    let SourceKind::Unix { mode, kind, limits, .. } = &kinds[1] else { panic!("unix") };
    assert_eq!((*mode, *kind, limits.buffer), (0o622, UnixKind::Datagram, 4 << 20));
    assert_eq!(limits.overflow, Overflow::Drop, "a proxy writes no audit records");
    let SourceKind::Tcp { limits, tls: None, .. } = &kinds[2] else { panic!("tcp") };
    assert_eq!((limits.connections, limits.idle), (2, Some(Duration::from_mins(5))));
}

#[test]
fn a_full_socket_drops_when_audit_records_may_be_dropped() {
    let kinds = kinds(
        "[audit]\nwhen_full = \"drop\"\n[[source]]\ntype = \"tcp\"\nformat = \"json\"\nlisten = \"127.0.0.1:0\"\n",
    );
    let SourceKind::Tcp { limits, .. } = &kinds[0] else { panic!("tcp") };
    assert_eq!(limits.overflow, Overflow::Drop);
}

#[test]
fn beyond_this_machine_with_tls_or_in_so_many_words() {
    let kinds = kinds(
        "[[source]]\ntype = \"tcp\"\nformat = \"json\"\nlisten = \"0.0.0.0:1\"\ncleartext = \"allow\"\n\
         [[source]]\ntype = \"http\"\nlisten = \"0.0.0.0:2\"\n[source.tls]\ncert = \"/c\"\nkey = \"/k\"\nclient_ca = \"/ca\"\n",
    );
    assert!(matches!(&kinds[0], SourceKind::Tcp { tls: None, .. }));
    let SourceKind::Http { tls: Some(tls), .. } = &kinds[1] else { panic!("https") };
    assert_eq!(tls.client_ca.as_deref(), Some(std::path::Path::new("/ca")));
}
