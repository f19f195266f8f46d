//! The beginning of a conversation: keys for this business alone, a signed consent, a sealed line.
//! (SPEC B-1, B-2, B-11) Each step is stored before what it sends; one that was cut short is gone
//! on with by the next call.
//! Knows: the order of steps. Never knows: what the choices mean.

use std::num::NonZeroU64;
use std::sync::Arc;

use partywall_business::answer::Answer;
use partywall_business::certificate::Certified;
use partywall_business::consent::{self, BadDraft, Draft};
use partywall_business::request::{Begin, Take};
use partywall_business::table::Table;
use partywall_business::{
    BusinessId, Categories, ConversationId, Declared, PairwiseKey, RightsKey, Signed,
    business_link_secret,
};
use partywall_ground::{Business, Seconds};
use partywall_proof::SigningKey;
use partywall_session::{
    Binding, Identity, IdentityKeys, LinkKeys, Session, UnverifiedBundle, VerifiedBundle,
};

use super::{Chat, Choices, Found, Standing, changes, pump};
use crate::core::{Core, Work};
use crate::error::{AskError, BeginError, ChangeError, LineError, Refusal, Rule};
use crate::line::Line;
use crate::records::{self, Secret, Talk, Thread};
use crate::store::{self, StoreTrouble};
use crate::trust::Wanted;
use crate::{look, outbox};

/// For how long a consent holds unless it is renewed: a year.
const CONSENT_SECONDS: u64 = 365 * 86_400;

/// What a beginning finds in the store.
enum Start {
    Already,
    Again(i64, Box<Talk>),
    New(i64, Box<Talk>),
}

pub(super) async fn begin(found: &Found, choices: Choices) -> Result<Chat, BeginError> {
    let core = &found.front.0;
    let (wanted, at) = (choices.clone(), found.clone());
    let start = core.work(move |work| start(work, &at, &wanted)).await??;
    let (row, talk, again) = match start {
        Start::Already => return Err(BeginError::Already),
        Start::Again(row, talk) => (row, talk, true),
        Start::New(row, talk) => (row, talk, false),
    };
    let line = pump::line(core, row, &talk).await?;
    let business = talk.business;
    let shown = look::look(core, talk.relay, &line, Wanted::Business(business))
        .await
        .map_err(begin_error)?;
    if !shown.certificate.binds_like(&found.certificate) {
        let stale = Refusal::by(Rule::StaleCertificate);
        return Err(AskError::Refused(stale).into());
    }
    session(core, row, &line).await?;
    let certificate = shown.certificate.hash();
    let rights = SigningKey::from_seed(talk.rights.bytes()).public();
    let (consent, opted_in) = (talk.consent.clone(), talk.opted_in.clone());
    let declared = talk.declared.clone();
    let begin = move |number| {
        Begin {
            number,
            business,
            certificate,
            consent,
            rights: RightsKey::from(&rights),
            opted_in,
            declared,
        }
        .into()
    };
    match line.ask(begin).await? {
        Answer::Begun(begun) if begun.conversation == talk.thread.conversation => {}
        _ => return Err(AskError::Nonsense.into()),
    }
    let signed = shown.certificate.signed().clone();
    core.work(move |work| {
        let mut talk: Talk = records::must(work, store::Table::Talk, row)?;
        talk.standing = Standing::Open;
        talk.consented = true;
        talk.certificate = signed;
        records::update(work, store::Table::Talk, row, &talk)
    })
    .await?;
    core.talks.wake(row);
    if again {
        changes::change(core, row, choices)
            .await
            .map_err(change_error)?;
    }
    Ok(Chat {
        front: Arc::clone(&found.front),
        talk: row,
    })
}

