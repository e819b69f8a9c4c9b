//! What the targets are played with: keys, a gate, records.

use greffier_collector::{Decoder, FieldMap, Frame, SourceKind, SourcePlan};
use greffier_record::{Format, HotBuf, Raw};
use greffier_redactor::{AuditRule, IpRule, Matcher, ObjectRule, Policy, Redactor, Selector};
use greffier_vault::{Cost, Custody, CustodyPlan, Manifest, RootKey, Writer};
use std::cell::RefCell;
use tempfile::TempDir;

/// 2026-11-21T20:32:46.803Z
pub(super) const NOW: i64 = 1_795_293_166_803;

/// Private keys in a folder that is removed with them, and a writer that seals to them.
pub(super) fn keys() -> (TempDir, Custody, Writer) {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let plan = CustodyPlan::new("fuzz", &Policy::default().retention.distinct(), NOW);
    let path = folder.path().join("custody.json");
    let made = Custody::create_with(path, "a passphrase", plan, Cost::FOR_TESTS);
    let (custody, manifest, root) = made.expect("nothing is there yet");
    let root = RootKey::parse(&root).expect("just written");
    let manifest = Manifest::parse(&manifest, &root, None).expect("just written");
    (folder, custody, Writer::new(manifest))
}

/// A gate whose policy lets through as much as a policy can.
pub(super) fn gate() -> Redactor {
    let on = || Matcher::Path("/admin/**".into());
    let select = Selector::PathSegment { template: "/admin/{x}".into(), name: "x".into() };
    let policy = Policy {
        service: "social".into(),
        instance: "web-1".into(),
        ip: IpRule::TruncateAndSeal,
        keep: ["status", "a", "b", "user", "extra"].map(String::from).into(),
        query_keep: ["page", "q", "utm_*"].map(String::from).into(),
        path_keep: vec!["/page/{slug}".into(), "/admin/{x}".into()],
        audit: AuditRule {
            paths: vec!["/admin/**".into()],
            objects: vec![ObjectRule { on: on(), kind: "person".into(), select }],
            ..AuditRule::default()
        },
        ..Policy::default()
    };
    Redactor::new(policy, keys().2, None)
}

thread_local! {
    static GATE: RefCell<Redactor> = RefCell::new(gate());
}

/// The events that `work` makes, each as text.
pub(super) fn events(work: impl FnOnce(&mut Redactor)) -> Vec<String> {
    GATE.with_borrow_mut(|gate| {
        work(gate);
        let batch = gate.take();
        let text = |bytes: &[u8]| String::from_utf8(bytes.into()).expect("an event is UTF-8");
        let events = batch.events().map(|event| text(event.bytes)).collect();
        gate.give_back(batch);
        events
    })
}

/// Calls `work` with the record of one whole line.
pub(super) fn with_record<T>(format: Format, line: &[u8], work: impl FnOnce(&Raw<'_>) -> T) -> T {
    let (kind, fields) = (SourceKind::Stdin, FieldMap::default());
    let plan = SourcePlan { name: "fuzz".into(), kind, format, fields, join: None };
    let (origin, bytes) = (plan.origin(0, format), HotBuf::new(line.into()));
    thread_local! {
        static DECODER: RefCell<Option<Decoder>> = const { RefCell::new(None) };
    }
    let made = |made: &mut Option<Decoder>| made.get_or_insert_with(|| Decoder::new(&plan)).clone();
    let decoder = DECODER.with_borrow_mut(made);
    work(&decoder.record(&origin, &bytes, &Frame::whole(line.len()), NOW))
}
