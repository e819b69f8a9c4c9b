//! stub
use crate::cli::{Common, End};
pub(super) fn doctor(_: &Common) -> anyhow::Result<End> {
    Ok(End::Ok)
}
