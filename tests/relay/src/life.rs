//! One life of the relay and its proxies: from a start to a stop or a kill.
//! Knows: a runtime of its own, so that everything in it can be ended at once. Never knows: the
//! folder's content.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use partywall_relay::admin::office::Office;
use partywall_relay::{Relay, Settings};
use partywall_world::{Clock, Dice};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio::task::spawn_blocking;

use crate::certificate::Shown;
use crate::knobs::Knobs;
use crate::proxy::Proxy;

/// How long what was killed may take to be gone.
const GONE: Duration = Duration::from_secs(10);

/// A relay and its proxies that run.
pub(crate) struct Life {
    runtime: Runtime,
    relay: Relay,
}

impl Life {
    /// Starts the relay, and a proxy before each of its listeners.
    pub(crate) async fn begin(
        settings: Settings,
        (shown, knobs): (&Shown, &Knobs),
        (people, businesses): (u16, u16),
        (clock, dice): (Arc<dyn Clock>, Dice),
    ) -> Self {
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("test-relay")
            .enable_all()
            .build()
            .expect("a test may start threads");
        let (acceptor, knobs) = (shown.acceptor.clone(), knobs.clone());
        let before = async move |port, upstream: Option<SocketAddr>| {
            let Some(upstream) = upstream else { return };
            let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
            let proxy = Proxy {
                listener: TcpListener::bind(address)
                    .await
                    .expect("the port is still ours"),
                acceptor: acceptor.clone(),
                upstream,
                knobs: knobs.clone(),
            };
            tokio::spawn(proxy.run());
        };
        let begun = runtime.spawn(async move {
            let relay = Relay::start(settings, clock, dice).await;
            let relay = relay.expect("a relay starts in its own folder");
            before(people, relay.peer_addr()).await;
            before(businesses, relay.business_addr()).await;
            relay
        });
        let relay = begun.await.expect("the start does not panic");
        Self { runtime, relay }
    }

    pub(crate) fn relay(&self) -> &Relay {
        &self.relay
    }

    pub(crate) fn office(&self) -> &Arc<Office> {
        self.relay.office()
    }

    /// Ends it as an operator would: everybody is told to come back, everything taken is written.
    pub(crate) async fn stop(self) {
        let Self { runtime, relay } = self;
        let stopped = runtime.spawn(relay.shutdown()).await;
        stopped.expect("the stop does not panic");
        end(runtime).await;
    }

    /// Ends it as a crash would: nobody is told anything, and what was not answered is not.
    pub(crate) async fn kill(self) {
        let Self { runtime, relay } = self;
        end(runtime).await;
        // Holds the folder until now, and waits for the disk.
        let gone = spawn_blocking(move || drop(relay)).await;
        gone.expect("the end does not panic");
    }

    /// Ends it without waiting, when the test is over.
    #[expect(
        clippy::disallowed_methods,
        reason = "where it is called nothing may wait, and the process goes on"
    )]
    pub(crate) fn abandon(self) {
        self.runtime.shutdown_background();
    }
}

/// Ends every task, and returns when there is none left.
async fn end(runtime: Runtime) {
    let ended = spawn_blocking(move || runtime.shutdown_timeout(GONE)).await;
    ended.expect("the end does not panic");
}
