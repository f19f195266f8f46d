//! A business and a template from the first request to the operator's last word, as the admin socket carries it.
//! Knows: the business door as a business uses it. Never knows: customers.

use partywall_business::answer::{self, FromRelay};
use partywall_business::certificate::{Hosting, Industry, Name};
use partywall_business::request::{Enrol, FromClient, Request, Submit};
use partywall_business::template::Draft;
use partywall_business::{Category, Domain, Endpoint, Login, Number, Role, Version};
use partywall_proof::{Greeting, SigningKey};
use partywall_relay::admin::words::{
    Answer, Ask, BusinessAsk, BusinessLine, Evidence, TemplateLine,
};
use partywall_relay::{Relay, Settings};
use partywall_socket::{FrameSocket, Incoming};
use partywall_world::Dice;
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

use crate::dial::{door, now, relay, start};

struct Shop {
    socket: FrameSocket<TlsStream<TcpStream>>,
    next: Number,
}

impl Shop {
    async fn at(relay: &Relay, key: &SigningKey) -> Self {
        let (mut socket, shown) = door(relay.business_addr().unwrap(), "/v1/business").await;
        let FromRelay::Hello(hello) = heard(&mut socket).await else {
            panic!("hello")
        };
        let operator = relay.business_key().unwrap();
        let greeting: Greeting = hello.prove(&operator, &shown, now()).unwrap();
        let mut dice = Dice::from_os().unwrap();
        let login = Login::sign(key, Role::Business, &greeting, &mut dice);
        socket
            .send(FromClient::Login(login).encode())
            .await
            .unwrap();
        assert!(matches!(heard(&mut socket).await, FromRelay::Welcome(_)));
        Self {
            socket,
            next: Number::FIRST,
        }
    }

    async fn asks(&mut self, request: impl FnOnce(Number) -> Request) -> answer::Answer {
        let request = FromClient::Request(request(self.next));
        self.next = self.next.next();
        self.socket.send(request.encode()).await.unwrap();
        loop {
            if let FromRelay::Answer(answer) = heard(&mut self.socket).await {
                return answer;
            }
        }
    }

    async fn enrols(&mut self, domain: &str, industry: Industry) {
        let done = self.asks(|number| {
            Request::Enrol(Enrol {
                number,
                name: Name::new("Bakery").unwrap(),
                domain: Domain::new(domain).unwrap(),
                industry,
                hosting: Hosting::Itself,
                endpoint: Endpoint::new([7; 64]),
            })
        });
        assert!(matches!(done.await, answer::Answer::Done(_)));
    }
}

async fn heard(socket: &mut FrameSocket<TlsStream<TcpStream>>) -> FromRelay {
    match socket.recv().await.unwrap() {
        Incoming::Frame(frame) => FromRelay::decode(&frame).unwrap(),
        Incoming::Closed(code) => panic!("closed with {code:?}"),
    }
}

async fn ask(relay: &Relay, question: BusinessAsk) -> Answer {
    relay.office().answer(Ask::Business { question }).await
}

async fn sentence(relay: &Relay, question: BusinessAsk) -> String {
    match ask(relay, question).await {
        Answer::Refused { sentence } => sentence,
        other => panic!("{other:?}"),
    }
}

async fn only_business(relay: &Relay) -> BusinessLine {
    match ask(relay, BusinessAsk::List).await {
        Answer::Businesses { mut businesses } if businesses.len() == 1 => businesses.remove(0),
        other => panic!("{other:?}"),
    }
}

/// The print of what the only business asks for.
async fn shown(relay: &Relay) -> String {
    only_business(relay).await.asked.unwrap().print
}

async fn templates(relay: &Relay, pending: bool) -> Vec<TemplateLine> {
    match ask(relay, BusinessAsk::Templates { pending }).await {
        Answer::Templates { templates } => templates,
        other => panic!("{other:?}"),
    }
}

/// The operator's word for what was shown.
fn seen(business: &str, shown: &str) -> BusinessAsk {
    BusinessAsk::Verify {
        business: business.into(),
        shown: shown.into(),
        evidence: Evidence::Text("register entry 4711".into()),
    }
}

fn is_done(answer: &Answer, what: &str) -> bool {
    matches!(answer, Answer::Done { done, .. } if done == what)
}

#[tokio::test]
async fn a_business_is_verified_suspended_and_revoked_by_the_operators_word() {
    let (_folder, relay) = relay().await;
    let key = SigningKey::draw(&mut Dice::seeded(1));
    let mut shop = Shop::at(&relay, &key).await;
    shop.enrols("bakery.example", Industry::Food).await;
    let line = only_business(&relay).await;
    assert_eq!((line.standing.as_str(), &line.verified), ("pending", &None));
    let asked = line.asked.unwrap();
    assert_eq!(
        (asked.domain.as_str(), asked.industry.as_str()),
        ("bakery.example", "food")
    );
    assert_eq!(
        (asked.name.as_str(), asked.hosting.as_str()),
        ("Bakery", "self")
    );
    assert_eq!(line.well_known, format!("partywall-business={}", line.id));

    let wrong = BusinessAsk::Verify {
        business: "bakery.example".into(),
        shown: asked.print.clone(),
        evidence: Evidence::WellKnown("partywall-business=00".into()),
    };
    sentence(&relay, wrong).await;
    assert_eq!(only_business(&relay).await.standing, "pending");
    let right = BusinessAsk::Verify {
        business: line.id.clone(),
        shown: asked.print,
        evidence: Evidence::WellKnown(line.well_known),
    };
    assert!(is_done(&ask(&relay, right).await, "verified"));
    assert_eq!(only_business(&relay).await.standing, "verified");

    let suspend = |until| BusinessAsk::Suspend {
        business: "BAKERY.example".into(),
        reason: "spam".into(),
        until,
    };
    let past = sentence(&relay, suspend(Some(1))).await;
    assert!(past.contains("begun already"), "{past}");
    let until = Some(4_102_444_800);
    assert!(is_done(&ask(&relay, suspend(until)).await, "suspended"));
    let line = only_business(&relay).await;
    assert_eq!(line.standing, "suspended");
    assert_eq!(line.reason.as_deref(), Some("spam"));
    assert_eq!(line.until.as_deref(), Some("2100-01-01T00:00:00Z"));
    assert!(is_done(&ask(&relay, suspend(None)).await, "suspended"));
    assert_eq!(only_business(&relay).await.until, None, "without an end");
    let business = || "bakery.example".to_owned();
    let unsuspend = BusinessAsk::Unsuspend {
        business: business(),
    };
    assert!(is_done(&ask(&relay, unsuspend).await, "unsuspended"));
    let revoke = BusinessAsk::Revoke {
        business: business(),
        reason: "impersonation".into(),
    };
    assert!(is_done(&ask(&relay, revoke).await, "revoked"));
    assert_eq!(only_business(&relay).await.standing, "revoked");
    relay.shutdown().await;
}

