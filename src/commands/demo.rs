//! `greffier demo`: a sidecar, its archive and real traffic on this machine, and the journey of one request.
//!
//! Invariant: nothing leaves the demo's folder but the tour on standard output. What it prints in clear are
//! the invented people of the sample, as the application wrote them and as a reveal opens them.

use super::{keys, plan, read, runtime, sample, setup};
use crate::cli::{Common, End, Reading, Role};
use crate::setup as host;
use crate::sidecar::Sidecar;
use anstyle::{AnsiColor, Style};
use anyhow::{Context as _, Result};
use greffier_collector::SourceKind;
use greffier_config::Layout;
use greffier_console::{Ask, Reader, Zone, render};
use greffier_record::clock;
use serde_json::Value;
use std::io::{Write, stdout};
use std::net::SocketAddr;
use std::time::Duration;

/// Lines that share one POST.
const BODY_LINES: usize = 100;

/// How long the sinks may take for the sample.
const DEADLINE: Duration = Duration::from_secs(30);

/// Characters of a line on the tour.
const WIDTH: usize = 150;

/// The failed back-office request whose journey is told.
const QUERY: &str = "stream:audit status:500";

/// Runs the tour; without `once` the sidecar then stays, for trying things out.
pub(super) fn demo(common: &Common, once: bool) -> Result<End> {
    let data = common.data.clone().unwrap_or_else(|| {
        std::env::temp_dir().join(format!("greffier-demo-{}", std::process::id()))
    });
    let common = Common { config: None, data: Some(data.clone()), ..common.clone() };
    let layout = Layout::new(&data);
    let mut tour = Tour(anstream::AutoStream::auto(stdout()));
    tour.line(
        "greffier demo: real request lines of a small Symfony site; its people are invented.",
    )?;
    tour.line(&format!("Everything happens on this machine, in {}.", data.display()))?;

    let lines = sample::lines(clock::now_ms())?;
    tour.step(1, "in", "the application writes one line per request, with everything in clear")?;
    let runtime = runtime()?;
    let sidecar = runtime.block_on(start(&common, &layout, true))?;
    let address = sidecar.listening.first().context("the demo's source listens")?.address;
    for body in lines.chunks(BODY_LINES) {
        post(address, body)?;
    }
    let accounts = sidecar.books.accounts.clone();
    runtime.block_on(sidecar.drain(DEADLINE))?;

    tell(&mut tour, &common, &lines)?;
    tour.step(
        6,
        "counted",
        "every line is accounted for; held lines of good requests are forgotten",
    )?;
    tour.line(&accounts.report().to_string())?;
    tour.commands(&layout)?;
    if !once {
        let sidecar = runtime.block_on(start(&common, &layout, false))?;
        let address = sidecar.listening.first().context("the demo's source listens")?.address;
        tour.line(&format!("The sidecar goes on at http://{address}; end it with Ctrl-C."))?;
        runtime.block_on(tokio::signal::ctrl_c()).context("no Ctrl-C here")?;
        runtime.block_on(sidecar.drain(DEADLINE))?;
    }
    Ok(End::Ok)
}

/// The sidecar of the embedded default; for the tour on a free port, so that it never meets another one.
async fn start(common: &Common, layout: &Layout, any_port: bool) -> Result<Sidecar> {
    let mut plan = plan(common, layout)?;
    for source in &mut plan.sources {
        if let SourceKind::Http { listen, .. } = &mut source.kind
            && any_port
        {
            listen.set_port(0);
        }
    }
    setup(host::private_dir(layout.data()))?;
    setup(keys::init_embedded(layout, &plan))?;
    setup(Sidecar::start(plan).await)
}

fn post(address: SocketAddr, lines: &[String]) -> Result<()> {
    let url = format!("http://{address}/v1/logs/monolog");
    let sent = ureq::post(&url).content_type("application/x-ndjson").send(lines.join("\n"));
    sent.map(drop).context("the demo's sidecar did not take the sample")
}

