//! A platform for tests: keys, a writer that seals handmade events into an archive, and readers of it.

use crate::{Clearance, Operator, Reader, ReaderError, ReaderPaths, ReaderSetup};
use greffier_redactor::{Policy, RecordIds};
use greffier_sinks::Archive;
use greffier_spool::testing::spooled;
use greffier_spool::{RecordId, Stream};
use greffier_vault::{
    Class, Custody, CustodyPlan, Identifiers, KeyStore, Manifest, Owner, Role, RootKey, Who, Writer,
};
use std::path::PathBuf;
use tempfile::TempDir;
use zeroize::Zeroizing;

/// 2026-11-21T12:00:00Z.
pub(crate) const NOW: i64 = 20_778 * 86_400_000 + 43_200_000;
pub(crate) const PASSPHRASE: &str = "correct horse battery staple";

pub(crate) fn ada() -> Identifiers<'static> {
    Identifiers { uid: Some("42"), email: Some("ada@example.org"), ..Identifiers::default() }
}

pub(crate) fn bob() -> Identifiers<'static> {
    Identifiers { uid: Some("7"), login: Some("bob"), ..Identifiers::default() }
}

pub(crate) struct Platform {
    pub(crate) dir: TempDir,
    root: RootKey,
    writer: Writer,
    ids: RecordIds,
    made: u64,
}

impl Platform {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let plan = CustodyPlan::new("test", &[90, 365], NOW);
        let custody = dir.path().join("custody");
        let (_, manifest, root) = Custody::create(custody, PASSPHRASE, plan).unwrap();
        std::fs::write(dir.path().join("recipients"), &manifest).unwrap();
        let root = RootKey::parse(&root).unwrap();
        let writer = Writer::new(Manifest::parse(&manifest, &root, None).unwrap());
        Self { dir, root, writer, ids: RecordIds::after(None), made: 0 }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn store(&self) -> KeyStore {
        KeyStore::open(self.path("keys.db")).unwrap()
    }

    /// Seals `plain` for a person and files the event; `clear` is what it says in clear, with a comma after it.
    pub(crate) fn event(
        &mut self,
        stream: Stream,
        at_ms: i64,
        who: &Identifiers<'_>,
        clear: &str,
        (letter, class, plain): (&str, Class, &str),
    ) -> RecordId {
        self.made += 1;
        let id = self.ids.next(at_ms, self.made.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
        let owner =
            Owner { tenant: "-", retention: 90, who: Who::Person { ids: who, claimed: false } };
        let mut chain = self.writer.chain(&owner, at_ms).unwrap();
        let mut blob = Vec::new();
        chain.seal(class, Role::Subject, id.as_bytes(), stream.name(), plain.as_bytes(), &mut blob);
        let (kid, blob) = (chain.kid_text(), String::from_utf8(blob).unwrap());
        let ts = crate::Zone::Utc.show(at_ms, "%Y-%m-%dT%H:%M:%S%.3fZ");
        let name = stream.name();
        let json = format!(
            r#"{{"v":1,"s":"{name}","id":"{id}","ts":"{ts}",{clear}"k":"{kid}","p":{{"{letter}":"{blob}"}}}}"#
        );
        self.store().insert(&self.writer.take_rows()).unwrap();
        let spooled = spooled(id, stream, at_ms, "-", &json);
        Archive::open(self.path("archive")).unwrap().write(&[spooled]).unwrap();
        id
    }

    /// A request line of a person.
    pub(crate) fn request(
        &mut self,
        at_ms: i64,
        who: &Identifiers<'_>,
        req: &str,
        status: u16,
    ) -> RecordId {
        let clear = format!(
            r#""src":"app","req":"{req}","method":"POST","path":"/admin/users/{{}}","route":"admin_user_edit","status":{status},"ms":812,"roles":["ROLE_USER"],"ip":"203.0.113.0/24","#
        );
        let plain = format!(r#"{{"uid":"{}"}}"#, who.uid.unwrap_or(""));
        self.event(Stream::Requests, at_ms, who, &clear, ("i", Class::Identity, &plain))
    }

    /// A record of a failed request.
    pub(crate) fn error(
        &mut self,
        at_ms: i64,
        who: &Identifiers<'_>,
        req: &str,
        msg: &str,
    ) -> RecordId {
        let clear = format!(
            r#""src":"app","req":"{req}","exc":"TransportException","lvl":"error","msg":{},"#,
            serde_json::Value::from(msg)
        );
        let plain = "{\"raw\":\"mail to ada@example.org \\u001b[2J failed\"}";
        self.event(Stream::Errors, at_ms, who, &clear, ("c", Class::Content, plain))
    }

    pub(crate) fn reader_as(
        &self,
        clearance: Clearance,
        passphrase: Option<&str>,
    ) -> Result<Reader, ReaderError> {
        self.reader_at(clearance, passphrase, NOW)
    }

    pub(crate) fn reader_at(
        &self,
        clearance: Clearance,
        passphrase: Option<&str>,
        now_ms: i64,
    ) -> Result<Reader, ReaderError> {
        let paths = ReaderPaths {
            archive: self.path("archive"),
            store: self.path("keys.db"),
            recipients: self.path("recipients"),
            custody: self.path("custody"),
            index: self.path("index.db"),
            access: self.path("access"),
        };
        let setup = ReaderSetup { paths, root: self.root.clone(), policy: Policy::default() };
        let passphrase = passphrase.map(|text| Zeroizing::new(text.to_owned()));
        Reader::open(
            setup,
            None,
            Operator { user: "carol".to_owned(), clearance, passphrase },
            now_ms,
        )
    }

    pub(crate) fn reader(&self) -> Reader {
        self.reader_as(Clearance::Dpo, Some(PASSPHRASE)).unwrap()
    }

    /// What the access log holds, oldest first: the action, and what was sealed with it.
    pub(crate) fn access_log(&self) -> Vec<(String, String)> {
        let mut reader = self.reader();
        let mut rows = reader.search("stream:access", 100, NOW).unwrap().rows;
        rows.sort_by_key(|row| row.stored.id);
        let ask = crate::Ask { reason: "test", classes: &[Class::Content] };
        let entries = rows.iter().map(|row| {
            let id = row.stored.id.to_string();
            let (_, revealed) = reader.reveal(&id, &ask, NOW).unwrap();
            let json = revealed.opened[0].json.as_ref().unwrap();
            let action = row.stored.event().ev.unwrap().to_string();
            (action, String::from_utf8(json.to_vec()).unwrap())
        });
        entries.collect()
    }
}
