//! `greffier keys`: the reading keys are made here, once; the writer gets the public half.

use super::{layout, plan, setup};
use crate::cli::{Common, End, Keys};
use crate::setup as host;
use anyhow::{Context as _, Result, bail};
use greffier_config::{KeyRoot, Layout, Plan};
use greffier_record::clock;
use greffier_vault::{Custody, CustodyPlan};
use std::fs;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// Runs a `keys` command.
pub(super) fn keys(common: &Common, action: &Keys) -> Result<End> {
    let layout = layout(common);
    let plan = plan(common, &layout)?;
    match action {
        Keys::Init { passphrase_file } => {
            setup(host::private_dir(layout.data()))?;
            let given = passphrase_file.as_deref();
            setup(init(&layout, &plan, given))?;
            tell(&layout, &plan);
        }
    }
    Ok(End::Ok)
}

/// First start without a configuration: makes the keys if there are none, and says on every start that
/// writer and reader share this machine.
pub(super) fn init_embedded(layout: &Layout, plan: &Plan) -> Result<()> {
    if !plan.keys.recipients.exists() && !plan.reader.custody.exists() {
        init(layout, plan, None)?;
        tell(layout, plan);
    }
    tracing::warn!(
        reader = %plan.reader.dir.display(),
        "reading keys lie on this machine: whoever can read that folder can open the log"
    );
    Ok(())
}

fn init(layout: &Layout, plan: &Plan, passphrase_file: Option<&Path>) -> Result<()> {
    let custody = plan.reader.custody.clone();
    if custody.exists() || plan.keys.recipients.exists() {
        bail!(
            "there are keys already ({} or {}): nothing was changed, because what they sealed needs them. For a new \
             installation name another folder with --data",
            custody.display(),
            plan.keys.recipients.display()
        );
    }
    // All folders before the first key: half an installation could not be made again.
    let public = root_file(layout, plan);
    let folders = [public.parent(), plan.keys.recipients.parent(), Some(&*plan.reader.dir)];
    folders.into_iter().flatten().try_for_each(host::private_dir)?;
    let own = plan.reader.dir.join("passphrase");
    let passphrase = passphrase(passphrase_file.unwrap_or(&own), passphrase_file.is_none())?;
    let root = format!("greffier-{}", plan.policy.service);
    let wanted = CustodyPlan::new(&root, &plan.policy.retention.distinct(), clock::now_ms());
    let (_, manifest, root_key) = Custody::create(&custody, &passphrase, wanted)
        .with_context(|| format!("cannot make {}", custody.display()))?;
    host::replace_file(&public, format!("{root_key}\n").as_bytes())?;
    host::replace_file(&plan.keys.recipients, manifest.as_bytes())
}

/// Where the root key goes: where the configuration looks for it, unless that is no file.
fn root_file(layout: &Layout, plan: &Plan) -> PathBuf {
    match &plan.keys.root {
        KeyRoot::File(path) => path.clone(),
        KeyRoot::Text(_) => layout.root_key(),
    }
}

/// The passphrase of a file of mode 0600; a random one of 256 bits when the file may be made.
pub(super) fn passphrase(file: &Path, make: bool) -> Result<Zeroizing<String>> {
    if make && !file.exists() {
        let mut random = Zeroizing::new([0; 32]);
        getrandom::fill(random.as_mut())
            .map_err(|error| anyhow::anyhow!("no randomness: {error}"))?;
        let text: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
        host::replace_file(file, Zeroizing::new(text).as_bytes())?;
    }
    host::refuse_readable_by_others(file)?;
    let text = Zeroizing::new(
        fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?,
    );
    let trimmed = Zeroizing::new(text.trim_end_matches(['\n', '\r']).to_owned());
    if trimmed.chars().count() < 12 {
        bail!(
            "the passphrase in {} is shorter than 12 characters; write a longer one",
            file.display()
        );
    }
    Ok(trimmed)
}

fn tell(layout: &Layout, plan: &Plan) {
    tracing::info!(
        reading_keys = %plan.reader.dir.display(),
        recipients = %plan.keys.recipients.display(),
        root = %root_file(layout, plan).display(),
        "keys made: keep a copy of the reading folder in a safe place; without it the log cannot be read"
    );
}
