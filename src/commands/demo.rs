//! placeholder
use crate::cli::{Common, End};
use anyhow::Result;
pub(super) fn demo(_: &Common, _: bool) -> Result<End> { Ok(End::Ok) }
