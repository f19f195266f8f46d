//! Anna and the bakery: a business that was verified, a customer, and what is told of her.
//! Knows: everything that is said at the counter. Never knows: the relay, except by its link and its operator's commands.

mod ears;
mod errand;

use std::time::Duration;

use partywall_client::business::value::{Currency, Value};
use partywall_client::business::what::{Amount, Item, What};
use partywall_client::business::{
    self as visit, Chat, Choices, Customer, Found, Outcome, Region, Row, Switched, World,
};
use partywall_client::business::{Field, Purpose, Recipient};
use partywall_client::shop::{self, Hosting, Industry, Profile, Pseudonym, Shop};
use tokio::time::{sleep, timeout};

use super::claims::Claims;
use super::folder::Folder;
use super::relay::Relay;
use super::telling::Telling;
use crate::trouble::Trouble;
use crate::words::one_line;

pub(crate) use errand::Errand;

const DOMAIN: &str = "bakery.example";
/// How long anything may take on one machine before the tour gives up on it.
const PATIENCE: Duration = Duration::from_secs(15);
/// Between two looks at something that comes by itself.
const LOOK: Duration = Duration::from_millis(50);
/// What Anna lets be told: her number, to the bakery, for what she orders.
const SWITCH: Row = Row::new(
    Field::PhoneNumber,
    Recipient::Business,
    Purpose::ServiceOperation,
);

/// The bakery, and Anna as its customer.
pub(crate) struct Counter {
    shop: Shop,
    heard: shop::Events<shop::EventKind>,
    customer: Customer,
    events: visit::Events<visit::EventKind>,
}

impl Counter {
    /// Opens two stores; the bakery asks, and the operator verifies it.
    pub(crate) async fn open(
        folder: &Folder,
        relay: &Relay,
        errand: &Errand,
    ) -> Result<Self, Trouble> {
        let world = || World::from_os().map_err(visit::error::OpenError::from);
        let (bakery, anna) = (folder.store("bakery"), folder.path().join("anna.business"));
        let (shop, customer) = tokio::join!(
            Shop::open(&bakery, &errand.passphrase, world()?),
            Customer::open(&anna, &errand.passphrase, world()?),
        );
        let (shop, customer) = (shop?, customer?);
        let profile = Profile {
            name: "Bakery".into(),
            domain: DOMAIN.into(),
            industry: Industry::Food,
            hosting: Hosting::Itself,
        };
        shop.enrol(relay.business_link(), profile).await?;
        relay
            .operator(&[
                "business",
                "verify",
                DOMAIN,
                "--evidence",
                "the tour's own bakery",
            ])
            .await?;
        Ok(Self {
            heard: shop.events(),
            events: customer.events(),
            shop,
            customer,
        })
    }

    /// Anna looks the bakery up, reads what may be told of her, and begins with the essential only.
    pub(crate) async fn begin(
        &mut self,
        relay: &Relay,
        telling: &Telling,
        claims: &mut Claims,
    ) -> Result<Chat, Trouble> {
        let found = self.found(relay).await?;
        telling.fact(
            "she finds",
            &format!(
                "{} ({}), proven by the operator's ledger",
                found.name(),
                found.domain()
            ),
        )?;
        for row in found.terms_in(Some(Region::Other)).rows {
            telling.fact("she reads", &row.sentence)?;
        }
        let essential = Choices::essential_only().region(Region::Other);
        // The bakery's keys come to its shelf by themselves, a moment after it was verified.
        let begun = async {
            loop {
                match self.found(relay).await?.begin(essential.clone()).await {
                    Err(visit::error::BeginError::Line(visit::error::LineError::ShelfBare)) => {
                        sleep(LOOK).await
                    }
                    begun => return Ok::<_, Trouble>(begun?),
                }
            }
        };
        let chat = in_time(begun, "a beginning").await??;
        let nothing_on = chat
            .shared()
            .await?
            .switches
            .iter()
            .all(|switch| !switch.on);
        claims.add(
            "Anna began with everything optional switched off",
            nothing_on,
        );
        Ok(chat)
    }

    async fn found(&self, relay: &Relay) -> Result<Found, Trouble> {
        Ok(self.customer.find(relay.business_link(), DOMAIN).await?)
    }

    /// Anna orders, the bakery answers.
    pub(crate) async fn order(
        &mut self,
        chat: &Chat,
        errand: &Errand,
        telling: &Telling,
        claims: &mut Claims,
    ) -> Result<Pseudonym, Trouble> {
        let euros = |minor_units| Amount {
            minor_units,
            currency: Currency::Eur,
        };
        let item = Item {
            id: "1".into(),
            name: errand.item.text.clone(),
            price: euros(320),
            quantity: 2,
        };
        chat.order(vec![item.clone()], euros(640)).await?;
        let (from, what) = self.hears().await?;
        let whole = matches!(what, What::Order { items, .. } if items == [item]);
        telling.said(&errand.item)?;
        let answer = &errand.lines[0];
        self.shop
            .answer(from, What::Text(answer.text.clone()))
            .await?;
        let heard = self.reads().await?;
        telling.said(answer)?;
        claims.add(
            "the order and its answer arrived word for word",
            whole && heard == What::Text(answer.text.clone()),
        );
        Ok(from)
    }