#[tokio::test]
async fn a_slip_of_the_operators_pen_gets_one_sentence_and_changes_nothing() {
    let (_folder, relay) = relay().await;
    let nobody = sentence(&relay, seen("nobody.example", &"0".repeat(64))).await;
    assert!(
        nobody.contains("no business here has this id or domain"),
        "{nobody}"
    );
    let nonsense = sentence(&relay, seen("not a domain", &"0".repeat(64))).await;
    assert!(
        nonsense.contains("by its domain, or by its id"),
        "{nonsense}"
    );
    let reason = BusinessAsk::Revoke {
        business: "a.example".into(),
        reason: "dislike".into(),
    };
    let reason = sentence(&relay, reason).await;
    assert!(
        reason.contains("a reason is one of terms, impersonation"),
        "{reason}"
    );
    let template = BusinessAsk::Approve {
        template: "0f".into(),
    };
    let template = sentence(&relay, template).await;
    assert!(template.contains("32 hexadecimal digits"), "{template}");
    let version = BusinessAsk::Table { version: Some(9) };
    let version = sentence(&relay, version).await;
    assert!(version.contains("the newest is 1"), "{version}");
    relay.shutdown().await;
}

#[tokio::test]
async fn an_industry_that_the_operator_prohibits_is_not_verified() {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = Settings::for_tests(folder.path().to_owned());
    settings.business.prohibited.insert(Industry::Food);
    let relay = start(settings).await.unwrap();
    let key = SigningKey::draw(&mut Dice::seeded(1));
    let (domain, mut shop) = ("bakery.example", Shop::at(&relay, &key).await);
    let refused = shop.asks(|number| {
        Request::Enrol(Enrol {
            number,
            name: Name::new("Bakery").unwrap(),
            domain: Domain::new(domain).unwrap(),
            industry: Industry::Food,
            hosting: Hosting::Itself,
            endpoint: Endpoint::new([7; 64]),
        })
    });
    let refused = matches!(refused.await, answer::Answer::Refused(_));
    let verified = ask(&relay, seen(domain, &"0".repeat(64))).await;
    assert!(refused && matches!(verified, Answer::Refused { .. }));
    relay.shutdown().await;
}

#[tokio::test]
async fn a_template_waits_for_the_operator_and_is_approved_paused_and_shown() {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = Settings::for_tests(folder.path().to_owned());
    settings.business.auto_approve_utility = false;
    let relay = start(settings).await.unwrap();
    let key = SigningKey::draw(&mut Dice::seeded(1));
    let mut shop = Shop::at(&relay, &key).await;
    shop.enrols("bakery.example", Industry::Food).await;
    assert!(is_done(
        &ask(&relay, seen("bakery.example", &shown(&relay).await)).await,
        "verified"
    ));
    let draft = Draft {
        name: "ready".into(),
        version: Version::new(1),
        language: "en".into(),
        category: Category::Utility,
        header: None,
        body: "Your order is ready.".into(),
        footer: None,
        buttons: vec![],
        slots: vec![],
    };
    let template = draft.to_bytes().unwrap();
    shop.asks(|number| Request::Submit(Submit { number, template }))
        .await;
    let waiting = templates(&relay, true).await;
    let [line] = waiting.as_slice() else {
        panic!("{waiting:?}")
    };
    assert_eq!(
        (line.name.as_str(), line.state.as_str()),
        ("ready", "pending")
    );
    assert_eq!(
        (line.category.as_str(), line.body.as_str()),
        ("utility", "Your order is ready.")
    );
    assert_eq!(line.business, only_business(&relay).await.id);
    let template = || line.id.clone();
    let approve = || BusinessAsk::Approve {
        template: template(),
    };
    assert!(is_done(&ask(&relay, approve()).await, "approved"));
    assert!(templates(&relay, true).await.is_empty());
    let pause = BusinessAsk::Pause {
        template: template(),
        because: "other".into(),
        until: Some(4_102_444_800),
    };
    assert!(is_done(&ask(&relay, pause).await, "paused"));
    let all = templates(&relay, false).await;
    assert_eq!(all[0].state, "paused");
    assert_eq!(all[0].until.as_deref(), Some("2100-01-01T00:00:00Z"));
    assert!(is_done(&ask(&relay, approve()).await, "approved"));
    let reject = BusinessAsk::Reject {
        template: template(),
        because: "spam".into(),
    };
    sentence(&relay, reject).await;
    relay.shutdown().await;
}
