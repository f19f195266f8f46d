//! How each consent stood, and from when on: given, withdrawn, refused, run out. (DPV-27560)
//! Knows: a conversation's consents in their order, and its end. Never knows: the store, the wire.

use partywall_business::TableHash;
use partywall_business::consent::{Choices, Consent, Refusal};
use partywall_business::table::Table;
use partywall_ground::Seconds;

/// One signed consent, and what could be made of it.
pub(super) struct Receipt {
    pub(super) signed: Vec<u8>,
    pub(super) table: TableHash,
    pub(super) issued: Seconds,
    /// None: this customer did not sign it, or its table is no longer kept.
    pub(super) read: Option<(Consent, Table)>,
}

/// A conversation's consents, the oldest first.
pub(super) struct History {
    pub(super) receipts: Vec<Receipt>,
    /// When its customer left it, or had it erased.
    pub(super) ended: Option<Seconds>,
    pub(super) now: Seconds,
}

/// What a consent was about, and how that stood.
pub(super) struct Stood<'a> {
    /// What was given, withdrawn or refused.
    pub(super) about: Choices,
    /// The consent by which it was given or refused, and the table that offered it.
    pub(super) under: Option<&'a (Consent, Table)>,
    /// DPV's words, each with the time from which on it was so.
    pub(super) status: Vec<(&'static str, Seconds)>,
}

impl History {
    /// How the consent at this place stood.
    pub(super) fn stood(&self, place: usize) -> Stood<'_> {
        let receipt = &self.receipts[place];
        let Some(read) = &receipt.read else {
            return Stood {
                about: Choices::essential_only(),
                under: None,
                status: vec![("dpv:ConsentUnknown", receipt.issued)],
            };
        };
        let (consent, table) = read;
        if consent.choices().count() > 0 {
            return self.given(place, read);
        }
        let before = self.receipts[..place].iter().rev();
        let mut before = before.filter_map(|earlier| earlier.read.as_ref());
        match before.find(|(earlier, _)| earlier.choices().count() > 0) {
            Some(given) if consent.refusal() == Refusal::None => Stood {
                about: *given.0.choices(),
                under: Some(given),
                status: vec![("dpv:ConsentWithdrawn", consent.issued())],
            },
            _ => Stood {
                about: table.choosable(consent.region()),
                under: Some(read),
                status: vec![("dpv:ConsentRefused", consent.issued())],
            },
        }
    }

    /// Given, until a later one leaves some of it out, it runs out, or the conversation ends.
    fn given<'a>(&self, place: usize, read: &'a (Consent, Table)) -> Stood<'a> {
        let (consent, _) = read;
        let about = *consent.choices();
        let later = self.receipts[place + 1..].iter();
        let narrower = later.filter_map(|later| Some((later.issued, choices(later)?)));
        let narrower = narrower.filter(|(_, later)| about.and(later).count() < about.count());
        let mut withdrawn = narrower.map(|(at, _)| at).chain(self.ended);
        let mut status = vec![("dpv:ConsentGiven", consent.issued())];
        match withdrawn.next() {
            Some(at) if at <= consent.expiry() => status.push(("dpv:ConsentWithdrawn", at)),
            _ if self.now > consent.expiry() => {
                status.push(("dpv:ConsentExpired", consent.expiry()));
            }
            _ => {}
        }
        Stood {
            about,
            under: Some(read),
            status,
        }
    }
}

fn choices(receipt: &Receipt) -> Option<Choices> {
    let (consent, _) = receipt.read.as_ref()?;
    Some(*consent.choices())
}