/// Makes sure that there is a session with the endpoint of the accepted certificate.
pub(super) async fn session(core: &Arc<Core>, row: i64, line: &Line) -> Result<(), BeginError> {
    let (talk, ready) = core
        .work(move |work| {
            let talk: Talk = records::must(work, store::Table::Talk, row)?;
            let ready = outbox::newest_session(work, row)?.is_some();
            Ok((talk, ready))
        })
        .await?;
    if ready {
        return Ok(());
    }
    let business = talk.business;
    let take = move |number| Take { number, business }.into();
    let Answer::Taken(taken) = line.ask(take).await? else {
        return Err(AskError::Nonsense.into());
    };
    let bundle = taken.bundle.ok_or(LineError::ShelfBare)?;
    core.work(move |work| initiate(work, row, bundle.as_bytes()))
        .await?
        .map_err(BeginError::Line)
}

/// Begins the session, if the bundle is of the certificate's endpoint. (SPEC B-1, S-15)
fn initiate(
    work: &mut Work<'_>,
    row: i64,
    bundle: &[u8],
) -> Result<Result<(), LineError>, StoreTrouble> {
    let talk: Talk = records::must(work, store::Table::Talk, row)?;
    let says: Certified =
        minicbor::decode(&talk.certificate.bytes).map_err(|_shape| StoreTrouble::Damaged)?;
    let identity = Identity::<Business>::from_bytes(talk.identity.bytes())
        .map_err(|_state| StoreTrouble::Damaged)?;
    let link = LinkKeys::<Business>::of(&business_link_secret(&talk.business));
    let now = work.seconds();
    let endpoint = match IdentityKeys::<Business>::from_bytes(says.endpoint.as_bytes()) {
        Ok(endpoint) => endpoint,
        Err(_bad) => return Ok(Err(LineError::Endpoint)),
    };
    let verified = match verified(bundle, &endpoint, &link, now) {
        Ok(verified) => verified,
        Err(refused) => return Ok(Err(refused)),
    };
    let hosting = says.hosting.to_bytes();
    let binding = Binding::<Business>::of(talk.business.as_bytes(), &hosting, &endpoint);
    let session = match Session::initiate(&identity, &verified, &link, binding, work.dice) {
        Ok(session) => session,
        Err(bad) => return Ok(Err(bad.into())),
    };
    records::insert_of(work, "session", row, None, &session.to_bytes())?;
    Ok(Ok(()))
}

fn verified(
    bundle: &[u8],
    endpoint: &IdentityKeys<Business>,
    link: &LinkKeys<Business>,
    now: Seconds,
) -> Result<VerifiedBundle<Business>, LineError> {
    let bundle = UnverifiedBundle::unseal(bundle, link.shelf_key())?;
    Ok(bundle.verify(&endpoint.id(), &link.drop_id(), now)?)
}

fn start(
    work: &mut Work<'_>,
    found: &Found,
    choices: &Choices,
) -> Result<Result<Start, BadDraft>, StoreTrouble> {
    let business = found.certificate.says().business;
    let talks = records::all::<Talk>(work, store::Table::Talk)?;
    let with_it = talks
        .into_iter()
        .rev()
        .find(|(_, talk)| talk.business == business && talk.relay == found.relay);
    match with_it {
        Some((row, talk)) if talk.standing == Standing::Beginning => {
            return Ok(Ok(Start::Again(row, Box::new(talk))));
        }
        Some((_, talk)) if matches!(talk.standing, Standing::Open) => {
            return Ok(Ok(Start::Already));
        }
        _ => {}
    }
    let talk = match drawn(work, found, choices) {
        Ok(talk) => talk,
        Err(bad) => return Ok(Err(bad)),
    };
    let conversation = talk.thread.conversation;
    let plain = zeroize::Zeroizing::new(partywall_ground::cbor::encode(&talk));
    let row = records::insert_by(work, "talk", conversation.as_bytes(), &plain)?;
    records::insert_of(work, "receipt", row, None, &talk.consent.encode())?;
    Ok(Ok(Start::New(row, Box::new(talk))))
}

