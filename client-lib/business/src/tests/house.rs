//! A relay's business wing behind real TLS at the other end of pipes in memory, and who lives
//! around it.

use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use partywall_business::Domain;
use partywall_business::ledger::Origin;
use partywall_business_plane::{Evidence, Named, OperatorKeys, Plane, WingSettings};
use partywall_ground::limits::FRAME;
use partywall_ground::{RelayKey, Seconds};
use partywall_proof::link::Authority;
use partywall_proof::{SigningKey, Vouch};
use partywall_socket::{FrameSocket, HttpVersion, Limits, accept_checks};
use partywall_street::scripted::Certificate;
use partywall_street::{Duplex, Opening, Way};
use partywall_world::{Clock, Dice, ManualClock, Wall};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::task::AbortHandle;
use tokio::time::timeout;

use crate::customer::{Chat, Choices, Customer, EventKind};
use crate::shop::{EventKind as ShopEvent, Profile, Pseudonym, Shop};
use crate::store::LITTLE;
use crate::what::What;
use crate::{BusinessLink, Event, Events, Hosting, Industry, World};

/// Noon of a day in these worlds.
pub(super) const NOON: u64 = 1_800_014_400;
pub(super) const AUTHORITY: &str = "relay.example:7444";
pub(super) const BAKERY: &str = "bakery.example";
const PATIENCE: Duration = Duration::from_secs(30);

/// The relay, and the way to it.
pub(super) struct House {
    pub(super) plane: Arc<Plane>,
    pub(super) clock: ManualClock,
    pub(super) key: [u8; 32],
    certificate: Arc<Certificate>,
    pub(super) pipe: Arc<Pipe>,
    folder: tempfile::TempDir,
}

/// The way to the relay: pipes that can be cut.
pub(super) struct Pipe {
    plane: Mutex<Arc<Plane>>,
    certificate: Arc<Certificate>,
    clock: ManualClock,
    shut: AtomicBool,
    open: Mutex<Vec<AbortHandle>>,
}

impl House {
    pub(super) fn new() -> Self {
        Self::keyed([7; 32], 1)
    }

