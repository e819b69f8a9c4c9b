//! What sockets promise, by example, over real sockets.

use super::*;
use crate::framing::Splitter;
use crate::testing::{plan, texts};
use crate::{Frame, Overflow};
use greffier_record::{Fault, Format};
use std::collections::BTreeMap;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UnixStream};
use tokio::sync::mpsc::{self, Receiver};

const MIB: usize = 1 << 20;

fn limits() -> SocketLimits {
    SocketLimits { buffer: 4 * MIB, overflow: Overflow::Wait, connections: 64, idle: None }
}

fn unix(path: &Path, kind: UnixKind, limits: SocketLimits) -> SourcePlan {
    let kind = SourceKind::Unix { path: path.to_owned(), mode: 0o660, kind, limits };
    SourcePlan { kind, ..plan(Format::Json, &[]) }
}

fn tcp(limits: SocketLimits) -> SourcePlan {
    let kind = SourceKind::Tcp { listen: ([127, 0, 0, 1], 0).into(), tls: None, limits };
    SourcePlan { kind, ..plan(Format::Json, &[]) }
}

/// Losses as they were told.
#[derive(Clone, Default)]
struct Told(Arc<Mutex<Vec<(Loss, u64)>>>);

impl Told {
    fn losses(&self) -> Losses {
        let told = self.clone();
        Arc::new(move |loss, lines| told.0.lock().unwrap().push((loss, lines)))
    }

    fn of(&self, loss: Loss) -> u64 {
        let told = self.0.lock().unwrap();
        told.iter().filter(|(of, _)| *of == loss).map(|(_, lines)| lines).sum()
    }
}

/// Everything that comes, each chunk stored at once: (connection, line, fault, cut).
async fn all(mut rx: Receiver<Chunk>) -> Vec<(u64, String, Option<Fault>, u64)> {
    let mut lines = Vec::new();
    while let Some(mut chunk) = rx.recv().await {
        let rest = std::mem::take(&mut chunk.rest).open();
        for chunk in std::iter::once(chunk).chain(rest) {
            for (text, frame) in texts(&chunk).into_iter().zip(&chunk.frames) {
                lines.push((chunk.origin.connection, text, frame.fault, frame.cut));
            }
            chunk.receipt.commit();
        }
    }
    lines
}

/// Serves a plan while `send` runs, then stops; what came.
async fn serve(
    plan: &SourcePlan,
    send: impl AsyncFnOnce(Option<SocketAddr>, Stop),
) -> (Vec<(u64, String, Option<Fault>, u64)>, Told) {
    let socket = Socket::bind(plan).await.unwrap();
    let (address, stop, told) = (socket.address(), Stop::new(), Told::default());
    let (tx, rx) = mpsc::channel(1);
    let served = socket.serve(plan, 3, tx, told.losses(), stop.clone());
    let ((), lines, ()) = tokio::join!(served, all(rx), async {
        send(address, stop.clone()).await;
        stop.stop();
    });
    (lines, told)
}

fn path() -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("in.sock");
    (folder, path)
}

