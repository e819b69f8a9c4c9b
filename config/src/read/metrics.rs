//! `[metrics]`: where metrics, probes and the live view are answered.

use super::socket::collides;
use crate::plan::MetricsPlan;
use crate::schema;
use crate::section::Section;
use greffier_collector::SourcePlan;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

const LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 4381);

/// Off unless the table is written.
pub(super) fn read(root: &Section<'_>, sources: &[SourcePlan]) -> Option<MetricsPlan> {
    let section = root.get("metrics")?.section(&schema::METRICS)?;
    let listen = section.get("listen");
    let address = listen.as_ref().map_or(Some(LISTEN), |item| item.socket())?;
    if collides(address, sources) {
        let advice = "write another port, as in listen = \"127.0.0.1:4382\"";
        return match listen {
            Some(item) => item.fail("an address that a source listens on", advice),
            None => section.fail("a source listens on the default address", advice),
        };
    }
    Some(MetricsPlan { listen: address })
}
