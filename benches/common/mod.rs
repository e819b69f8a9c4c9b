//! What the benches share: lines of the workload, and a gate with keys made for one run.

use greffier_collector::{Decoder, FieldMap, Frame, SourceKind, SourcePlan};
use greffier_record::{Format, HotBuf, Origin, Raw, clock};
use greffier_redactor::{Policy, Redactor};
use greffier_vault::{Cost, Custody, CustodyPlan, Manifest, RootKey, Writer};
use std::sync::Arc;

/// 200 lines of `benches/gen.py --lines 200 --users 80 --seed 7`.
pub(crate) const REQUESTS: &str = include_str!("requests.ndjson");

/// The lines, without their ends.
pub(crate) fn lines() -> Vec<&'static str> {
    REQUESTS.lines().collect()
}

/// A writer with keys of its own.
pub(crate) fn writer() -> Writer {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let now = clock::now_ms();
    let plan = CustodyPlan::new("bench", &Policy::default().retention.distinct(), now);
    let path = folder.path().join("custody.json");
    let made = Custody::create_with(path, "a passphrase", plan, Cost::FOR_TESTS);
    let (_, manifest, root) = made.expect("a custody");
    let root = RootKey::parse(&root).expect("a root key");
    Writer::new(Manifest::parse(&manifest, &root, None).expect("a manifest"))
}

/// Decoder and redactor, with the default policy.
pub(crate) struct Gate {
    pub(crate) redactor: Redactor,
    decoder: Decoder,
    origin: Arc<Origin>,
}

impl Gate {
    pub(crate) fn new() -> Self {
        let plan = SourcePlan {
            name: "bench".into(),
            kind: SourceKind::Stdin,
            format: Format::Json,
            fields: FieldMap::default(),
            join: None,
        };
        Self {
            redactor: Redactor::new(Policy::default(), writer(), None),
            decoder: Decoder::new(&plan),
            origin: Arc::new(plan.origin(0, Format::Json)),
        }
    }

    /// Decodes one line and hands the record to `take`.
    pub(crate) fn decode<T>(
        &mut self,
        line: &HotBuf,
        take: impl FnOnce(&mut Redactor, &Raw<'_>) -> T,
    ) -> T {
        let frame = Frame::whole(line.len());
        let raw = self.decoder.record(&self.origin, line, &frame, clock::now_ms());
        take(&mut self.redactor, &raw)
    }

    /// Seals one line.
    pub(crate) fn seal(&mut self, line: &HotBuf) {
        let now = clock::now_ms();
        self.decode(line, |redactor, raw| {
            redactor.request(raw, now).map(drop).expect("there are keys")
        });
    }
}
