//! `status`: how the relay on a folder is; exit code 1 when none runs.
//! Knows: words. Never knows: more than `/ready` and `/metrics` tell.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::bail;
use partywall_store::{FolderLock, StoreError};

use super::arguments::Place;
use super::asking::{is_relays, print_answer};
use crate::admin::client;
use crate::admin::words::{Answer, Ask};
use crate::config::kind::spelled;

pub(super) fn run(place: &Place) -> anyhow::Result<ExitCode> {
    let settings = super::gather_at(place)?.settings;
    let folder = settings.data.display();
    if !is_relays(&settings.data) {
        bail!("there is no relay in {folder}; name its folder with `--data DIR`");
    }
    match FolderLock::take(&settings.data) {
        Err(StoreError::Locked { .. }) => {}
        Err(error) => bail!("cannot look into {folder}: {error}"),
        Ok(_free) => {
            if place.json {
                super::print_json(&serde_json::json!({ "running": false }))?;
            } else {
                super::print(&format!(
                    "No relay is running on {folder}. `partywall-relay serve --data '{folder}'` starts one."
                ))?;
            }
            return Ok(ExitCode::FAILURE);
        }
    }
    let answer = client::ask(&settings.data, &Ask::Status)?;
    if place.json {
        print_answer(&answer)?;
        return Ok(ExitCode::SUCCESS);
    }
    let Answer::Status(status) = answer else {
        bail!("the relay gave an answer to another question; use the program of the same version")
    };
    let up = humantime::format_duration(Duration::from_secs(status.uptime_seconds));
    super::print(&format!("running for {up}, version {}", status.version))?;
    if let (Some(host), Some(connections)) = (&status.host, status.connections) {
        super::print(&format!("relay links say  {host}"))?;
        if let Some(admission) = &status.admission {
            super::print(&format!("admission        {admission}"))?;
        }
        super::print(&format!("connections      {connections}"))?;
    }
    if let Some(business) = &status.business {
        super::print(&format!("business links   {}", business.host))?;
        super::print(&format!("connections      {}", business.connections))?;
        super::print(&format!("exporter         {}", business.exporter))?;
    }
    let low = if status.low_disk {
        "  LOW: no new mailboxes and customers until there is room"
    } else {
        ""
    };
    super::print(&format!(
        "free disk        {}{low}",
        spelled(status.disk_free >> 20 << 20)
    ))?;
    Ok(ExitCode::SUCCESS)
}
