//! A webhook: one signed POST, taken when the answer carries the right receipt. (SPEC X-6)
//! Knows: one URL, one secret. Never knows: what the body says.

use std::future::Future;

use partywall_fetch::header::{CONTENT_TYPE, HeaderName, HeaderValue, USER_AGENT};
use partywall_fetch::{Answer, Bytes, Client, Method, Outcome, Request, Url};
use partywall_proof::ct_eq;

use super::{Attempt, Left, Why};
use crate::secret::Secret;

const BATCH: HeaderName = HeaderName::from_static("partywall-batch");
const SIGNATURE: HeaderName = HeaderName::from_static("partywall-signature");
const RECEIPT: HeaderName = HeaderName::from_static("partywall-receipt");

/// Nothing of an answer's body is needed; this much is read so that a polite server can finish it.
const ANSWER: usize = 4 * 1024;

/// One webhook.
pub(crate) struct Webhook {
    client: Client,
    url: Url,
    secret: Secret,
}

impl Webhook {
    pub(crate) const fn new(client: Client, url: Url, secret: Secret) -> Self {
        Self {
            client,
            url,
            secret,
        }
    }

    /// Sends the body once.
    pub(super) async fn attempt(
        &self,
        batch: &str,
        body: Bytes,
        until: impl Future<Output = ()>,
    ) -> Attempt {
        let request = self.request(batch, body);
        match Box::pin(self.client.fetch(request, until)).await {
            Outcome::NotSent(trouble) => Attempt::Failed(Left::Nothing, Why::Trouble(trouble)),
            Outcome::MaybeSent(trouble) => Attempt::Failed(Left::Perhaps, Why::Trouble(trouble)),
            Outcome::Answered(answer) => judged(&self.secret, batch, &answer),
        }
    }

    fn request(&self, batch: &str, body: Bytes) -> Request {
        let mut request = Request::get(self.url.clone(), ANSWER);
        request.method = Method::POST;
        let headers = &mut request.headers;
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(USER_AGENT, HeaderValue::from_static("partywall-exporter"));
        headers.insert(BATCH, text(batch));
        headers.insert(SIGNATURE, text(&signature(&self.secret, &body)));
        request.body = body;
        request
    }
}

/// What shows a sink whose body it is.
fn signature(secret: &Secret, body: &[u8]) -> String {
    sha256_is(secret.mac(&[body]))
}

/// Whether a sink took the batch.
fn judged(secret: &Secret, batch: &str, answer: &Answer) -> Attempt {
    let status = answer.status.as_u16();
    let right = sha256_is(secret.mac(&[b"receipt", batch.as_bytes()]));
    let why = match answer.headers.get(RECEIPT) {
        _ if answer.status.is_redirection() => Why::Redirected(status),
        _ if !answer.status.is_success() => Why::Answered(status),
        Some(receipt) if ct_eq(receipt.as_bytes(), right.as_bytes()) => return Attempt::Taken,
        _ if partywall_mutant::is("X20") => return Attempt::Taken,
        Some(_) => Why::WrongReceipt(status),
        None => Why::NoReceipt(status),
    };
    // Whatever it says, it was shown the parcel.
    Attempt::Failed(Left::Perhaps, why)
}

fn sha256_is(mac: [u8; 32]) -> String {
    format!("sha256={}", hex::encode(mac))
}

fn text(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).expect("hex is good in a header")
}

#[cfg(test)]
mod tests;
