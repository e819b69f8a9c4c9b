//! Stand-in for the gate's access events while it is written.

use crate::{Policy, RecordId, RecordIds, SealedBatch, Stream};
use greffier_vault::{Class, Identifiers, NoKey, Owner, Role, Who, Writer};

/// An access event.
#[derive(Debug, Clone, Copy, Default)]
pub struct AccessEvent<'a> {
    /// `search`, `reveal`, …
    pub action: &'static str,
    /// Login of the console user.
    pub user: &'a str,
    /// The record it is about.
    pub of: Option<RecordId>,
    /// The masked query.
    pub query: Option<&'a str>,
    /// Why.
    pub reason: Option<&'a str>,
    /// What was opened.
    pub opened: &'a [&'a str],
}

/// The gate.
pub struct Redactor {
    policy: Policy,
    writer: Writer,
    ids: RecordIds,
    batch: SealedBatch,
}

impl Redactor {
    /// A gate.
    #[must_use]
    pub fn new(policy: Policy, writer: Writer, last: Option<RecordId>) -> Self {
        Self { policy, writer, ids: RecordIds::after(last), batch: SealedBatch::default() }
    }

    /// Writes an access event.
    ///
    /// # Errors
    /// When there is no key.
    pub fn access(&mut self, event: &AccessEvent<'_>, now_ms: i64) -> Result<RecordId, NoKey> {
        let mut random = [0; 8];
        getrandom::fill(&mut random).expect("seeded");
        let id = self.ids.next(now_ms, random);
        let ids = Identifiers { login: Some(event.user), ..Identifiers::default() };
        let owner = Owner {
            tenant: "-",
            retention: self.policy.retention.days(Stream::Access),
            who: Who::Person { ids: &ids, claimed: false },
        };
        let mut chain = self.writer.chain(&owner, now_ms)?;
        let plain = format!(
            r#"{{"opened":{:?},"query":{:?},"reason":{:?}}}"#,
            event.opened.join(", "),
            event.query.unwrap_or(""),
            event.reason.unwrap_or("")
        );
        let mut blob = Vec::new();
        chain.seal(
            Class::Content,
            Role::Actor,
            id.as_bytes(),
            "access",
            plain.as_bytes(),
            &mut blob,
        );
        let ts = chrono::DateTime::from_timestamp_millis(now_ms).unwrap_or_default();
        let obj = event.of.map_or(String::new(), |of| format!(r#""obj":"record:{of}","#));
        let json = format!(
            r#"{{"v":1,"s":"access","id":"{id}","ts":"{}","svc":"{}","ev":"{}",{obj}"ka":"{}","pa":{{"c":"{}"}}}}"#,
            ts.format("%Y-%m-%dT%H:%M:%S%.3fZ"),
            self.policy.service,
            event.action,
            chain.kid_text(),
            String::from_utf8_lossy(&blob)
        );
        let start = self.batch.buffer().len();
        self.batch.buffer().extend_from_slice(json.as_bytes());
        self.batch.file(id, Stream::Access, now_ms, "-", start);
        Ok(id)
    }

    /// What was written.
    pub fn take(&mut self) -> SealedBatch {
        self.batch.add_rows(self.writer.take_rows());
        std::mem::take(&mut self.batch)
    }
}
