//! The few things the spool asks of a disk.
//!
//! Invariant: every byte and every name the spool writes goes through [`Disk`], so that the tests can put a
//! disk under it that fails, writes short, and forgets at a power cut. [`RealDisk`] is the file system;
//! `testing::FaultDisk` is the model.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io;
use std::ops::Range;
use std::os::unix::fs::{DirBuilderExt as _, FileExt, OpenOptionsExt as _};
use std::path::Path;

/// A folder tree with explicit durability: a name is durable after [`Disk::sync_dir`], contents after
/// [`DiskFile::sync`].
pub trait Disk: Send + Sync + 'static {
    /// Creates a folder and its parents (mode 0700); fine if it exists.
    ///
    /// # Errors
    /// The system's.
    fn make_dir(&self, path: &Path) -> io::Result<()>;

    /// Takes the lock file for this process until the guard is dropped.
    ///
    /// # Errors
    /// `WouldBlock` when another process holds it; else the system's.
    fn lock(&self, path: &Path) -> io::Result<Box<dyn Send + Sync>>;

    /// Creates a file that must not exist (mode 0600).
    ///
    /// # Errors
    /// `AlreadyExists`; else the system's.
    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>>;

    /// Opens a file that exists, for reading and writing.
    ///
    /// # Errors
    /// `NotFound`; else the system's.
    fn open(&self, path: &Path) -> io::Result<Box<dyn DiskFile>>;

    /// Renames a file, replacing `to` atomically.
    ///
    /// # Errors
    /// The system's.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Removes a file.
    ///
    /// # Errors
    /// `NotFound`; else the system's.
    fn remove(&self, path: &Path) -> io::Result<()>;

    /// Names in a folder, in no order.
    ///
    /// # Errors
    /// The system's.
    fn list(&self, dir: &Path) -> io::Result<Vec<String>>;

    /// Makes creations, renames and removals in a folder durable.
    ///
    /// # Errors
    /// The system's.
    fn sync_dir(&self, dir: &Path) -> io::Result<()>;
}

/// An open file.
pub trait DiskFile: Send + Sync {
    /// Writes all bytes at an offset, or fails after any part of them.
    ///
    /// # Errors
    /// The system's; what was written is then unknown.
    fn write_at(&mut self, bytes: &[u8], offset: u64) -> io::Result<()>;

    /// Reads at an offset; 0 bytes mean the end.
    ///
    /// # Errors
    /// The system's.
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize>;

    /// Bytes in the file.
    ///
    /// # Errors
    /// The system's.
    fn size(&self) -> io::Result<u64>;

    /// Cuts the file.
    ///
    /// # Errors
    /// The system's.
    fn truncate(&mut self, len: u64) -> io::Result<()>;

    /// Makes contents and length durable.
    ///
    /// # Errors
    /// The system's; what is durable is then unknown, and calling again proves nothing.
    fn sync(&self) -> io::Result<()>;
}

/// The bytes of a range; fewer if the file ends before.
pub(crate) fn read_range(file: &dyn DiskFile, range: Range<u64>) -> io::Result<Vec<u8>> {
    let len = usize::try_from(range.end - range.start).map_err(io::Error::other)?;
    let (mut bytes, mut filled) = (vec![0; len], 0);
    while filled < len {
        match file.read_at(&mut bytes[filled..], range.start + filled as u64)? {
            0 => break,
            n => filled += n,
        }
    }
    bytes.truncate(filled);
    Ok(bytes)
}

/// The file system of this machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct RealDisk;

impl Disk for RealDisk {
    fn make_dir(&self, path: &Path) -> io::Result<()> {
        DirBuilder::new().recursive(true).mode(0o700).create(path)
    }

    fn lock(&self, path: &Path) -> io::Result<Box<dyn Send + Sync>> {
        let file =
            OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Box::new(file)),
            Err(TryLockError::WouldBlock) => Err(io::ErrorKind::WouldBlock.into()),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        let mut options = OpenOptions::new();
        Ok(Box::new(options.read(true).write(true).create_new(true).mode(0o600).open(path)?))
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        Ok(Box::new(OpenOptions::new().read(true).write(true).open(path)?))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        std::fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        std::fs::remove_file(path)
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        let names = std::fs::read_dir(dir)?.map(|entry| entry.map(|entry| entry.file_name()));
        names.map(|name| Ok(name?.to_string_lossy().into_owned())).collect()
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        File::open(dir)?.sync_all()
    }
}

impl DiskFile for File {
    fn write_at(&mut self, bytes: &[u8], offset: u64) -> io::Result<()> {
        self.write_all_at(bytes, offset)
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        loop {
            match FileExt::read_at(self, buffer, offset) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => return result,
            }
        }
    }

    fn size(&self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }

    fn truncate(&mut self, len: u64) -> io::Result<()> {
        self.set_len(len)
    }

    fn sync(&self) -> io::Result<()> {
        // fdatasync: contents and the length needed to read them back; times do not matter here.
        self.sync_data()
    }
}
