//! CloudWatch Logs as far as a reader sees it, in this process: FilterLogEvents as its API reference says, with
//! filter patterns, small pages, empty pages, duplicates, faults on demand, and a record of what was sent.

use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

/// An event under the time CloudWatch keeps it.
#[derive(Clone)]
pub(super) struct Kept {
    pub(super) at: i64,
    pub(super) message: String,
}

#[derive(Default)]
pub(super) struct State {
    /// By the name of their group.
    pub(super) groups: BTreeMap<String, Vec<Kept>>,
    /// Answers to the next requests: status and code; 0 ends the connection without one.
    pub(super) faults: VecDeque<(u16, &'static str)>,
    /// Head and body of every request.
    pub(super) sent: Vec<String>,
    /// Patterns of the requests, and what else they asked for.
    pub(super) asked: Vec<Value>,
    /// Events on a page.
    pub(super) page: usize,
    /// Whether patterns and order are looked at; other servers do not.
    pub(super) lazy: bool,
    /// A group that may not be read.
    pub(super) denied: Option<String>,
    /// Whether JSON patterns are refused.
    pub(super) refuses_json: bool,
    closing: bool,
}

/// The server; it ends with the test.
pub(super) struct Double {
    pub(super) address: SocketAddr,
    state: Arc<Mutex<State>>,
    accepting: Option<JoinHandle<()>>,
}

impl Double {
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(Mutex::new(State { page: 7, ..State::default() }));
        let shared = Arc::clone(&state);
        let accepting = std::thread::spawn(move || {
            for connection in listener.incoming() {
                if lock(&shared).closing {
                    break;
                }
                let shared = Arc::clone(&shared);
                std::thread::spawn(move || serve(&connection.unwrap(), &shared));
            }
        });
        Self { address, state, accepting: Some(accepting) }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

impl Drop for Double {
    fn drop(&mut self) {
        self.state().closing = true;
        drop(TcpStream::connect(self.address));
        self.accepting.take().map(JoinHandle::join);
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Answers the requests of one connection until it ends.
fn serve(connection: &TcpStream, state: &Mutex<State>) -> Option<()> {
    let mut reader = BufReader::new(connection);
    loop {
        let (mut head, mut length) = (String::new(), 0);
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).ok()? == 0 {
                return None;
            }
            if line == "\r\n" {
                break;
            }
            if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().ok()?;
            }
            head += &line;
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        let body = String::from_utf8(body).ok()?;
        let (status, answer) = lock(state).answer(&head, &body)?;
        let answer = answer.to_string();
        let head = format!(
            "HTTP/1.1 {status} x\r\ncontent-type: application/x-amz-json-1.1\r\ncontent-length: {}\r\n\r\n",
            answer.len()
        );
        (&*connection).write_all((head + &answer).as_bytes()).ok()?;
    }
}

impl State {
    fn answer(&mut self, head: &str, body: &str) -> Option<(u16, Value)> {
        self.sent.push(format!("{head}{body}"));
        let ask: Value = serde_json::from_str(body).ok()?;
        self.asked.push(ask.clone());
        match self.faults.pop_front() {
            Some((0, _)) => return None,
            Some((status, code)) => return Some((status, error(code))),
            None => {}
        }
        assert!(head.to_lowercase().contains("x-amz-target: logs_20140328.filterlogevents"));
        Some(self.filter(&ask).map_or_else(|code| (400, error(code)), |page| (200, page)))
    }