/// The journey of one request, read back as support would.
fn tell(tour: &mut Tour, common: &Common, lines: &[String]) -> Result<()> {
    let mut reader =
        read::open(common, &Reading { passphrase_file: None, role: Role::Dpo, from: None })?;
    let now = clock::now_ms();
    let found = reader.search(QUERY, 20, now)?;
    let shortest = found.rows.iter().min_by_key(|row| row.stored.json.len());
    let row = shortest.context("the sample holds a failed back-office request")?;
    let event: Value = serde_json::from_str(&row.stored.json)?;
    let req = event["req"].as_str().context("a request id")?;
    let came = lines.iter().find(|line| line.contains("http_request") && line.contains(req));
    let came: Value = serde_json::from_str(came.context("its line is in the sample")?)?;
    tour.arrived(&came["context"])?;

    tour.step(2, "sealed", "this is what is stored: greffier cannot open the sealed parts again")?;
    tour.event(&event)?;

    let email = came["context"]["user_email"].as_str().context("its user has an address")?;
    tour.step(3, "found", "support searches for the person, in an index that only the reader has")?;
    let query = format!("email:{email} stream:audit");
    tour.line(&format!("$ echo \"{query}\" | greffier search --limit 5 -"))?;
    tour.block(&render::table(&reader.search(&query, 5, now)?, Zone::Local))?;

    let id = row.stored.id.short();
    tour.step(4, "shown", "the failed request with the context that was held for it, masked")?;
    tour.line(&format!("$ greffier show {id}"))?;
    tour.block(&render::timeline(&reader.show(&id, now)?.1, Zone::Local))?;
    revealed(tour, &mut reader, &id)
}

fn revealed(tour: &mut Tour, reader: &mut Reader, id: &str) -> Result<()> {
    let why = "demo: why did publishing fail?";
    tour.step(5, "revealed", "with a reason, which is logged before anything is opened")?;
    tour.line(&format!("$ greffier reveal {id} --reason '{why}'"))?;
    let ask = Ask { reason: why, classes: &[] };
    let (_, opened) = reader.reveal(id, &ask, clock::now_ms())?;
    tour.block(&render::revealed(&opened))?;
    let log = reader.search("stream:access", 5, clock::now_ms())?;
    tour.line("and the access log now holds:")?;
    tour.block(&render::table(&log, Zone::Local))
}

/// Plain words and colours on standard output.
struct Tour(anstream::AutoStream<std::io::Stdout>);

const HEAD: Style = AnsiColor::Cyan.on_default().bold();
const DIM: Style = Style::new().dimmed();
const HOT: Style = AnsiColor::Red.on_default();
const COLD: Style = AnsiColor::Green.on_default();

impl Tour {
    fn step(&mut self, number: u8, word: &str, what: &str) -> Result<()> {
        Ok(writeln!(self.0, "\n{HEAD}{number}. {word}{HEAD:#}  {what}")?)
    }

    fn line(&mut self, text: &str) -> Result<()> {
        Ok(writeln!(self.0, "   {text}")?)
    }

    fn block(&mut self, text: &str) -> Result<()> {
        text.lines().try_for_each(|line| {
            let shown: String = line.chars().take(WIDTH).collect();
            let more = if shown.len() < line.len() { "…" } else { "" };
            Ok(writeln!(self.0, "   {DIM}│{DIM:#} {shown}{more}")?)
        })
    }

    /// The fields of the request line, what is personal in red.
    fn arrived(&mut self, context: &Value) -> Result<()> {
        for field in
            ["date", "method", "url", "user_id", "user_email", "ip", "route", "status", "post"]
        {
            let hot = ["url", "user_id", "user_email", "ip", "post"].contains(&field);
            let style = if hot { HOT } else { Style::new() };
            let value: String = context[field].to_string().chars().take(WIDTH).collect();
            writeln!(self.0, "   {field:<11}{style}{value}{style:#}")?;
        }
        Ok(())
    }

    /// The event's fields, sealed ones in green.
    fn event(&mut self, event: &Value) -> Result<()> {
        for (field, value) in event.as_object().into_iter().flatten() {
            let sealed =
                value.get("i").or(value.get("c")).is_some() && field.len() == 2 || field == "p";
            let style = if sealed { COLD } else { Style::new() };
            let value: String = value.to_string().chars().take(WIDTH).collect();
            writeln!(self.0, "   {field:<11}{style}{value}{style:#}")?;
        }
        Ok(())
    }

    fn commands(&mut self, layout: &Layout) -> Result<()> {
        let own = std::env::args().next().unwrap_or_else(|| "greffier".into());
        let data = layout.data().display();
        writeln!(self.0, "\n{HEAD}Try{HEAD:#}  or, for the commands as they stand above, first:")?;
        writeln!(self.0, "   export GREFFIER_DATA={data}; alias greffier={own}")?;
        let with = format!("{own} --data {data}");
        for rest in [
            "search 'status:5xx'",
            "search 'stream:audit since:1h'",
            "--json search route:admin_content_publish",
        ] {
            writeln!(self.0, "   {with} {rest}")?;
        }
        Ok(())
    }
}