#[tokio::test]
async fn pieces_of_lines_and_several_at_once_and_a_half_one_at_the_end() {
    let (_folder, path) = path();
    let (mut lines, told) = serve(&unix(&path, UnixKind::Stream, limits()), async |_, _| {
        let mut streams = Vec::new();
        for _ in 0..2 {
            streams.push(UnixStream::connect(&path).await.unwrap());
        }
        for (number, piece) in
            [(0, "a"), (1, "x\ny\n\n"), (0, "b\r\nc\nd"), (1, "\0\nz"), (0, "\n")]
        {
            let stream: &mut UnixStream = &mut streams[number];
            stream.write_all(piece.as_bytes()).await.unwrap();
        }
    })
    .await;
    lines.sort_by_key(|line| line.0);
    let half = Some(Fault::Half);
    let expected = [
        (1, "ab", None),
        (1, "c", None),
        (1, "d", None),
        (2, "x", None),
        (2, "y", None),
        (2, "\0", None),
        (2, "z", half),
    ];
    assert_eq!(lines, expected.map(|(of, line, fault)| (of, line.to_owned(), fault, 0)));
    assert!(told.0.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_stop_still_reads_what_the_kernel_has() {
    let (_folder, path) = path();
    let plan = unix(&path, UnixKind::Stream, limits());
    let socket = Socket::bind(&plan).await.unwrap();
    let mut callers = Vec::new();
    for number in 0..100 {
        use std::io::Write;
        let mut caller = std::os::unix::net::UnixStream::connect(&path).unwrap();
        write!(caller, "{number}\nhalf").unwrap();
        callers.push(caller);
    }
    let (stop, (tx, rx)) = (Stop::new(), mpsc::channel(1));
    stop.stop(); // before anything was accepted
    let served = socket.serve(&plan, 0, tx, Told::default().losses(), stop);
    let ((), lines) = tokio::join!(served, all(rx));
    assert_eq!(lines.len(), 200);
    assert!(!path.exists(), "the socket file is gone");
}

#[tokio::test]
async fn no_write_waits_while_nobody_takes_lines_until_the_buffer_is_full() {
    let plan = tcp(SocketLimits { buffer: 16 * MIB, ..limits() });
    let socket = Socket::bind(&plan).await.unwrap();
    let (address, stop, told) = (socket.address().unwrap(), Stop::new(), Told::default());
    let (tx, rx) = mpsc::channel(1);
    let served = socket.serve(&plan, 0, tx, told.losses(), stop.clone());
    let line = format!("{}\n", "x".repeat(9_999));
    let sender = async {
        let mut stream = TcpStream::connect(address).await.unwrap();
        // More than the kernel holds for two sockets, and less than the buffer.
        for _ in 0..1_400 {
            stream.write_all(line.as_bytes()).await.unwrap();
        }
        drop(stream);
        stop.stop();
        rx // only now somebody takes them
    };
    let taken = async { all(sender.await).await };
    let ((), lines) = tokio::join!(served, taken);
    assert_eq!(lines.len(), 1_400);
    assert!(told.0.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_full_buffer_drops_and_counts_when_the_plan_says_so() {
    let plan = tcp(SocketLimits { overflow: Overflow::Drop, ..limits() });
    let socket = Socket::bind(&plan).await.unwrap();
    let (address, stop, told) = (socket.address().unwrap(), Stop::new(), Told::default());
    let (tx, rx) = mpsc::channel(1);
    let served = socket.serve(&plan, 0, tx, told.losses(), stop.clone());
    let line = format!("{}\n", "x".repeat(9_999));
    let taken = async {
        let mut stream = TcpStream::connect(address).await.unwrap();
        for _ in 0..3_000 {
            stream.write_all(line.as_bytes()).await.unwrap(); // never waits for room
        }
        drop(stream);
        stop.stop();
        all(rx).await
    };
    let ((), lines) = tokio::join!(served, taken);
    assert!(told.of(Loss::Full) > 2_000, "the buffer holds 4 MiB of 30 MB");
    assert_eq!(lines.len() as u64 + told.of(Loss::Full), 3_000, "every line is somewhere");
}

#[tokio::test]
async fn a_full_buffer_stops_the_reading_when_audit_records_wait() {
    let (_folder, path) = path();
    let plan = unix(&path, UnixKind::Stream, limits());
    let socket = Socket::bind(&plan).await.unwrap();
    let (stop, told) = (Stop::new(), Told::default());
    let (tx, rx) = mpsc::channel(1);
    let served = socket.serve(&plan, 0, tx, told.losses(), stop.clone());
    let line = format!("{}\n", "x".repeat(9_999));
    let (full, taking) = tokio::sync::oneshot::channel();
    let sender = async {
        let mut stream = UnixStream::connect(&path).await.unwrap();
        let mut full = Some(full);
        for number in 0..1_000 {
            stream.write_all(line.as_bytes()).await.unwrap();
            if number == 300 {
                // Three of four MiB are in; the rest comes only because somebody takes lines now.
                full.take().unwrap().send(()).unwrap();
            }
        }
        stop.stop();
    };
    let taken = async {
        taking.await.unwrap();
        all(rx).await
    };
    let ((), (), lines) = tokio::join!(served, sender, taken);
    assert_eq!(lines.len(), 1_000);
    assert!(told.0.lock().unwrap().is_empty());
}

#[tokio::test]
async fn what_is_given_up_is_counted() {
    let plan = tcp(limits());
    let socket = Socket::bind(&plan).await.unwrap();
    let (address, stop, told) = (socket.address().unwrap(), Stop::new(), Told::default());
    let (tx, mut rx) = mpsc::channel(1);
    let taken = {
        let served = socket.serve(&plan, 0, tx, told.losses(), stop.clone());
        let sender = async {
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.write_all(b"a\n").await.unwrap();
            let first = rx.recv().await.unwrap();
            stream.write_all(&b"x\n".repeat(100)).await.unwrap();
            drop(stream);
            first
        };
        tokio::pin!(served);
        let first =
            tokio::select! { first = sender => first, () = &mut served => panic!("no stop") };
        stop.stop();
        drop(rx); // the pipeline has been given up
        served.await;
        first.frames.len()
    };
    assert_eq!((taken, told.of(Loss::Stopped)), (1, 100));
}

#[tokio::test]
async fn lines_that_never_end_are_cut_short_and_keep_nobody_out() {
    let (lines, told) = serve(&tcp(limits()), async |address, _| {
        let mut slow = Vec::new();
        for _ in 0..12 {
            let mut stream = TcpStream::connect(address.unwrap()).await.unwrap();
            stream.write_all(&vec![b'x'; MIB]).await.unwrap();
            slow.push(stream);
        }
        let mut quick = TcpStream::connect(address.unwrap()).await.unwrap();
        quick.write_all(b"quick\n").await.unwrap();
        quick.shutdown().await.unwrap();
        assert_eq!(quick.read(&mut [0]).await.unwrap(), 0, "it has been read");
        for stream in &mut slow {
            stream.write_all(b"\nnext\n").await.unwrap();
        }
    })
    .await;
    assert!(told.0.lock().unwrap().is_empty());
    assert_eq!(lines.iter().filter(|line| line.1 == "quick" || line.1 == "next").count(), 13);
    let long: Vec<_> = lines.iter().filter(|line| line.1.starts_with('x')).collect();
    assert_eq!(long.len(), 12);
    assert!(long.iter().all(|line| line.1.len() as u64 + line.3 == MIB as u64), "all is counted");
}

#[test]
fn the_allowance_of_unfinished_lines_is_shared_and_given_back() {
    let (tx, _rx) = mpsc::channel(1);
    let (buffer, _outflow) = buffer::open("test", &limits(), Told::default().losses(), tx);
    let mut open: Vec<_> = (0..12).map(|_| (buffer.unfinished(), Splitter::default())).collect();
    for (unfinished, lines) in &mut open {
        lines.push(&vec![b'x'; MIB]);
        unfinished.charge(lines);
    }
    let held: usize = open.iter().map(|(_, lines)| lines.len()).sum();
    assert_eq!(held, 4 * MIB + 8 * 4096, "four fit, of eight stays the beginning");
    let (_, cut) = open.last_mut().unwrap();
    cut.push(b"y\nz");
    let (_, frames) = cut.take().unwrap();
    let long = Frame { range: 0..4096, fault: Some(Fault::Long), cut: (MIB - 4096 + 1) as u64 };
    assert_eq!(frames, [long]);
    open.clear();
    let (mut unfinished, mut lines) = (buffer.unfinished(), Splitter::default());
    lines.push(&vec![b'x'; MIB]);
    unfinished.charge(&mut lines);
    assert_eq!(lines.len(), MIB, "those that have gone take no room");
}

#[tokio::test]
async fn a_line_of_twenty_megabytes_becomes_its_beginning_and_a_count() {
    let (lines, _) = serve(&tcp(limits()), async |address, _| {
        let mut stream = TcpStream::connect(address.unwrap()).await.unwrap();
        stream.write_all(&vec![b'x'; 20 * MIB]).await.unwrap();
        stream.write_all(b"\nnext\n").await.unwrap();
    })
    .await;
    let [(_, long, Some(Fault::Long), cut), (_, next, None, 0)] = &lines[..] else {
        panic!("two lines")
    };
    assert_eq!((long.len() as u64 + cut, next.as_str()), (20 * MIB as u64, "next"));
}

#[tokio::test]
async fn no_more_connections_than_the_limit_and_the_next_ones_wait() {
    let plan = tcp(SocketLimits { connections: 2, ..limits() });
    let (lines, _) = serve(&plan, async |address, _| {
        let connect = || TcpStream::connect(address.unwrap());
        let (mut one, _two) = (connect().await.unwrap(), connect().await.unwrap());
        let mut three = connect().await.unwrap();
        three.write_all(b"three\n").await.unwrap();
        one.write_all(b"one\n").await.unwrap();
        one.shutdown().await.unwrap();
        assert_eq!(one.read(&mut [0]).await.unwrap(), 0);
        drop(one);
        three.shutdown().await.unwrap();
        assert_eq!(three.read(&mut [0]).await.unwrap(), 0, "its turn has come");
    })
    .await;
    let texts: Vec<_> = lines.iter().map(|line| line.1.as_str()).collect();
    assert_eq!(texts, ["one", "three"]);
}

#[tokio::test]
async fn two_thousand_connections_at_once() {
    let (_folder, path) = path();
    let plan = unix(&path, UnixKind::Stream, SocketLimits { connections: 100, ..limits() });
    let (lines, told) = serve(&plan, async |_, _| {
        for round in 0..20 {
            let mut open = Vec::new();
            for number in 0..100 {
                let mut stream = UnixStream::connect(&path).await.unwrap();
                stream.write_all(format!("{round}.{number}\n").as_bytes()).await.unwrap();
                open.push(stream);
            }
        }
    })
    .await;
    assert_eq!(lines.len(), 2_000);
    let connections: BTreeMap<_, _> = lines.iter().map(|line| (line.0, &line.1)).collect();
    assert_eq!(connections.len(), 2_000, "each is an origin of its own");
    assert!(told.0.lock().unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_idle_connection_is_closed() {
    let plan = tcp(SocketLimits { idle: Some(Duration::from_secs(60)), ..limits() });
    let (lines, _) = serve(&plan, async |address, _| {
        let mut stream = TcpStream::connect(address.unwrap()).await.unwrap();
        stream.write_all(b"a\nb").await.unwrap();
        assert_eq!(stream.read(&mut [0]).await.unwrap(), 0);
    })
    .await;
    assert_eq!(lines.iter().map(|line| line.1.as_str()).collect::<Vec<_>>(), ["a", "b"]);
}

#[tokio::test]
async fn datagrams_hold_whole_lines() {
    let (_folder, path) = path();
    let (lines, _) = serve(&unix(&path, UnixKind::Datagram, limits()), async |_, _| {
        let sender = UnixDatagram::unbound().unwrap();
        for datagram in ["a\nb\n", "c", "", "\n", "d\r\n"] {
            sender.send_to(datagram.as_bytes(), &path).await.unwrap();
        }
    })
    .await;
    let expected = ["a", "b", "c", "d"].map(|line| (0, line.to_owned(), None, 0));
    assert_eq!(lines, expected);
}

#[tokio::test]
async fn the_socket_of_the_dead_is_replaced_and_that_of_the_living_is_not() {
    for kind in [UnixKind::Stream, UnixKind::Datagram] {
        let (_folder, path) = path();
        let plan = unix(&path, kind, limits());
        drop(std::os::unix::net::UnixListener::bind(&path).unwrap()); // leaves its file behind
        let socket = Socket::bind(&plan).await.unwrap();
        let mode = std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o660);
        assert!(matches!(Socket::bind(&plan).await, Err(BindError::InUse(_))));
        assert!(path.exists(), "the living one keeps its file");
        drop(socket);
        assert!(!path.exists());

        drop(std::os::unix::net::UnixDatagram::bind(&path).unwrap());
        drop(Socket::bind(&plan).await.unwrap());
        std::fs::write(&path, b"precious").unwrap();
        assert!(matches!(Socket::bind(&plan).await, Err(BindError::NotReplaced(_))));
        assert!(!std::fs::metadata(&path).unwrap().file_type().is_socket());
        let nowhere = unix(Path::new("/nowhere/in.sock"), kind, limits());
        assert!(matches!(Socket::bind(&nowhere).await, Err(BindError::Path(..))));
    }
}
