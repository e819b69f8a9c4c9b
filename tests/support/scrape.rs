//! What a sidecar says about itself over HTTP, and whether its account balances by that alone.

use std::collections::BTreeMap;
use std::io::Write as _;

/// One GET with extra header lines: status and body.
pub(crate) fn get_with(address: &str, path: &str, headers: &str) -> (u16, String) {
    let mut stream = std::net::TcpStream::connect(address).expect("it listens");
    let head = format!("GET {path} HTTP/1.1\r\n{headers}Connection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).expect("it reads");
    let answer = std::io::read_to_string(&mut stream).expect("it answers");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
    let status = head.split(' ').nth(1).and_then(|word| word.parse().ok());
    (status.expect("a status"), body.to_owned())
}

/// One GET.
pub(crate) fn get(address: &str, path: &str) -> (u16, String) {
    get_with(address, path, &format!("Host: {address}\r\n"))
}

/// The samples of a scrape: name with labels → value.
#[derive(Debug)]
pub(crate) struct Scrape(BTreeMap<String, f64>);

impl Scrape {
    /// Scrapes, and checks that the account balances.
    pub(crate) fn of(address: &str) -> Self {
        let (status, text) = get(address, "/metrics");
        assert_eq!(status, 200, "{text}");
        assert!(text.ends_with("# EOF\n"), "OpenMetrics ends so:\n{text}");
        let samples = text.lines().filter(|line| !line.starts_with('#'));
        let sample = |line: &str| {
            let (name, value) = line.rsplit_once(' ').expect("a name and a value");
            (name.to_owned(), value.parse().expect("a number"))
        };
        let scrape = Self(samples.map(sample).collect());
        scrape.assert_balance();
        scrape
    }

    /// The sum of all samples of a name whose labels hold all of `labels`.
    pub(crate) fn sum(&self, name: &str, labels: &[&str]) -> u64 {
        let of = |sample: &str| {
            let (own, with) = sample.split_once('{').unwrap_or((sample, ""));
            own == name && labels.iter().all(|label| with.contains(label))
        };
        let values = self.0.iter().filter(|(sample, _)| of(sample)).map(|(_, value)| value);
        values.sum::<f64>() as u64
    }

    /// received = sealed + dropped + held; for every sink and stream
    /// sealed + recovered = shipped + set aside + lost + backlog.
    fn assert_balance(&self) {
        let all = |name: &str| self.sum(name, &[]);
        let out = all("greffier_events_sealed_total") + all("greffier_records_dropped_total");
        let held = all("greffier_records_held");
        assert_eq!(all("greffier_records_received_total"), out + held, "{self:#?}");
        let backlogs = self.0.keys().filter_map(|s| s.strip_prefix("greffier_events_backlog{"));
        let mut seen = 0;
        for labels in backlogs {
            let labels: Vec<_> = labels.trim_end_matches('}').split(',').collect();
            let stream = labels.iter().find(|label| label.starts_with("stream")).expect("a stream");
            let of = |name: &str| self.sum(&format!("greffier_events_{name}"), &labels);
            let sealed = self.sum("greffier_events_sealed_total", &[stream]);
            let gone = of("shipped_total") + of("set_aside_total") + of("lost_total");
            let came = sealed + of("recovered_total");
            assert_eq!(came, gone + of("backlog"), "{labels:?}: {self:#?}");
            seen += 1;
        }
        assert!(seen >= 6, "a sink, and six streams of it: {self:#?}");
    }
}
