//! Sockets through the whole binary: captured traffic arrives whole, senders never wait, and a stop takes
//! along what the kernel holds.

use crate::support::leaks::Views;
use crate::support::{Greffier, account, archived, root};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::os::unix::net::{UnixDatagram, UnixStream};
use std::path::PathBuf;

const TCP: &str = "monolog_socket_tcp_json";
const UNIX: &str = "monolog_socket_unix_line";

/// A configuration that keeps every record, with one source.
fn config(source: &str) -> String {
    format!(
        "version = 1\n[service]\nname = \"social\"\ninstance = \"web-1\"\n[[source]]\n{source}\n\
         [context]\ntrigger = {{ level = \"debug\" }}\nexclude_status = []\n[sink.archive]\n"
    )
}

fn unix(greffier: &Greffier, more: &str) -> (PathBuf, String) {
    let path = greffier.folder().join("in.sock");
    let source = format!("type = \"unix\"\npath = \"{}\"\n{more}", path.display());
    (path, config(&source))
}

/// One event of a capture: an opening, bytes or an end, of one connection.
struct Frame {
    connection: u64,
    kind: String,
    bytes: Vec<u8>,
}

fn frames(name: &str) -> Vec<Frame> {
    use base64::Engine as _;
    let path = root().join(format!("tests/data/wire/{name}.frames.jsonl"));
    let text = fs::read_to_string(path).expect("the capture is committed");
    let frame = |line: &str| {
        let frame: Value = serde_json::from_str(line).expect("JSON");
        let text = frame["b64"].as_str().expect("base64");
        Frame {
            connection: frame["conn"].as_u64().expect("a number"),
            kind: frame["ev"].as_str().expect("a word").to_owned(),
            bytes: base64::engine::general_purpose::STANDARD.decode(text).expect("base64"),
        }
    };
    text.lines().map(frame).collect()
}

fn records(frames: &[Frame]) -> usize {
    frames.iter().flat_map(|frame| &frame.bytes).filter(|byte| **byte == b'\n').count()
}

/// A sender that never waits.
trait Sender: Write {}
impl Sender for TcpStream {}
impl Sender for UnixStream {}

/// Sends the frames as they came, piece by piece and connection by connection; how many writes would have
/// had to wait.
fn replay(frames: &[Frame], connect: impl Fn() -> Box<dyn Sender>) -> usize {
    let mut open: BTreeMap<u64, Box<dyn Sender>> = BTreeMap::new();
    let mut waits = 0;
    for frame in frames {
        match frame.kind.as_str() {
            "open" => drop(open.insert(frame.connection, connect())),
            "close" => drop(open.remove(&frame.connection)),
            _ => {
                let sender = open.get_mut(&frame.connection).expect("it has opened");
                let mut rest = frame.bytes.as_slice();
                while !rest.is_empty() {
                    match sender.write(rest) {
                        Ok(sent) => rest = &rest[sent..],
                        Err(error) => {
                            assert_eq!(error.kind(), ErrorKind::WouldBlock, "it reads");
                            waits += 1;
                        }
                    }
                }
            }
        }
    }
    waits
}

fn over_tcp(address: &str) -> Box<dyn Sender> {
    let stream = TcpStream::connect(address).expect("it listens");
    stream.set_nonblocking(true).expect("a socket");
    Box::new(stream)
}

fn over_unix(path: &PathBuf) -> Box<dyn Sender> {
    let stream = UnixStream::connect(path).expect("it listens");
    stream.set_nonblocking(true).expect("a socket");
    Box::new(stream)
}

