//! Keys on the shelf, so that customers can begin while nobody is there. (SPEC §5.4, B-1, S-2)
//! A bundle's secrets are stored before it leaves; a one-time one's are erased with its first use,
//! the last-resort one's a good while after it was replaced.
//! Knows: bundles. Never knows: who takes them.

use std::sync::Arc;
use std::time::Duration;

use partywall_business::answer::Answer;
use partywall_business::request::Shelve;
use partywall_business::{SealedBundle, ShelfBefore, business_link_secret};
use partywall_ground::{AtMost, Business, Seconds, cbor};
use partywall_session::{BundleKind, BundleSecret, Identity, LinkKeys};
use tokio::time::timeout;

use super::enrol;
use crate::core::{Core, Work};
use crate::error::{AskError, Stopped};
use crate::line::Line;
use crate::records::{self, Bundle};
use crate::store::{StoreTrouble, Table};

/// One-time bundles that lie there when the shelf is full.
const FULL: u64 = 64;
/// Put there at once.
const AT_ONCE: usize = 32;
/// Until when a bundle may be used.
const GOOD: u64 = 60 * 86_400;
/// A last-resort bundle is replaced after a week, or when it was used.
const FRESH: u64 = 7 * 86_400;

/// For how long somebody who only came by waits for a full shelf.
const PATIENCE: Duration = Duration::from_secs(5);

/// Waits until the shelf is full, so that a customer can begin at once. What does not come to it in
/// a while, or is refused, is gone on with whenever there is a line.
pub(super) async fn stocked(core: &Arc<Core>, line: &Line) -> Result<(), Stopped> {
    match timeout(PATIENCE, fill(core, line)).await {
        Ok(Err(AskError::Stopped(stopped))) => Err(stopped),
        Ok(_) | Err(_) => Ok(()),
    }
}

/// Fills the shelf up.
pub(super) async fn fill(core: &Arc<Core>, line: &Line) -> Result<(), AskError> {
    let _filling = core.filling.lock().await;
    let mut left = put(line, Vec::new(), None).await?;
    let stale = core.work(is_stale).await?;
    if stale {
        let made = core
            .work(|work| made(work, BundleKind::LastResort, 1))
            .await?;
        left = put(line, Vec::new(), made.into_iter().next()).await?;
        core.work(|work| {
            if let Some(mut shop) = enrol::shop(work)? {
                shop.last_resort = Some(work.seconds());
                enrol::keep(work, &shop)?;
            }
            Ok(())
        })
        .await?;
    }
    while left < FULL {
        let made = core
            .work(|work| made(work, BundleKind::OneTime, AT_ONCE))
            .await?;
        let now = put(line, made, None).await?;
        if now <= left {
            break;
        }
        left = now;
    }
    core.work(clear_out).await?;
    Ok(())
}

async fn put(
    line: &Line,
    one_time: Vec<SealedBundle>,
    last_resort: Option<SealedBundle>,
) -> Result<u64, AskError> {
    let one_time = AtMost::try_from(one_time).unwrap_or_default();
    let ask = move |number| {
        Shelve {
            number,
            before: ShelfBefore::Kept,
            one_time,
            last_resort,
        }
        .into()
    };
    match line.ask(ask).await? {
        Answer::Shelved(shelved) => Ok(shelved.one_time_left.value()),
        _ => Err(AskError::Nonsense),
    }
}

/// Draws bundles and keeps their secrets.
fn made(
    work: &mut Work<'_>,
    kind: BundleKind,
    count: usize,
) -> Result<Vec<SealedBundle>, StoreTrouble> {
    let Some(shop) = enrol::shop(work)? else {
        return Ok(Vec::new());
    };
    let identity = Identity::<Business>::from_bytes(shop.identity.bytes())
        .map_err(|_state| StoreTrouble::Damaged)?;
    let link = LinkKeys::<Business>::of(&business_link_secret(&shop.business));
    let until = Seconds::new(work.now.seconds().saturating_add(GOOD));
    let mut sealed = Vec::with_capacity(count);
    for _ in 0..count {
        let secret = BundleSecret::<Business>::draw(kind, until, work.dice);
        let kept = Bundle {
            secret: secret.to_bytes().to_vec(),
            last_resort: kind == BundleKind::LastResort,
            until,
        };
        let plain = zeroize::Zeroizing::new(cbor::encode(&kept));
        records::insert_by(work, "bundle", secret.id().as_bytes(), &plain)?;
        let published = secret.publish(&identity, &link.drop_id());
        let bytes = published.seal(link.shelf_key(), work.dice);
        let bytes = SealedBundle::try_from(&bytes[..]).map_err(|_length| StoreTrouble::Damaged)?;
        sealed.push(bytes);
    }
    Ok(sealed)
}

fn is_stale(work: &mut Work<'_>) -> Result<bool, StoreTrouble> {
    let now = work.now.seconds();
    let made = enrol::shop(work)?.and_then(|shop| shop.last_resort);
    Ok(made.is_none_or(|made| now.saturating_sub(made.value()) >= FRESH))
}

/// Erases secrets of bundles that nobody can use any more.
fn clear_out(work: &mut Work<'_>) -> Result<(), StoreTrouble> {
    let now = work.now.seconds();
    for (id, bundle) in records::all::<Bundle>(work, Table::Bundle)? {
        // Mail under it may still lie at the relay for a month.
        if bundle.until.value().saturating_add(GOOD / 2) < now {
            work.hands.delete(Table::Bundle, id)?;
        }
    }
    Ok(())
}
