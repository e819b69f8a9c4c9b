//! One connection, of whatever transport.
//!
//! Invariant: after a stop everything the kernel already holds is still read: a runtime's "not ready" may be
//! older than the last bytes, so the descriptor itself is asked. Place on the path: under every socket source.

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::future::Future;
use std::os::fd::{AsFd, BorrowedFd};
use std::pin::pin;
use std::task::Poll;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};
use tokio_rustls::server::TlsStream;

/// A connection that can be read, written and asked whether bytes are waiting.
pub(crate) trait Wire: AsyncRead + AsyncWrite + Unpin + Send {
    /// The socket below.
    fn socket(&self) -> BorrowedFd<'_>;
}

impl Wire for UnixStream {
    fn socket(&self) -> BorrowedFd<'_> {
        self.as_fd()
    }
}

impl Wire for TcpStream {
    fn socket(&self) -> BorrowedFd<'_> {
        self.as_fd()
    }
}

impl Wire for TlsStream<TcpStream> {
    fn socket(&self) -> BorrowedFd<'_> {
        self.get_ref().0.as_fd()
    }
}

/// Whether the kernel has something for a reader (or an end, or an error) at this moment.
pub(crate) fn has_news(socket: BorrowedFd<'_>) -> bool {
    let mut asked = [PollFd::new(&socket, PollFlags::IN)];
    matches!(poll(&mut asked, Some(&Timespec { tv_sec: 0, tv_nsec: 0 })), Ok(1..))
}

/// What a future answers without waiting, if it does.
pub(crate) async fn at_once<F: Future>(future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    std::future::poll_fn(|cx| match future.as_mut().poll(cx) {
        Poll::Ready(answer) => Poll::Ready(Some(answer)),
        Poll::Pending => Poll::Ready(None),
    })
    .await
}