    fn filter(&self, ask: &Value) -> Result<Value, &'static str> {
        let group = ask["logGroupName"].as_str().unwrap_or_default();
        if self.denied.as_deref() == Some(group) {
            return Err("AccessDeniedException");
        }
        let events = self.groups.get(group).ok_or("ResourceNotFoundException")?;
        let (from, to) = (ask["startTime"].as_i64().unwrap(), ask["endTime"].as_i64().unwrap());
        let pattern = ask["filterPattern"].as_str().unwrap_or_default();
        let newest_first = ask["startFromHead"] == false;
        let json = pattern.starts_with('{');
        if from < 0 || from > to || pattern.len() > 1024 || (json && self.refuses_json) {
            return Err("InvalidParameterException");
        }
        if newest_first && from < 1_704_067_200_000 {
            return Err("InvalidParameterException");
        }
        let mut all: Vec<_> = events
            .iter()
            .filter(|kept| (from..=to).contains(&kept.at))
            .filter(|kept| self.lazy || matches(pattern, &kept.message))
            .collect();
        all.sort_by_key(|kept| kept.at);
        if newest_first && !self.lazy {
            all.reverse();
        }
        // Every second page is empty: "the search is not over" is all it says.
        let turn: usize = ask["nextToken"].as_str().map_or(0, |token| token.parse().unwrap());
        let begin = turn / 2 * self.page;
        let shown = if turn % 2 == 1 { &all[begin.min(all.len())..] } else { &[] };
        let shown = &shown[..shown.len().min(self.page)];
        let over = turn % 2 == 1 && begin + self.page >= all.len();
        let events: Vec<_> = shown.iter().map(|kept| {
            json!({"timestamp": kept.at, "message": kept.message, "logStreamName": "-/web-1", "eventId": "1"})
        }).collect();
        let next = if over { Value::Null } else { (turn + 1).to_string().into() };
        Ok(json!({"events": events, "nextToken": next, "searchedLogStreams": []}))
    }
}

fn error(code: &str) -> Value {
    json!({"__type": code, "message": "kanari: what AWS says may repeat what was sent"})
}

/// What the user guide says of the patterns that greffier sends.
pub(super) fn matches(pattern: &str, message: &str) -> bool {
    if pattern.is_empty() {
        return true;
    }
    if let Some(expression) = pattern.strip_prefix('{') {
        let Ok(event) = serde_json::from_str(message) else { return false };
        let mut rest = expression.strip_suffix('}').unwrap().trim();
        let holds = or(&mut rest, &event);
        assert_eq!(rest.trim(), "", "the whole pattern is understood");
        return holds;
    }
    let terms: Vec<_> = pattern.split(' ').collect();
    let optional = terms[0].starts_with('?');
    assert!(optional || terms.len() == 1, "? does not go with other terms");
    terms.iter().any(|term| {
        let term = term.strip_prefix('?').map_or(*term, |term| term);
        message.contains(term.strip_prefix('"').unwrap().strip_suffix('"').unwrap())
    })
}

fn or(rest: &mut &str, event: &Value) -> bool {
    let mut holds = and(rest, event);
    while skip(rest, "||") {
        holds |= and(rest, event);
    }
    holds
}

fn and(rest: &mut &str, event: &Value) -> bool {
    let mut holds = one(rest, event);
    while skip(rest, "&&") {
        holds &= one(rest, event);
    }
    holds
}

fn one(rest: &mut &str, event: &Value) -> bool {
    if skip(rest, "(") {
        let holds = or(rest, event);
        assert!(skip(rest, ")"));
        return holds;
    }
    assert!(skip(rest, "$."));
    let field = word(rest);
    let sign = word(rest);
    let wanted = word(rest);
    let value = &event[field];
    match (sign, wanted.strip_prefix('"')) {
        ("=", Some(text)) => {
            let text = text.strip_suffix('"').unwrap();
            value.as_str().is_some_and(|value| match text.strip_prefix('*') {
                Some(end) => value.ends_with(end),
                None => value == text,
            })
        }
        (sign, _) => value.as_i64().is_some_and(|value| {
            let wanted: i64 = wanted.parse().unwrap();
            match sign {
                "=" => value == wanted,
                ">=" => value >= wanted,
                "<=" => value <= wanted,
                _ => panic!("not in the guide: {sign}"),
            }
        }),
    }
}

fn skip(rest: &mut &str, token: &str) -> bool {
    let after = rest.trim_start().strip_prefix(token);
    *rest = after.unwrap_or(rest);
    after.is_some()
}

fn word<'a>(rest: &mut &'a str) -> &'a str {
    let text = rest.trim_start();
    let end = text.find([' ', ')']).unwrap_or(text.len());
    *rest = &text[end..];
    &text[..end]
}
