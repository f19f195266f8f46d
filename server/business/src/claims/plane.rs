//! The exporter's end of the wing, as the relay's binary sees it. (SPEC §14)
//! Knows: one stream at a time. Never knows: where the stream comes from.

use tokio::io::{AsyncRead, AsyncWrite};

use super::{EndExporter, socket};
use crate::plane::Plane;

impl Plane {
    /// Serves one exporter's connection until it ends. A second exporter that carries the same sinks
    /// is not served. `ending` is called once at most: when the exporter did not stop in time what a
    /// customer withdrew.
    pub async fn exporter<S>(&self, stream: S, ending: impl EndExporter)
    where
        S: AsyncRead + AsyncWrite + Send + 'static,
    {
        socket::serve(&self.wing, stream, ending).await;
    }
}
