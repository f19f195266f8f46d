//! The operator's listener, on loopback: `/health`, `/ready`, `/metrics`, and nothing else.
//! Knows: numbers about this process. Never knows: ids; it has no way to change anything.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use hyper::header::ORIGIN;
use hyper::http::request::Parts;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::metrics::{self, Measure};
use super::route::{Answer, strict};
use crate::stop::Watch;
use crate::vitals::Readiness;

/// How many may look at once.
const AT_ONCE: usize = 32;
const PATIENCE: Duration = Duration::from_secs(10);
const HEAD_BYTES: usize = 8 * 1024;
const HEADERS: usize = 64;

/// What the operator may look at.
pub trait Window: Send + Sync + 'static {
    /// Whether the process can go on at all.
    fn is_healthy(&self) -> bool;
    /// Whether it serves.
    fn readiness(&self) -> Readiness;
    /// Its numbers.
    fn measures(&self) -> Vec<Measure>;
}

/// Answers until `stop` says so.
pub async fn run(listener: TcpListener, window: Arc<dyn Window>, mut stop: Watch) {
    let mut looking = JoinSet::new();
    loop {
        tokio::select! {
            () = stop.raised() => return,
            Some(_) = looking.join_next(), if !looking.is_empty() => {}
            accepted = listener.accept(), if looking.len() < AT_ONCE => match accepted {
                Ok((stream, _)) => {
                    looking.spawn(tokio::time::timeout(PATIENCE, show(stream, Arc::clone(&window))));
                }
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            },
        }
    }
}

async fn show(stream: TcpStream, window: Arc<dyn Window>) {
    let service = service_fn(move |request| {
        let (parts, _) = hyper::Request::into_parts(request);
        let answer = answer(&parts, window.as_ref());
        async move { Ok::<_, Infallible>(answer) }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .keep_alive(false)
        .max_buf_size(HEAD_BYTES)
        .max_headers(HEADERS)
        .serve_connection(TokioIo::new(stream), service)
        .await;
    // Whoever hung up in between has no further question.
    drop(served);
}

const PLAIN: &str = "text/plain; charset=utf-8";

fn answer(request: &Parts, window: &dyn Window) -> Answer {
    if request.headers.contains_key(ORIGIN) {
        return strict(
            StatusCode::FORBIDDEN,
            PLAIN,
            "web pages may not look here\n",
        );
    }
    let known = matches!(request.uri.path(), "/health" | "/ready" | "/metrics");
    if known && !matches!(request.method, Method::GET | Method::HEAD) {
        return strict(
            StatusCode::METHOD_NOT_ALLOWED,
            PLAIN,
            "this can be read, and that is all\n",
        );
    }
    match request.uri.path() {
        "/health" if window.is_healthy() => strict(StatusCode::OK, PLAIN, "ok\n"),
        "/health" => strict(StatusCode::SERVICE_UNAVAILABLE, PLAIN, "the store failed\n"),
        "/ready" => {
            let readiness = window.readiness();
            let status = if readiness.ready {
                StatusCode::OK
            } else {
                StatusCode::SERVICE_UNAVAILABLE
            };
            let text = serde_json::to_string(&readiness).expect("plain words are JSON");
            strict(status, "application/json", format!("{text}\n"))
        }
        "/metrics" => match metrics::page(&window.measures()) {
            Ok(text) => strict(StatusCode::OK, metrics::CONTENT_TYPE, text),
            Err(_) => strict(
                StatusCode::INTERNAL_SERVER_ERROR,
                PLAIN,
                "the numbers could not be written\n",
            ),
        },
        _ => strict(StatusCode::NOT_FOUND, PLAIN, "there is nothing here\n"),
    }
}

#[cfg(test)]
mod tests {
    use hyper::Request;

    use super::super::metrics::{Measure, Value};
    use super::{Readiness, Window, answer};

    struct Pane(bool);

    impl Window for Pane {
        fn is_healthy(&self) -> bool {
            self.0
        }

        fn readiness(&self) -> Readiness {
            Readiness {
                ready: self.0,
                low_disk: true,
                reason: None,
            }
        }

        fn measures(&self) -> Vec<Measure> {
            vec![Measure {
                name: "connections",
                says: "Connections now",
                value: Value::Gauge(3),
            }]
        }
    }

    fn status(method: &str, path: &str, origin: Option<&str>, healthy: bool) -> u16 {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(origin) = origin {
            request = request.header("origin", origin);
        }
        answer(&request.body(()).unwrap().into_parts().0, &Pane(healthy))
            .status()
            .as_u16()
    }

    #[test]
    fn the_operator_has_three_routes_and_no_fourth() {
        for path in ["/health", "/ready", "/metrics"] {
            assert_eq!(status("GET", path, None, true), 200, "{path}");
            assert_eq!(status("POST", path, None, true), 405, "{path}");
            assert_eq!(
                status("GET", path, Some("http://a.example"), true),
                403,
                "{path}"
            );
        }
        for path in [
            "/",
            "/v1/collect",
            "/v1/deposit",
            "/admin",
            "/health/",
            "/debug/pprof",
            "/metrics.json",
        ] {
            assert_eq!(status("GET", path, None, true), 404, "{path}");
        }
        assert_eq!(
            (
                status("GET", "/health", None, false),
                status("GET", "/ready", None, false)
            ),
            (503, 503)
        );
    }
}
