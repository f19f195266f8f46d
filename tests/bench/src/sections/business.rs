//! What the business wing's accounting costs: a permit, a ledger's entry, a record on its way to a file. (target 8)
//! Knows: the policies that come with the relay, the ledger's rows, the exporter. Never knows: customers' words;
//! `wings` measures those.

mod carried;
mod entered;
mod permitted;

use anyhow::Result;

use crate::row::Row;
use crate::setting::Setting;

pub(crate) async fn run(setting: &Setting) -> Result<Vec<Row>> {
    let mut rows = permitted::run(setting);
    rows.extend(entered::run(setting)?);
    rows.extend(carried::run(setting).await?);
    Ok(rows)
}