    /// A relay with this key and these dice; two of one key are a liar.
    pub(super) fn keyed(seed: [u8; 32], dice: u64) -> Self {
        let clock = ManualClock::at(Wall::from_seconds(NOON));
        let certificate = Arc::new(Certificate::drawn());
        let plane = plane(seed, dice, &clock, &certificate);
        let pipe = Pipe {
            plane: Mutex::new(Arc::clone(&plane)),
            certificate: Arc::clone(&certificate),
            clock: clock.clone(),
            shut: AtomicBool::new(false),
            open: Mutex::default(),
        };
        Self {
            plane,
            clock,
            key: seed,
            certificate,
            pipe: Arc::new(pipe),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// Another history of the same operator, to which all new connections lead.
    pub(super) fn tells_another_story(&mut self, dice: u64) {
        self.plane = plane(self.key, dice, &self.clock, &self.certificate);
        *self.pipe.plane.lock().unwrap() = Arc::clone(&self.plane);
        self.pipe.cut();
    }

    pub(super) fn link(&self) -> BusinessLink {
        let key = SigningKey::from_seed(&self.key).public();
        let authority = Authority::parse(AUTHORITY).unwrap();
        BusinessLink::new(authority, RelayKey::new(*key.as_bytes()), None)
    }

    fn world(&self, dice: u64) -> World {
        let clock: Arc<dyn Clock> = Arc::new(self.clock.clone());
        let way: Arc<dyn Way> = Arc::clone(&self.pipe) as Arc<dyn Way>;
        World::of(clock, Dice::seeded(dice), way)
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) async fn customer(&self, name: &str, dice: u64) -> Customer {
        let path = self.path(name);
        let opened = Customer::open_at(&path, "good", self.world(dice), LITTLE).await;
        opened.unwrap()
    }

    pub(super) async fn shop(&self, name: &str, dice: u64) -> Shop {
        let opened = Shop::open_at(&self.path(name), "good", self.world(dice), LITTLE).await;
        opened.unwrap()
    }

    /// The bakery, enrolled, verified, its shelf full.
    pub(super) async fn bakery(&self) -> Shop {
        let shop = self.shop("bakery", 2).await;
        shop.enrol(&self.link(), profile()).await.unwrap();
        let page = shop.well_known().await.unwrap().unwrap();
        let named = Named::Domain(Domain::new(BAKERY).unwrap());
        self.plane
            .verify(named, Evidence::WellKnown(page))
            .await
            .unwrap();
        self.stocked().await;
        shop
    }

    /// Waits until somebody can take a bundle of the bakery's.
    async fn stocked(&self) {
        let visitor = self.customer("stock", 90).await;
        let found = visitor.find(&self.link(), BAKERY).await.unwrap();
        let taken = async {
            while let Err(error) = found.begin(Choices::essential_only()).await {
                assert!(
                    matches!(error, crate::error::BeginError::Line(_)),
                    "{error}"
                );
                tokio::task::yield_now().await;
            }
        };
        timeout(PATIENCE, taken).await.unwrap();
        let chat = visitor.chat(BAKERY).await.unwrap();
        chat.leave().await.unwrap();
        visitor.close().await.unwrap();
    }
}

fn plane(seed: [u8; 32], dice: u64, clock: &ManualClock, certificate: &Certificate) -> Arc<Plane> {
    let keys = OperatorKeys::new(SigningKey::from_seed(&seed), [8; 32]);
    let vouch = Vouch::make(keys.business(), certificate.spki, Seconds::new(u64::MAX));
    let settings = WingSettings::new(Origin::of_authority(AUTHORITY).unwrap());
    let plane = Plane::open_in_memory(
        settings,
        keys,
        Arc::new(clock.clone()),
        Dice::seeded(dice),
        |error| panic!("the store works: {error}"),
    );
    let plane = plane.unwrap();
    plane.set_vouches(vec![vouch]);
    Arc::new(plane)
}

pub(super) fn profile() -> Profile {
    Profile {
        name: "Bakery".to_owned(),
        domain: BAKERY.to_owned(),
        industry: Industry::Food,
        hosting: Hosting::Itself,
    }
}

impl Pipe {
    /// Cuts all connections.
    pub(super) fn cut(&self) {
        for open in self.open.lock().unwrap().drain(..) {
            open.abort();
        }
    }

    /// Lets nobody through, or everybody again.
    pub(super) fn shut(&self, shut: bool) {
        self.shut.store(shut, Ordering::SeqCst);
        if shut {
            self.cut();
        }
    }
}

impl Way for Pipe {
    fn open<'a>(&'a self, _host: &'a str, _port: u16) -> Opening<'a> {
        Box::pin(async move {
            if self.shut.load(Ordering::SeqCst) {
                return Err(io::ErrorKind::ConnectionRefused.into());
            }
            let (here, there) = duplex(512 * 1_024);
            let plane = Arc::clone(&self.plane.lock().unwrap());
            let certificate = Arc::clone(&self.certificate);
            let clock: Arc<dyn Clock> = Arc::new(self.clock.clone());
            let served = tokio::spawn(async move {
                // A caller that hung up while it was let in is gone.
                let _ = serve(plane, certificate, clock, there).await;
            });
            self.open.lock().unwrap().push(served.abort_handle());
            Ok(Box::new(here) as Box<dyn Duplex>)
        })
    }
}

async fn serve(
    plane: Arc<Plane>,
    certificate: Arc<Certificate>,
    clock: Arc<dyn Clock>,
    stream: DuplexStream,
) -> io::Result<()> {
    let mut stream = certificate.accept(stream).await?;
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        request.push(stream.read_u8().await?);
    }
    let request = String::from_utf8(request).unwrap();
    assert!(request.starts_with("GET /v1/business "), "{request}");
    let headers = request.lines().skip(1);
    let headers = headers.filter_map(|line| line.split_once(": "));
    let headers = headers.map(|(name, value)| (name, value.as_bytes()));
    let accept = accept_checks("GET", HttpVersion::Http11, headers).unwrap();
    let mut answer = "HTTP/1.1 101 Switching Protocols\r\n".to_owned();
    for (name, value) in accept.headers() {
        answer += &format!("{name}: {value}\r\n");
    }
    answer += "\r\n";
    stream.write_all(answer.as_bytes()).await?;
    stream.flush().await?;
    let limits = Limits {
        max_frame: FRAME,
        stall: Duration::from_secs(10),
    };
    let socket = FrameSocket::server(stream, limits, clock).await;
    plane.door(socket, None).await;
    Ok(())
}

/// The next event that is of the kind, done; those before it are done as well.
pub(super) async fn next<K, T>(events: &mut Events<K>, wanted: impl Fn(&K) -> Option<T>) -> T
where
    K: for<'b> minicbor::Decode<'b, ()> + std::fmt::Debug,
{
    let mut before = Vec::new();
    let found = async {
        loop {
            let event: Event<K> = events.next().await.expect("the store is open");
            let found = wanted(event.kind());
            before.push(format!("{:?}", event.kind()));
            event.done().await.unwrap();
            if let Some(found) = found {
                return found;
            }
        }
    };
    let found = timeout(PATIENCE, found).await;
    found.unwrap_or_else(|_late| panic!("nothing of the kind after {before:#?}"))
}

pub(super) fn text(what: &What) -> Option<String> {
    match what {
        What::Text(text) => Some(text.clone()),
        _ => None,
    }
}

/// What a customer was told.
pub(super) fn told(kind: &EventKind) -> Option<String> {
    match kind {
        EventKind::Message { what, .. } => text(what),
        _ => None,
    }
}

pub(super) fn accepted(kind: &EventKind) -> Option<()> {
    matches!(kind, EventKind::Accepted { .. }).then_some(())
}

/// What a shop was told, and by whom.
pub(super) fn heard(kind: &ShopEvent) -> Option<(Pseudonym, String)> {
    match kind {
        ShopEvent::Message { from, what, .. } => Some((*from, text(what)?)),
        _ => None,
    }
}

/// A customer in a conversation with the bakery, and both sides' events.
pub(super) struct Visit {
    pub(super) house: House,
    pub(super) shop: Shop,
    pub(super) me: Customer,
    pub(super) chat: Chat,
    pub(super) mine: Events<EventKind>,
    pub(super) theirs: Events<ShopEvent>,
}

impl Visit {
    pub(super) async fn with(choices: Choices) -> Self {
        let house = House::new();
        let shop = house.bakery().await;
        let me = house.customer("alice", 3).await;
        let found = me.find(&house.link(), BAKERY).await.unwrap();
        let chat = found.begin(choices).await.unwrap();
        Self {
            mine: me.events(),
            theirs: shop.events(),
            house,
            shop,
            me,
            chat,
        }
    }

    pub(super) async fn new() -> Self {
        Self::with(Choices::essential_only()).await
    }

    /// The customer says something and the shop hears it.
    pub(super) async fn says(&mut self, words: &str) -> Pseudonym {
        self.chat.say(words).await.unwrap();
        let (from, heard) = next(&mut self.theirs, heard).await;
        assert_eq!(heard, words);
        from
    }

    /// The shop answers and the customer hears it.
    pub(super) async fn answers(&mut self, to: Pseudonym, words: &str) {
        let what = What::Text(words.to_owned());
        self.shop.answer(to, what).await.unwrap();
        assert_eq!(next(&mut self.mine, told).await, words);
    }
}
