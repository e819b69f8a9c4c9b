//! TLS over real sockets, with certificates made for the test.

use super::*;
use crate::socket::{Losses, Socket};
use crate::testing::{plan, texts};
use crate::{Overflow, SocketLimits, SourceKind, SourcePlan, Stop, http};
use greffier_record::Format;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::pki_types::{PrivatePkcs8KeyDer, ServerName};

/// An authority of its own.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: rcgen::Certificate,
}

/// A certificate and its key.
type Pair = (rcgen::Certificate, KeyPair);

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        Self { issuer: Issuer::new(params, key), certificate }
    }

    fn pair(&self) -> Pair {
        let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        let key = KeyPair::generate().unwrap();
        (params.signed_by(&key, &self.issuer).unwrap(), key)
    }

    /// A client that trusts this authority, with a certificate of its own or without.
    fn client(&self, pair: Option<Pair>) -> TlsConnector {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.der().clone()).unwrap();
        let provider = Arc::new(aws_lc_rs::default_provider());
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots);
        let config = match pair {
            None => builder.with_no_client_auth(),
            Some((certificate, key)) => {
                let key = PrivatePkcs8KeyDer::from(key.serialize_der()).into();
                builder.with_client_auth_cert(vec![certificate.der().clone()], key).unwrap()
            }
        };
        TlsConnector::from(Arc::new(config))
    }
}

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn write(&self, name: &str, text: &str, mode: u32) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        path
    }

    fn files(&self, (certificate, key): &Pair, client_ca: Option<&Authority>) -> TlsFiles {
        TlsFiles {
            cert: self.write("cert.pem", &certificate.pem(), 0o644),
            key: self.write("key.pem", &key.serialize_pem(), 0o600),
            client_ca: client_ca.map(|ca| self.write("ca.pem", &ca.certificate.pem(), 0o644)),
        }
    }
}

fn tcp(tls: TlsFiles) -> SourcePlan {
    let limits =
        SocketLimits { buffer: 4 << 20, overflow: Overflow::Wait, connections: 8, idle: None };
    let kind = SourceKind::Tcp { listen: ([127, 0, 0, 1], 0).into(), tls: Some(tls), limits };
    SourcePlan { kind, ..plan(Format::Json, &[]) }
}

async fn connect(address: SocketAddr, client: &TlsConnector) -> io::Result<TlsStream<TcpStream>> {
    let stream = TcpStream::connect(address).await.unwrap();
    client.connect(ServerName::try_from("localhost").unwrap(), stream).await
}

/// Sends a line; answers whether the other side took it (TLS 1.3 says no after the client's handshake).
async fn send(address: SocketAddr, client: &TlsConnector, line: &str) -> bool {
    let Ok(mut stream) = connect(address, client).await else { return false };
    let sent = stream.write_all(line.as_bytes()).await.is_ok() && stream.shutdown().await.is_ok();
    sent && stream.read(&mut [0]).await.is_ok()
}

/// Serves TLS while `sender` runs; the lines that came.
async fn serve(files: TlsFiles, sender: impl AsyncFnOnce(SocketAddr)) -> Vec<String> {
    let plan = tcp(files);
    let socket = Socket::bind(&plan).await.unwrap();
    let (address, stop) = (socket.address().unwrap(), Stop::new());
    let losses: Losses = Arc::new(|_, _| ()); // what is lost is missing
    let (tx, mut rx) = mpsc::channel(1);
    let served = socket.serve(&plan, 0, tx, losses, stop.clone());
    let taken = async {
        let mut lines = Vec::new();
        while let Some(chunk) = rx.recv().await {
            lines.extend(texts(&chunk));
        }
        lines
    };
    let send = async {
        sender(address).await;
        stop.stop();
    };
    tokio::join!(served, taken, send).1
}

#[tokio::test]
async fn the_right_authority_the_wrong_one_and_no_tls_at_all() {
    let (folder, right, wrong) = (Folder::new(), Authority::new(), Authority::new());
    let lines = serve(folder.files(&right.pair(), None), async |address| {
        assert!(!send(address, &wrong.client(None), "wrong\n").await);
        let mut plain = TcpStream::connect(address).await.unwrap();
        plain.write_all(b"{\"plain\":\"text\"}\n").await.unwrap();
        plain.read_to_end(&mut Vec::new()).await.unwrap_or_default();
        let silent = TcpStream::connect(address).await.unwrap();
        assert!(
            send(address, &right.client(None), "right\nhalf").await,
            "the others took nothing along"
        );
        drop(silent);
    })
    .await;
    assert_eq!(lines, ["right", "half"]);
}

