//! CloudWatch Logs from the line to the log group, and its bad days: nothing is lost, and the log says what to do.

mod faults;
mod moto;

use crate::support::Greffier;
use crate::support::aws::{REGION, environment};

const KEY: &str = "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";

/// A sidecar that ships to an endpoint; the first line of its table is `region`.
fn config(endpoint: &str, more: &str) -> String {
    format!(
        "version = 1\n[service]\nname = \"social\"\ninstance = \"web-1\"\nresidency = [\"{REGION}\"]\n\
         [[source]]\ntype = \"http\"\nlisten = \"127.0.0.1:0\"\nformat = \"json\"\n\
         [sink.cloudwatch]\nregion = \"{REGION}\"\nendpoint_url = \"{endpoint}\"\n{more}\n"
    )
}

fn greffier() -> Greffier {
    Greffier::new().with(&environment())
}

/// Page views, one a line.
fn views(numbers: std::ops::Range<usize>) -> Vec<u8> {
    let line = |n| {
        format!("{{\"method\":\"GET\",\"url\":\"/p/{n}\",\"status\":200,\"user_id\":\"u-{n}\"}}\n")
    };
    numbers.map(line).collect::<String>().into_bytes()
}