/// Draws this customer's keys for this business alone. (SPEC B-2)
fn drawn(work: &mut Work<'_>, found: &Found, choices: &Choices) -> Result<Talk, BadDraft> {
    let says = found.certificate.says();
    let pairwise = SigningKey::draw(work.dice);
    let identity = Identity::<Business>::draw(work.dice);
    let rights = SigningKey::draw(work.dice);
    let public = PairwiseKey::from(&pairwise.public());
    let consent = consent(
        says.business,
        &found.table,
        choices,
        NonZeroU64::MIN,
        work.seconds(),
        &pairwise,
    )?;
    Ok(Talk {
        relay: found.relay,
        business: says.business,
        domain: says.domain.as_str().to_owned(),
        name: says.name.as_str().to_owned(),
        industry: says.industry,
        hosting: says.hosting.clone(),
        certificate: found.certificate.signed().clone(),
        thread: Thread::new(ConversationId::of(&says.business, &public)),
        pairwise: Secret::new(*pairwise.to_seed()),
        identity: Secret::new(*identity.to_bytes()),
        rights: Secret::new(*rights.to_seed()),
        standing: Standing::Beginning,
        accepted: found.table.hash(),
        published: None,
        consent,
        consented: false,
        declared: Declared::nothing(),
        opted_in: choices.categories.iter().copied().collect::<Categories>(),
        blocked: false,
        changed: None,
        distrusted: None,
        erasure: None,
        counter: 1,
        before: None,
        left: None,
    })
}

/// Signs choices, with nothing before them.
pub(super) fn consent(
    business: BusinessId,
    accepted: &Table,
    choices: &Choices,
    counter: NonZeroU64,
    now: Seconds,
    pairwise: &SigningKey,
) -> Result<Signed, BadDraft> {
    let draft = Draft {
        business,
        accepted,
        choices: choices.rows,
        region: choices.region.after(None),
        counter,
        issued: now,
        expiry: Seconds::new(now.value().saturating_add(CONSENT_SECONDS)),
        refusal: choices.refusal.after(consent::Refusal::None),
    };
    let signed = draft.sign(pairwise)?.encode();
    Ok(Signed::decode(&signed).expect("what was just signed is whole"))
}

fn begin_error(error: crate::error::FindError) -> BeginError {
    use crate::error::FindError;
    match error {
        FindError::Ask(ask) => ask.into(),
        FindError::Distrust(distrust) => distrust.into(),
        FindError::Domain(_) => AskError::Nonsense.into(),
    }
}

fn change_error(error: ChangeError) -> BeginError {
    match error {
        ChangeError::Choices(bad) => bad.into(),
        ChangeError::Ask(ask) => ask.into(),
        ChangeError::Distrust(distrust) => distrust.into(),
        ChangeError::Line(line) => line.into(),
        _ => AskError::Nonsense.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use partywall_session::{BundleError, BundleKind, BundleSecret};
    use partywall_world::Dice;

    #[test]
    fn a_bundle_of_another_identity_than_the_certificates_is_refused() {
        // B-1
        let mut dice = Dice::seeded(1);
        let business = BusinessId::new([7; 32]);
        let link = LinkKeys::<Business>::of(&business_link_secret(&business));
        let (endpoint, thief) = (Identity::draw(&mut dice), Identity::draw(&mut dice));
        let mut of = |identity: &Identity<Business>| {
            let secret = BundleSecret::draw(BundleKind::OneTime, Seconds::new(2_000), &mut dice);
            let bundle = secret.publish(identity, &link.drop_id());
            bundle.seal(link.shelf_key(), &mut dice)
        };
        let (right, swapped) = (of(&endpoint), of(&thief));
        let now = Seconds::new(1_000);
        let taken = |bundle: &[u8]| verified(bundle, &endpoint.public(), &link, now).map(drop);
        assert_eq!(taken(&right), Ok(()));
        let refused = Err(LineError::Bundle(BundleError::WrongIdentity));
        assert_eq!(taken(&swapped), refused);
    }
}
