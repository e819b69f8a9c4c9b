//! A CloudWatch Logs that says what a test wants it to: for answers that moto does not give.
//!
//! HTTP/1.1, one request a connection, one connection at a time, in this process. It ends with the test.

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;

/// What came in.
pub(crate) struct Asked {
    /// `PutLogEvents`, `DescribeLogGroups`, …
    pub(crate) operation: String,
    pub(crate) body: Value,
}

/// What goes out: status, headers, body.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: String,
}

impl Answer {
    /// A good answer, with its request id.
    pub(crate) fn ok(body: &Value) -> Self {
        let headers = vec![("x-amzn-RequestId", "7f8d6f0e-0000-4000-8000-000000000000".into())];
        Self { status: 200, headers, body: body.to_string() }
    }

    /// An error as CloudWatch Logs writes it.
    pub(crate) fn error(status: u16, code: &str, message: &str) -> Self {
        let body = json!({"__type": code, "message": message});
        Self { status, ..Self::ok(&body) }
    }

    /// One group, as it was asked for.
    pub(crate) fn group(asked: &Asked, days: Option<u32>, kms_key: Option<&str>) -> Self {
        let mut group = json!({"logGroupName": asked.body["logGroupNamePrefix"]});
        if let Some(days) = days {
            group["retentionInDays"] = days.into();
        }
        if let Some(key) = kms_key {
            group["kmsKeyId"] = key.into();
        }
        Self::ok(&json!({"logGroups": [group]}))
    }
}

/// Listens until the process ends; what was asked can be read in order.
pub(crate) fn serve(
    mut script: impl FnMut(&Asked) -> Answer + Send + 'static,
) -> (String, mpsc::Receiver<Asked>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
    let (told, asked) = mpsc::sync_channel(10_000);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let Some(request) = read(&stream) else { continue };
            let answer = script(&request);
            write(&stream, &answer);
            // Not every test wants to know.
            drop(told.send(request));
        }
    });
    (endpoint, asked)
}

fn read(stream: &TcpStream) -> Option<Asked> {
    let mut reader = BufReader::new(stream);
    let (mut operation, mut length, mut line) = (String::new(), 0, String::new());
    loop {
        line.clear();
        reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
        let Some((name, value)) = line.trim().split_once(": ") else {
            if line.trim().is_empty() {
                break;
            }
            continue;
        };
        match name.to_ascii_lowercase().as_str() {
            "x-amz-target" => operation = value.split('.').next_back()?.to_owned(),
            "content-length" => length = value.parse().ok()?,
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Asked { operation, body: serde_json::from_slice(&body).unwrap_or(Value::Null) })
}

fn write(mut stream: &TcpStream, answer: &Answer) {
    let mut head = format!(
        "HTTP/1.1 {} X\r\nContent-Type: application/x-amz-json-1.1\r\nContent-Length: {}\r\nConnection: close\r\n",
        answer.status,
        answer.body.len()
    );
    for (name, value) in &answer.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    // Whoever asked may be gone: that is a test of its own.
    drop(write!(stream, "{head}\r\n{}", answer.body));
}