#[test]
fn captured_connections_over_tcp_and_over_a_unix_socket_give_as_many_events_as_records() {
    for (name, count) in [(TCP, 137), (UNIX, 79)] {
        let frames = frames(name);
        assert_eq!(records(&frames), count);

        let greffier = Greffier::new();
        let tcp = "type = \"tcp\"\nlisten = \"127.0.0.1:0\"\nformat = \"monolog\"";
        let path = greffier.configure(&config(tcp));
        let running = greffier.start(&["--config", &path]);
        let address = running.tcp();
        assert_eq!(replay(&frames, || over_tcp(&address)), 0, "{name} over TCP");
        let said = running.stop();
        assert_eq!(account(&said, "received "), count as u64, "{name} over TCP");
        assert_eq!(archived(&greffier.data()).len(), count, "{name} over TCP");

        let greffier = Greffier::new();
        let (socket, text) = unix(&greffier, "format = \"monolog\"");
        let path = greffier.configure(&text);
        let running = greffier.start(&["--config", &path]);
        assert_eq!(replay(&frames, || over_unix(&socket)), 0, "{name} over a Unix socket");
        let said = running.stop();
        assert_eq!(account(&said, "received "), count as u64, "{name} over a Unix socket");
        assert_eq!(archived(&greffier.data()).len(), count, "{name} over a Unix socket");
        assert!(!socket.exists(), "the socket goes with its process");
    }
}

#[test]
fn datagrams_give_as_many_events_as_records() {
    let greffier = Greffier::new();
    let (socket, text) = unix(&greffier, "kind = \"datagram\"\nformat = \"monolog\"");
    let path = greffier.configure(&text);
    let running = greffier.start(&["--config", &path]);
    let sender = UnixDatagram::unbound().expect("a socket");
    let mut sent = 0;
    for name in [TCP, UNIX] {
        // Each record whole: a datagram of its own.
        let mut connections: BTreeMap<u64, Vec<u8>> = BTreeMap::new();
        for frame in frames(name) {
            connections.entry(frame.connection).or_default().extend(frame.bytes);
        }
        for record in connections.values().flat_map(|bytes| bytes.split_inclusive(|b| *b == b'\n'))
        {
            sender.send_to(record, &socket).expect("it reads");
            sent += 1;
        }
    }
    let said = running.stop();
    assert_eq!((sent, account(&said, "received ")), (137 + 79, 137 + 79));
    assert_eq!(archived(&greffier.data()).len(), 137 + 79);
}

#[test]
fn no_sender_waits_while_a_sink_takes_nothing() {
    let greffier = Greffier::new();
    let (socket, text) = unix(&greffier, "format = \"monolog\"");
    let path = greffier.configure(&text);
    let archive = greffier.data().join("archive");
    fs::create_dir_all(&archive).expect("a folder");
    let streams = ["requests", "audit", "errors", "events"];
    for stream in streams {
        fs::write(archive.join(stream), b"not a folder").expect("a file");
    }
    let mut running = greffier.start(&["--config", &path]);
    let frames = frames(TCP);
    let waits: usize = (0..10).map(|_| replay(&frames, || over_unix(&socket))).sum();
    assert_eq!(waits, 0, "writes that would have had to wait");
    // More than the kernel holds for one connection: it is written only because it is read.
    let line = [vec![b'x'; 9_999], vec![b'\n']].concat();
    let mut stream = UnixStream::connect(&socket).expect("it listens");
    for _ in 0..400 {
        stream.write_all(&line).expect("it reads");
    }
    drop(stream);
    running.until("not delivered");
    for stream in streams {
        fs::remove_file(archive.join(stream)).expect("a file");
    }
    let said = running.stop();
    assert_eq!(account(&said, "received "), 1_370 + 400);
    assert_eq!(account(&said, "dropped(socket_full)"), 0);
    assert_eq!(archived(&greffier.data()).len(), 1_370 + 400);
}

