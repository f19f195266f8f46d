//! The exporter's socket: made for the operator's users alone, one exporter at a time behind it. (SPEC §14)
//! Knows: who is connected now. Never knows: what is said; the plane does.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use partywall_business_plane::{OnlyClose, Plane};
use tokio::net::{UnixListener, UnixStream};
use tokio::task::JoinHandle;

use super::ExporterWatch;
use super::child::{KillChild, Leash};
use crate::admin::reach::Reach;
use crate::start_error::StartError;
use crate::stop::Watch;

/// After the system would not accept.
const BREATH: Duration = Duration::from_millis(100);

/// Who takes exporters in.
pub(super) struct Desk {
    pub(super) listener: UnixListener,
    pub(super) plane: Arc<Plane>,
    pub(super) watch: ExporterWatch,
    pub(super) leash: Leash,
}

/// Binds the socket in place of one that nobody listens at any more.
pub(super) fn bind(path: &Path, group: Option<u32>) -> Result<UnixListener, StartError> {
    let refused = |error: std::io::Error| StartError::ExporterSocket {
        file: path.to_owned(),
        why: error.kind(),
    };
    let reach = Reach::to(path).map_err(refused)?;
    if std::os::unix::net::UnixStream::connect(&reach.path).is_ok() {
        return Err(refused(std::io::ErrorKind::AddrInUse.into()));
    }
    match std::fs::symlink_metadata(path) {
        Ok(about) if !std::os::unix::fs::FileTypeExt::is_socket(&about.file_type()) => {
            return Err(refused(std::io::ErrorKind::AlreadyExists.into()));
        }
        Ok(_left_behind) => std::fs::remove_file(path).map_err(refused)?,
        Err(_) => {}
    }
    let listener = UnixListener::bind(&reach.path).map_err(refused)?;
    let mode = match group {
        None => 0o600,
        Some(group) => {
            std::os::unix::fs::chown(path, None, Some(group)).map_err(refused)?;
            0o660
        }
    };
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).map_err(refused)?;
    Ok(listener)
}

impl Desk {
    /// Takes exporters in, one after another, until `stop` says so.
    pub(super) async fn run(self, mut stop: Watch) {
        let mut serving: Option<JoinHandle<()>> = None;
        loop {
            let gone = async {
                match &mut serving {
                    Some(serving) => drop(serving.await),
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = stop.raised() => break,
                () = gone => {
                    serving = None;
                    self.watch.connects(false);
                }
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, _)) if serving.is_none() => {
                        self.watch.connects(true);
                        serving = Some(self.serve(stream));
                    }
                    Ok((_one_too_many, _)) => {
                        self.watch.refuses_one();
                        tracing::warn!(wing = "business", "a second exporter was turned away");
                    }
                    Err(_) => tokio::time::sleep(BREATH).await,
                },
            }
        }
        if let Some(serving) = serving {
            serving.abort();
        }
    }

    fn serve(&self, stream: UnixStream) -> JoinHandle<()> {
        let pid = stream.peer_cred().ok().and_then(|who| who.pid());
        let (plane, leash) = (Arc::clone(&self.plane), self.leash.clone());
        tokio::spawn(async move {
            if leash.holds(pid) {
                plane.exporter(stream, KillChild(leash)).await;
            } else {
                plane.exporter(stream, OnlyClose).await;
            }
        })
    }
}