    /// Anna lets her number be told, and sees that it was, with its proof; so does the bakery.
    pub(crate) async fn turn_on(
        &mut self,
        chat: &Chat,
        errand: &Errand,
        telling: &Telling,
        claims: &mut Claims,
    ) -> Result<(), Trouble> {
        let number = Value::PhoneNumber(errand.number);
        chat.turn(SWITCH, Switched::On).await?;
        chat.declare(vec![number]).await?;
        for switch in chat
            .shared()
            .await?
            .switches
            .iter()
            .filter(|switch| switch.on)
        {
            telling.fact("switched on", &switch.row.sentence)?;
        }
        chat.say(&errand.lines[1].text).await?;
        telling.said(&errand.lines[1])?;
        let told = in_time(self.told_of(Field::PhoneNumber), "a disclosure").await??;
        let sent = async {
            loop {
                let told = numbers_told(chat).await?;
                if told.iter().any(|one| one.outcome == Some(Outcome::Sent)) {
                    return Ok::<_, Trouble>(told);
                }
                sleep(LOOK).await;
            }
        };
        let seen = in_time(sent, "an outcome").await??;
        for one in &seen {
            telling.fact(
                "she sees",
                &format!(
                    "{} Entry {} of {} in the ledger, proven by {} hashes.",
                    one.sentence,
                    one.proof.index,
                    one.proof.size,
                    one.proof.path.len()
                ),
            )?;
        }
        claims.add(
            "her number was told once, to the bakery, as she said it, with a proof that her own app and the bakery's verified",
            seen.len() == 1 && seen[0].value == number && told.value == number && told.index == seen[0].proof.index,
        );
        Ok(())
    }

    /// She turns it off, and writes again.
    pub(crate) async fn turn_off(
        &mut self,
        chat: &Chat,
        errand: &Errand,
        telling: &Telling,
        claims: &mut Claims,
    ) -> Result<(), Trouble> {
        chat.turn(SWITCH, Switched::Off).await?;
        chat.say(&errand.lines[2].text).await?;
        telling.said(&errand.lines[2])?;
        while self.hears().await?.1 != What::Text(errand.lines[2].text.clone()) {}
        let told = numbers_told(chat).await?;
        telling.fact(
            "her number was told",
            &format!("{} time in all", told.len()),
        )?;
        claims.add(
            "after she turned it off nothing more of it was told, though she wrote again",
            told.len() == 1,
        );
        Ok(())
    }

    /// She leaves; the bakery cannot say anything; she takes what is held, and has it erased.
    pub(crate) async fn end(
        &mut self,
        chat: &Chat,
        from: Pseudonym,
        telling: &Telling,
        claims: &mut Claims,
    ) -> Result<(), Trouble> {
        chat.leave().await?;
        let barred = match self
            .shop
            .answer(from, What::Text("Come back!".into()))
            .await
        {
            Err(_) => true,
            Ok(_) => self.is_refused().await?,
        };
        telling.fact(
            "she leaves",
            "the bakery tries to say something more, and cannot",
        )?;
        claims.add(
            "after she left, the bakery could not say anything to her",
            barred,
        );
        let export = chat.exported().await?;
        let (consents, told) = (export.consents.len(), export.disclosures.len());
        telling.fact(
            "she takes with her",
            &format!("{consents} consents and {told} disclosures, as a file for other programs"),
        )?;
        claims.add(
            "what she took with her has every consent and every disclosure",
            consents == 3 && told == 2,
        );
        let receipt = chat.erase().await?;
        telling.fact(
            "the operator signs",
            &format!(
                "that {} entries of the ledger can never be opened again",
                receipt.entries.len()
            ),
        )?;
        claims.add(
            "the operator signed a receipt for the erasure",
            receipt.entries.len() >= told,
        );
        Ok(())
    }

    /// Both close.
    pub(crate) async fn close(self) -> Result<(), Trouble> {
        self.customer.close().await?;
        Ok(self.shop.close().await?)
    }
}

async fn numbers_told(chat: &Chat) -> Result<Vec<visit::Disclosed>, Trouble> {
    let told = chat.shared().await?.disclosures.into_iter();
    Ok(told.filter(|one| one.field == Field::PhoneNumber).collect())
}

async fn in_time<T>(what: impl Future<Output = T>, named: &str) -> Result<T, Trouble> {
    timeout(PATIENCE, what).await.map_err(|_late| lost(named))
}

fn lost(what: &str) -> Trouble {
    Trouble::failure(
        format!("{} did not come", one_line(what)),
        "run the tour again with --keep, and look at relay.log in its folder",
    )
}