#[test]
fn broken_lines_half_lines_and_two_thousand_connections() {
    let greffier = Greffier::new();
    let (socket, text) = unix(&greffier, "format = \"json\"\nmax_connections = 100");
    let path = greffier.configure(&text);
    let running = greffier.start(&["--config", &path]);
    let good = b"{\"method\":\"GET\",\"url\":\"/\",\"status\":200}";
    let long = [b"{\"a\":\"".to_vec(), vec![b'x'; 20 << 20], b"\"}".to_vec()].concat();
    for line in [&long[..], b"{\"a\":\"\0\"}", b"\xff\xfe", good] {
        let mut stream = UnixStream::connect(&socket).expect("it listens");
        stream.write_all(line).expect("it reads");
        stream.write_all(b"\n").expect("it reads");
        stream.write_all(&good[..20]).expect("it reads");
    }
    for _ in 0..20 {
        // More than may be open at once: the others wait in the kernel.
        let open: Vec<_> = (0..100)
            .map(|_| {
                let mut stream = UnixStream::connect(&socket).expect("it listens");
                stream.write_all(good).expect("it reads"); // whole, without its line feed
                stream
            })
            .collect();
        drop(open);
    }
    let said = running.stop();
    assert_eq!(account(&said, "received "), 2_008);
    let mut faults: BTreeMap<String, usize> = BTreeMap::new();
    for (_, event) in archived(&greffier.data()) {
        *faults.entry(event["err"].as_str().unwrap_or("none").to_owned()).or_default() += 1;
    }
    let expected = [("half", 4), ("long", 1), ("none", 2_001), ("nul", 1), ("utf8", 1)];
    assert_eq!(faults, BTreeMap::from(expected.map(|(fault, count)| (fault.to_owned(), count))));
}

#[test]
fn the_socket_of_a_killed_sidecar_is_replaced_and_that_of_a_running_one_is_not() {
    let greffier = Greffier::new();
    let (socket, text) = unix(&greffier, "format = \"json\"");
    let path = greffier.configure(&text);
    greffier.start(&["--config", &path]).kill();
    assert!(socket.exists(), "nobody took it away");
    let running = greffier.start(&["--config", &path]);

    let other = Greffier::new();
    let path = other.configure(&text);
    let ran = other.run(&["--config", &path, "run"], b"");
    assert_ne!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains("another process listens on"), "{}", ran.stderr);
    let mut stream = UnixStream::connect(&socket).expect("the first one still listens");
    stream.write_all(b"{\"a\":1}\n").expect("it reads");
    drop(stream);
    assert_eq!(account(&running.stop(), "received "), 1);
}

#[test]
fn plain_text_at_a_tls_port_is_refused_in_plain_words() {
    let greffier = Greffier::new();
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let cert = greffier.write("tls.pem", made.cert.pem());
    let key = greffier.write("tls.key", made.signing_key.serialize_pem());
    let text = config(&format!(
        "type = \"tcp\"\nlisten = \"127.0.0.1:0\"\nformat = \"json\"\n[source.tls]\ncert = \"{}\"\nkey = \"{}\"",
        cert.display(),
        key.display()
    ));
    let path = greffier.configure(&text);
    let mode = |mode| {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(&key, fs::Permissions::from_mode(mode)).expect("a file of ours");
    };
    mode(0o644);
    for command in ["check", "run"] {
        let ran = greffier.run(&["--config", &path, command], b"");
        assert_eq!(ran.code, 78, "{command}: {}", ran.stderr);
        assert!(ran.stderr.contains("chmod 600 the file"), "{command}: {}", ran.stderr);
    }
    mode(0o600);
    let mut running = greffier.start(&["--config", &path]);
    let mut stream = TcpStream::connect(running.tcp()).expect("it listens");
    stream.write_all(b"{\"email\":\"zyklopen@example.org\"}\n").expect("it reads");
    stream.read_to_end(&mut Vec::new()).unwrap_or_default();
    let line = running.until("no TLS handshake");
    assert!(line.contains("the sender does not speak TLS"), "{line}");
    let said = running.stop();
    assert_eq!(account(&said, "received "), 0);
    assert!(!Views::of(said.as_bytes()).show("zyklopen"));
}
