//! Taking a place to listen at.
//!
//! Invariant: the socket of a living process is never taken away; that of a dead one never stands in the way.
//! A socket file is never open to more users than the plan says, not even for a moment, and is removed by the
//! one that made it. Place on the path: before it begins.

use crate::tls::TlsError;
use rustix::fs::Mode;
use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType};
use std::fs;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::os::fd::OwnedFd;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use tokio::net::{TcpListener, TcpSocket, UnixDatagram, UnixListener, UnixStream};

/// Connections the kernel keeps ready for us, if the system allows so many.
const BACKLOG: i32 = 4096;

/// Why nothing can listen there.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// The source is of another kind.
    #[error("this source does not listen")]
    OtherKind,
    /// Somebody else is there.
    #[error("another process listens on {}; stop it, or name another path", .0.display())]
    InUse(PathBuf),
    /// What stands there is not ours to remove.
    #[error("{} is there already and is no socket; remove it, or name another path", .0.display())]
    NotReplaced(PathBuf),
    /// The file system refuses.
    #[error("cannot listen on {}: {}; check the folder and who may write it", .0.display(), .1)]
    Path(PathBuf, io::Error),
    /// The port cannot be had.
    #[error("cannot listen on {0}: {1}; is the port in use?")]
    Port(SocketAddr, io::Error),
    /// Certificate or key.
    #[error(transparent)]
    Tls(#[from] TlsError),
}

/// A socket in the file system; removed when dropped, if it is still the same.
#[derive(Debug)]
pub(crate) struct SocketFile {
    path: PathBuf,
    inode: (u64, u64),
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        let ours = |meta: fs::Metadata| (meta.dev(), meta.ino()) == self.inode;
        if fs::symlink_metadata(&self.path).is_ok_and(ours)
            && let Err(error) = fs::remove_file(&self.path)
        {
            tracing::warn!(path = %self.path.display(), %error, "the socket file stays behind");
        }
    }
}

pub(crate) async fn unix(path: &Path, mode: u32) -> Result<(UnixListener, SocketFile), BindError> {
    let (socket, file) = place(path, mode, SocketType::STREAM).await?;
    let listen = || {
        rustix::net::listen(&socket, BACKLOG)?;
        UnixListener::from_std(socket.into())
    };
    Ok((listen().map_err(|error| BindError::Path(path.to_owned(), error))?, file))
}

pub(crate) async fn datagram(
    path: &Path,
    mode: u32,
) -> Result<(UnixDatagram, SocketFile), BindError> {
    let (socket, file) = place(path, mode, SocketType::DGRAM).await?;
    let socket = UnixDatagram::from_std(socket.into());
    Ok((socket.map_err(|error| BindError::Path(path.to_owned(), error))?, file))
}

/// A port, and which one it is.
pub(crate) fn tcp(address: SocketAddr) -> Result<(TcpListener, SocketAddr), BindError> {
    let bind = || {
        let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        let listener = socket.listen(BACKLOG.unsigned_abs())?;
        let address = listener.local_addr()?;
        Ok((listener, address))
    };
    bind().map_err(|error| BindError::Port(address, error))
}

/// A socket bound to `path`.
async fn place(
    path: &Path,
    mode: u32,
    kind: SocketType,
) -> Result<(OwnedFd, SocketFile), BindError> {
    clear(path).await?;
    let place = || -> io::Result<_> {
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        let socket = rustix::net::socket_with(AddressFamily::UNIX, kind, flags, None)?;
        // Linux makes the file with the socket's own mode, less the umask; the second time it is exact.
        rustix::fs::fchmod(&socket, Mode::from_raw_mode(mode))?;
        rustix::net::bind(&socket, &SocketAddrUnix::new(path)?)?;
        fs::set_permissions(path, fs::Permissions::from_mode(mode))?;
        let meta = fs::symlink_metadata(path)?;
        let file = SocketFile { path: path.to_owned(), inode: (meta.dev(), meta.ino()) };
        Ok((socket, file))
    };
    place().map_err(|error| match error.kind() {
        ErrorKind::AddrInUse => BindError::InUse(path.to_owned()),
        _ => BindError::Path(path.to_owned(), error),
    })
}

/// Removes the socket of a process that is gone.
async fn clear(path: &Path) -> Result<(), BindError> {
    let unusable = |error| BindError::Path(path.to_owned(), error);
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(unusable(error)),
        Ok(meta) if !meta.file_type().is_socket() => {
            return Err(BindError::NotReplaced(path.to_owned()));
        }
        Ok(_) => {}
    }
    // Nobody answers at a dead socket, of whatever type; a living one answers, or is of the other type.
    match UnixStream::connect(path).await {
        Err(error) if error.kind() == ErrorKind::ConnectionRefused => {
            fs::remove_file(path).map_err(unusable)
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) if error.kind() == ErrorKind::PermissionDenied => Err(unusable(error)),
        Ok(_) | Err(_) => Err(BindError::InUse(path.to_owned())),
    }
}
