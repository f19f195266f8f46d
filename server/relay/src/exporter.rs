//! The hatch to the exporter: a Unix socket, one exporter at a time behind it, and the child that the relay starts if it is told to.
//! Knows: processes and a socket. Never knows: sinks, their credentials, what is carried; the plane speaks with the exporter.

mod child;
mod socket;
mod watch;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use partywall_business_plane::Plane;
use partywall_world::Clock;
use tokio::task::JoinHandle;

use crate::config::settings::ExporterSettings;
use crate::start_error::StartError;
use crate::stop::{self, Sign};
use child::{Child, Nursery};

pub use watch::ExporterWatch;

/// The open hatch.
pub struct Hatch {
    watch: ExporterWatch,
    socket: PathBuf,
    stop_child: Sign,
    stop_socket: Sign,
    nursery: Option<JoinHandle<()>>,
    listening: JoinHandle<()>,
}

impl Hatch {
    /// Opens it for `plane`, and starts the exporter if the settings name its file.
    ///
    /// # Errors
    /// One sentence for the operator.
    pub fn open(
        settings: &ExporterSettings,
        data: &Path,
        plane: &Arc<Plane>,
        clock: &Arc<dyn Clock>,
    ) -> Result<Self, StartError> {
        let child = Child::of(settings, data)?;
        let socket = settings.socket_in(data);
        let listener = socket::bind(&socket, settings.group)?;
        let watch = ExporterWatch::new(child.is_some());
        let (stop_child, stopped_child) = stop::sign();
        let (stop_socket, stopped_socket) = stop::sign();
        let leash = child::Leash::default();
        let desk = socket::Desk {
            listener,
            plane: Arc::clone(plane),
            watch: watch.clone(),
            leash: leash.clone(),
        };
        let nursery = child.map(|child| Nursery {
            child,
            leash,
            watch: watch.clone(),
            clock: Arc::clone(clock),
        });
        Ok(Self {
            watch,
            socket,
            stop_child,
            stop_socket,
            nursery: nursery.map(|nursery| tokio::spawn(nursery.run(stopped_child))),
            listening: tokio::spawn(desk.run(stopped_socket)),
        })
    }

    /// How the exporter is, from now on.
    #[must_use]
    pub fn watch(&self) -> ExporterWatch {
        self.watch.clone()
    }

    /// Ends the child, which may close what it has in the air, and then the socket.
    pub async fn close(self) {
        self.stop_child.raise();
        if let Some(nursery) = self.nursery {
            let _ended = nursery.await;
        }
        self.stop_socket.raise();
        let _ended = self.listening.await;
        let _gone = std::fs::remove_file(&self.socket);
    }
}
