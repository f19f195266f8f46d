//! A shop and its customers at the command line, over a relay.
//! Knows: how they are started, the operator's word. Never knows: how the command works.

use partywall_relay::admin::words::{Answer, BusinessAsk, Evidence};
use partywall_test_relay::TestRelay;
use serde_json::Value;

use super::person::{Person, Ran, until};

/// The domain of the shop of these stories.
pub(crate) const DOMAIN: &str = "bakery.example";

/// A relay, a verified shop with keys on its shelf, and somebody who does not know it yet.
pub(crate) struct Street {
    pub(crate) relay: TestRelay,
    pub(crate) shop: Person,
    pub(crate) anna: Person,
}

impl Street {
    /// A relay and a shop that is open for customers.
    pub(crate) async fn open() -> Self {
        let street = Self::unverified().await;
        street.verify().await;
        // The first line to the relay puts keys on the shelf.
        street.business(&["inbox", "--until-idle", "1"]);
        street
    }

    /// A relay, and a shop that has asked to be one.
    pub(crate) async fn unverified() -> Self {
        let relay = TestRelay::start().await;
        let (shop, anna) = (Person::new(), Person::new());
        let link = relay.business_link();
        let profile = ["--name", "Bakery", "--domain", DOMAIN, "--industry", "food"];
        let words = [&["business", "enrol", &link][..], &profile].concat();
        let enrolled = shop.json(&words);
        assert_eq!(enrolled["domain"], DOMAIN);
        Self { relay, shop, anna }
    }

    /// The operator verifies the shop.
    pub(crate) async fn verify(&self) {
        let evidence = Evidence::Text("seen".into());
        let waits = match self.relay.operator(BusinessAsk::List).await {
            Answer::Businesses { businesses } => businesses.into_iter().find_map(|line| line.asked),
            _ => None,
        };
        let asked = BusinessAsk::Verify {
            business: DOMAIN.to_owned(),
            shown: waits.expect("a shop waits to be verified").print,
            evidence,
        };
        let answer = self.relay.operator(asked).await;
        assert!(!matches!(answer, Answer::Refused { .. }), "{answer:?}");
    }

    /// The operator publishes a policy.
    pub(crate) async fn publish(&self, policy: &str) {
        let policy = policy.to_owned();
        let answer = self.relay.operator(BusinessAsk::Publish { policy }).await;
        assert!(!matches!(answer, Answer::Refused { .. }), "{answer:?}");
    }

    /// Anna begins a conversation, with these words besides.
    pub(crate) fn begun(&self, besides: &[&str]) -> Value {
        let link = self.relay.business_link();
        let words = ["customer", "begin", DOMAIN, "--link", &link];
        self.anna.json(&[&words[..], besides].concat())
    }

    /// What Anna's command prints.
    pub(crate) fn customer(&self, words: &[&str]) -> Vec<Value> {
        self.anna.objects(&[&["customer"][..], words].concat())
    }

    /// How Anna's command ends.
    pub(crate) fn tried(&self, words: &[&str]) -> Ran {
        self.anna.run(&[&["customer"][..], words].concat())
    }

    /// What the shop's command prints.
    pub(crate) fn business(&self, words: &[&str]) -> Vec<Value> {
        self.shop.objects(&[&["business"][..], words].concat())
    }

    /// How the shop's command ends.
    pub(crate) fn shop_tried(&self, words: &[&str]) -> Ran {
        self.shop.run(&[&["business"][..], words].concat())
    }

    /// What has arrived at Anna's.
    pub(crate) fn received(&self) -> Vec<Value> {
        self.customer(&["receive", "--until-idle", "1"])
    }

    /// What has arrived at the shop's.
    pub(crate) fn inbox(&self) -> Vec<Value> {
        self.business(&["inbox", "--until-idle", "1"])
    }

    /// The shop's only conversation, shortened.
    pub(crate) fn conversation(&self) -> String {
        let cards = self.business(&["conversations"]);
        assert_eq!(cards.len(), 1, "{cards:?}");
        let whole = cards[0]["conversation"].as_str().expect("a pseudonym");
        assert_eq!(whole.len(), 64);
        whole[..8].to_owned()
    }

    /// Looks at what is shared until it is so.
    pub(crate) fn shares_until(&self, what: &str, so: impl Fn(&[Value]) -> bool) -> Vec<Value> {
        let mut seen = Vec::new();
        until(what, || {
            seen = self.customer(&["shared", DOMAIN]);
            so(&seen)
        });
        seen
    }
}

/// The objects of a type.
pub(crate) fn typed<'a>(objects: &'a [Value], named: &str) -> Vec<&'a Value> {
    objects.iter().filter(|one| one["type"] == named).collect()
}

/// The keys of an object, in order.
pub(crate) fn keys(object: &Value) -> Vec<&str> {
    let object = object.as_object().expect("an object");
    object.keys().map(String::as_str).collect()
}