#[tokio::test]
async fn senders_show_a_certificate_when_they_must() {
    let (folder, ours, senders) = (Folder::new(), Authority::new(), Authority::new());
    let lines = serve(folder.files(&ours.pair(), Some(&senders)), async |address| {
        assert!(!send(address, &ours.client(None), "without\n").await);
        assert!(!send(address, &ours.client(Some(ours.pair())), "another's\n").await);
        assert!(send(address, &ours.client(Some(senders.pair())), "with\n").await);
    })
    .await;
    assert_eq!(lines, ["with"]);
}

#[tokio::test]
async fn new_files_count_from_the_next_connection_on() {
    let (folder, old, new) = (Folder::new(), Authority::new(), Authority::new());
    let lines = serve(folder.files(&old.pair(), None), async |address| {
        assert!(send(address, &old.client(None), "old\n").await);
        folder.write("key.pem", "no key", 0o600);
        assert!(send(address, &old.client(None), "still old\n").await);
        folder.files(&new.pair(), None);
        assert!(!send(address, &old.client(None), "lost\n").await);
        assert!(send(address, &new.client(None), "new\n").await);
    })
    .await;
    assert_eq!(lines, ["old", "still old", "new"]);
}

#[tokio::test]
async fn a_stop_reads_what_has_been_sent_over_tls() {
    let (folder, authority) = (Folder::new(), Authority::new());
    let lines = serve(folder.files(&authority.pair(), None), async |address| {
        let mut stream = connect(address, &authority.client(None)).await.unwrap();
        stream.write_all(&b"line\n".repeat(20_000)).await.unwrap();
        stream.flush().await.unwrap();
    })
    .await;
    assert_eq!(lines.len(), 20_000);
}

#[test]
fn files_that_cannot_be_used() {
    let (folder, authority) = (Folder::new(), Authority::new());
    let (pair, other) = (authority.pair(), authority.pair());
    let good = folder.files(&pair, None);
    assert!(Tls::new(&good).is_ok());
    let with = |change: &dyn Fn(&mut TlsFiles)| {
        let mut files = good.clone();
        change(&mut files);
        Tls::new(&files).unwrap_err().to_string()
    };
    let key = pair.1.serialize_pem();
    let open = folder.write("open.pem", &key, 0o640);
    let shown = with(&|files| files.key = open.clone());
    assert!(shown.ends_with("is open to others (mode 640); chmod 600 the file"), "{shown}");
    let another = folder.write("other.pem", &other.1.serialize_pem(), 0o600);
    assert!(with(&|files| files.key = another.clone()).contains("are no pair"));
    let nothing = folder.write("nothing.pem", "canary", 0o600);
    for shown in [
        with(&|files| files.key = nothing.clone()),
        with(&|files| files.cert = nothing.clone()),
        with(&|files| files.client_ca = Some(nothing.clone())),
    ] {
        assert!(shown.contains("nothing.pem holds no ") && !shown.contains("canary"), "{shown}");
    }
    let missing = folder.0.path().join("missing.pem");
    assert!(with(&|files| files.cert = missing.clone()).contains("cannot read"));
    assert!(with(&|files| files.key = missing.clone()).contains("cannot read"));
}

#[tokio::test]
async fn http_speaks_it_too() {
    let (folder, authority) = (Folder::new(), Authority::new());
    let tls = Some(folder.files(&authority.pair(), None));
    let kind = SourceKind::Http { listen: ([127, 0, 0, 1], 0).into(), max_body: 1000, tls };
    let plan = SourcePlan { kind, ..plan(Format::Json, &[]) };
    let port = http::Port::bind(&plan).unwrap();
    let (address, stop) = (port.address(), Stop::new());
    let (tx, mut rx) = mpsc::channel::<crate::Chunk>(1);
    let served = port.serve(&plan, 0, tx, stop.clone());
    let taken = async {
        let chunk = rx.recv().await.unwrap();
        let lines = texts(&chunk);
        chunk.receipt.commit();
        lines
    };
    let sender = async {
        let mut stream = connect(address, &authority.client(None)).await.unwrap();
        let request = "POST /v1/logs/json HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
            Content-Type: application/x-ndjson\r\nContent-Length: 8\r\n\r\n{\"a\":1}\n";
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        stop.stop();
        answer
    };
    let ((), lines, answer) = tokio::join!(served, taken, sender);
    assert!(answer.starts_with("HTTP/1.1 202 "), "{answer}");
    assert_eq!(lines, ["{\"a\":1}"]);
}
