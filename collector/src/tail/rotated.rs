//! Files that were rotated away while nobody ran, and copies made before a file was emptied.
//!
//! Invariant: only files beside the watched one whose name is its name and a rotation's number or date; one that
//! a position recognises goes on there, one that came after it is read from its beginning. Without any position
//! nothing is read: nobody has promised anything about it. Place on the path: beside the tail.

use super::inode_of;
use super::position::{Key, Mark};
use super::reader::Reader;
use rustix::fs::{Mode, OFlags};
use std::fs::{self, File};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// When a file was last written: seconds and nanoseconds since 1970.
type Written = (i64, i64);

/// The files that `path` has led to and that are not read to their end, oldest first.
pub(super) fn rotated(path: &Path, saved: &[Mark], key: &Key) -> Vec<Reader> {
    let current = inode_of(path).ok().flatten();
    let opened = current.and_then(|_| open(path, OFlags::empty(), saved, key));
    let goes_on = opened.is_some_and(|(_, reader)| reader.has_resumed());
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for sibling in siblings(path) {
        let Some((written, reader)) = open(&sibling, OFlags::NOFOLLOW, saved, key) else {
            continue;
        };
        if Some(reader.inode) == current {
            continue;
        }
        if reader.has_resumed() {
            known.push((written, reader));
        } else if goes_on {
            // Whatever was there before the current file was read when it was the current one, or never.
        } else if let Some(copy) = saved
            .iter()
            .filter(|mark| Some(mark.inode) == current)
            .find_map(|mark| copy_at(&sibling, mark, key))
        {
            known.push((written, copy));
        } else {
            unknown.push((written, reader));
        }
    }
    if let Some(last) = known.iter().map(|(written, _)| *written).max() {
        known.extend(unknown.into_iter().filter(|(written, _)| *written > last));
    }
    known.sort_by_key(|(written, _)| *written);
    known.into_iter().map(|(_, reader)| reader).collect()
}

fn open(path: &Path, how: OFlags, saved: &[Mark], key: &Key) -> Option<(Written, Reader)> {
    let file = regular(path, how)?;
    let meta = file.metadata().ok()?;
    let written = (meta.mtime(), meta.mtime_nsec());
    Some((written, Reader::open(file, saved, key).ok()?))
}

/// The copy that was made of `path` before it was emptied, from where `mark` says that it was left.
pub(super) fn copy_of(path: &Path, mark: &Mark, key: &Key) -> Option<Reader> {
    siblings(path).find_map(|sibling| copy_at(&sibling, mark, key))
}

fn copy_at(path: &Path, mark: &Mark, key: &Key) -> Option<Reader> {
    Reader::open_copy(regular(path, OFlags::NOFOLLOW)?, mark, key).ok().flatten()
}

/// The regular file at `path`, opened: a pipe that somebody put there must not keep us waiting. A link beside a log
/// could lead to any file, so it is not followed.
fn regular(path: &Path, how: OFlags) -> Option<File> {
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC | how;
    let file = File::from(rustix::fs::open(path, flags, Mode::empty()).ok()?);
    file.metadata().is_ok_and(|meta| meta.is_file()).then_some(file)
}

/// Files in the same folder: this one's name, then a number or a date.
fn siblings(path: &Path) -> impl Iterator<Item = PathBuf> {
    let name = path.file_name().unwrap_or_default().as_encoded_bytes().to_vec();
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let entries = fs::read_dir(folder.unwrap_or(Path::new("."))).ok();
    let paths = entries.into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path()));
    paths.filter(move |path| {
        let other = path.file_name().unwrap_or_default().as_encoded_bytes();
        let suffix = other.strip_prefix(&*name);
        suffix.is_some_and(|suffix| {
            let part = |byte: &u8| byte.is_ascii_digit() || b".-_:T".contains(byte);
            suffix.iter().all(part) && suffix.iter().any(u8::is_ascii_digit)
        })
    })
}
