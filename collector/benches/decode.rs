//! What decoding a line costs, by format. `cargo bench -p greffier-collector`.
//!
//! The JSON lines are made up here: a flat request line of about 460 bytes. The others are captured ones.

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use greffier_collector::{Decoder, FieldMap, Frame, SourceKind, SourcePlan};
use greffier_record::{Format, HotBuf};

const OBSERVED: i64 = 1_795_300_000_000;

fn main() {
    divan::main();
}

/// Request lines as a web application with a flat logger writes them.
fn flat(count: u64) -> Vec<u8> {
    let agents = [
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
        "Mozilla/5.0 (X11; Linux x86_64; rv:123.0) Gecko/20100101 Firefox/123.0",
    ];
    let errors = ["", "cache miss for key order:357100", "login failed for ada@example.org"];
    let pick = |n: u64, from: &[&'static str]| from[n as usize % from.len()];
    let line = |n: u64| {
        format!(
            concat!(
                r#"{{"timestamp":"2026-01-01T00:{:02}:{:02}.{:03}Z","method":"GET","#,
                r#""url":"/api/v2/orders/{}/items?page=7&size=50","route":"api.v2.battery.create","#,
                r#""user_id":"usr_{:020x}","email":"paul.smith{}@example.org","role":"user","#,
                r#""client_ip":"203.0.113.{}","user_agent":"{}","status":200,"latency_ms":{}.327,"#,
                r#""request_id":"{:032x}","error":"{}"}}"#,
                "\n"
            ),
            n / 60 % 60,
            n % 60,
            n % 1000,
            n * 37 % 1_000_000,
            n * 0x9E37_79B9,
            n % 50_000,
            n % 256,
            pick(n, &agents),
            n % 900,
            u128::from(n) * 0x9E37_79B9_7F4A_7C15_F39C_C060,
            pick(n, &errors),
        )
    };
    (0..count).map(line).collect::<String>().into_bytes()
}

fn decode(bencher: Bencher<'_, '_>, format: Format, text: &[u8]) {
    let plan = SourcePlan {
        name: "bench".into(),
        kind: SourceKind::Stdin,
        format,
        fields: FieldMap::default(),
        join: None,
    };
    let (decoder, origin) = (Decoder::new(&plan), plan.origin(0, format));
    let mut at = 0;
    let mut frames = Vec::new();
    for line in text.split(|&byte| byte == b'\n') {
        let range = at..at + line.len();
        at = range.end + 1;
        frames.extend((!line.is_empty()).then_some(Frame { range, fault: None, cut: 0 }));
    }
    let bytes = HotBuf::new(text.to_vec());
    bencher.counter(ItemsCount::new(frames.len())).bench_local(|| {
        for frame in &frames {
            black_box(decoder.record(&origin, &bytes, frame, OBSERVED));
        }
    });
}

#[divan::bench]
fn json(bencher: Bencher<'_, '_>) {
    decode(bencher, Format::Json, &flat(1_000));
}

#[divan::bench]
fn monolog(bencher: Bencher<'_, '_>) {
    let text = include_bytes!("../../tests/data/capture/symfony/http_audit.json.log");
    decode(bencher, Format::Monolog, text);
}

#[divan::bench]
fn nginx_json(bencher: Bencher<'_, '_>) {
    let text = include_bytes!("../../tests/data/capture/nginx/access.json_escape_json.log");
    decode(bencher, Format::NginxJson, text);
}

#[divan::bench]
fn combined(bencher: Bencher<'_, '_>) {
    let text = include_bytes!("../../tests/data/capture/nginx/access.combined.log");
    decode(bencher, Format::Combined, text);
}
