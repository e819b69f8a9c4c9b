//! `[keys]`, `[spool]`, `[sink.*]` and `[reader]`: where things are kept.

use super::cloudwatch;
use crate::leaf::KeyRoot;
use crate::plan::{KeysPlan, ReaderPlan, SinkPlan, SpoolPlan};
use crate::section::{Item, Section};
use crate::{Layout, schema};
use std::path::PathBuf;

const SPOOL_MAX: u64 = 2 << 30;
const SEGMENT: u64 = 64 << 20;

/// What these tables decide.
pub(super) struct Storage {
    pub(super) keys: KeysPlan,
    pub(super) spool: SpoolPlan,
    pub(super) sinks: Vec<SinkPlan>,
    pub(super) reader: ReaderPlan,
}

pub(super) fn read(root: &Section<'_>, layout: &Layout, residency: &[String]) -> Storage {
    let mut folders = Folders::default();
    let storage = Storage {
        keys: keys(&root.table("keys", &schema::KEYS), layout),
        spool: spool(&root.table("spool", &schema::SPOOL), layout, &mut folders),
        sinks: sinks(root, layout, residency, &mut folders),
        reader: reader(&root.table("reader", &schema::READER), layout, &mut folders),
    };
    folders.check();
    storage
}

fn keys(section: &Section<'_>, layout: &Layout) -> KeysPlan {
    let root = section.get("root").and_then(|item| item.key_root());
    let recipients = section.get("recipients").and_then(|item| item.path());
    let store = section.get("store").and_then(|item| store(&item));
    KeysPlan {
        root: root.unwrap_or_else(|| KeyRoot::File(layout.root_key())),
        recipients: recipients.unwrap_or_else(|| layout.recipients()),
        serial: layout.recipients_serial(),
        store: store.unwrap_or_else(|| layout.key_store()),
        position: layout.position_key(),
    }
}

fn store(item: &Item<'_>) -> Option<PathBuf> {
    let section = item.section(&schema::STORE)?;
    let sqlite = "write type = \"sqlite\"";
    if let Some(kind) = section.need("type", sqlite)
        && !kind.later(&["dynamodb", "postgresql"], sqlite)
    {
        kind.word("kind of key store", &[("sqlite", ())]);
    }
    section.get("path").and_then(|item| item.path())
}

fn spool<'a>(section: &Section<'a>, layout: &Layout, folders: &mut Folders<'a>) -> SpoolPlan {
    let segment = section.get("segment").and_then(|item| item.bytes(1 << 20..=1 << 30));
    let segment_bytes = segment.unwrap_or(SEGMENT);
    let max = section.get("max");
    let max_bytes = max.as_ref().and_then(|item| item.bytes(4 << 20..=16 << 40));
    let max_bytes = max_bytes.unwrap_or(SPOOL_MAX);
    if max_bytes / 4 < segment_bytes
        && let Some(item) = max.or_else(|| section.get("segment"))
    {
        item.fail::<()>("max is less than four segments", "raise max or lower segment");
    }
    SpoolPlan { dir: folders.dir(section, layout.spool()), max_bytes, segment_bytes }
}

/// The sinks that are written, or the local archive.
fn sinks<'a>(
    root: &Section<'a>,
    layout: &Layout,
    residency: &[String],
    folders: &mut Folders<'a>,
) -> Vec<SinkPlan> {
    let section = root.table("sink", &schema::SINK);
    let mut sinks = Vec::new();
    if let Some(archive) = section.get("archive").and_then(|item| item.section(&schema::ARCHIVE)) {
        sinks.push(SinkPlan::Archive { dir: folders.dir(&archive, layout.archive()) });
    }
    if section.get("stdout").and_then(|item| item.section(&schema::STDOUT)).is_some() {
        sinks.push(SinkPlan::Stdout);
    }
    if let Some(table) =
        section.get("cloudwatch").and_then(|item| item.section(&schema::CLOUDWATCH))
    {
        // A table with a problem is a sink all the same: the default must not stand in for it.
        sinks.push(SinkPlan::CloudWatch(cloudwatch::read(&table, residency)));
    }
    if sinks.is_empty() {
        sinks.push(SinkPlan::Archive { dir: folders.take(layout.archive(), None) });
    }
    sinks
}

fn reader<'a>(section: &Section<'a>, layout: &Layout, folders: &mut Folders<'a>) -> ReaderPlan {
    let passphrase = section.get("passphrase").and_then(|item| item.secret());
    ReaderPlan::new(folders.dir(section, layout.reader()), passphrase)
}

/// The folders of all parts, and where they are written if they are.
#[derive(Default)]
struct Folders<'a>(Vec<(PathBuf, Option<Item<'a>>)>);

impl<'a> Folders<'a> {
    /// A section's `dir`, or the default.
    fn dir(&mut self, section: &Section<'a>, default: PathBuf) -> PathBuf {
        let item = section.get("dir");
        let dir = item.as_ref().and_then(Item::path).unwrap_or(default);
        self.take(dir, item)
    }

    fn take(&mut self, dir: PathBuf, item: Option<Item<'a>>) -> PathBuf {
        self.0.push((dir.clone(), item));
        dir
    }

    /// None may be another, or inside another.
    fn check(&self) {
        for (at, (dir, item)) in self.0.iter().enumerate() {
            for (other, other_item) in &self.0[..at] {
                let nested = dir.starts_with(other) || other.starts_with(dir);
                if let Some(item) = item.as_ref().or(other_item.as_ref())
                    && nested
                {
                    item.fail::<()>("a folder in use", "give each part a folder of its own");
                }
            }
        }
    }
}
