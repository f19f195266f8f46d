//! How long it takes to find out whether something may leave.
//! Knows: two shipped policies, one customer's consent. Never knows: a store, a socket.

use std::hint::black_box;
use std::num::NonZeroU64;

use partywall_business::consent::{Consent, Draft, Party, Refusal};
use partywall_business::field::Region;
use partywall_business::id::{BusinessId, PairwiseKey};
use partywall_business::permit::{Joined, Standing};
use partywall_business::table::{Row as Cell, Table};
use partywall_business_plane::policy::{WA2016, WA2021, compile};
use partywall_ground::Seconds;
use partywall_proof::SigningKey;
use partywall_world::{Clock, SystemClock};

use crate::row::{Amount, Limit, Row, median};
use crate::setting::Setting;

const NOW: Seconds = Seconds::new(1_800_000_000);
const REGION: Option<Region> = Some(Region::Other);
const LOOKS: u64 = 2_000_000;

pub(super) fn run(setting: &Setting) -> Vec<Row> {
    let (accepted, current) = tables();
    let consent = consent(&accepted);
    let joined = Joined::of(&accepted, &current, REGION);
    let cells: Vec<Cell> = Cell::all().collect();
    let clock = SystemClock::new();
    let looks = setting.many(LOOKS);
    let nanos: Vec<f64> = (0..setting.rounds)
        .map(|_| {
            let begun = clock.monotonic();
            for cell in cells.iter().cycle().take(looks as usize) {
                let _ = black_box(joined.permit(&consent, Standing::Verified, *cell, NOW));
            }
            clock.monotonic().since(begun).as_nanos() as f64 / looks as f64
        })
        .collect();
    vec![Row::alone(
        "8",
        "to look a permit up, every row of the table in turn",
        Amount(median(&nanos), "ns"),
        Limit::AtMost(100.0),
    )]
}

fn tables() -> (Table, Table) {
    let key = SigningKey::from_seed(&[1; 32]);
    let table = |text, after: Option<&Table>| {
        let draft = compile(text)
            .expect("a shipped policy compiles")
            .after(after);
        let table = draft.sign(&key).expect("a compiled policy is a table");
        table
            .verify(&key.public())
            .expect("it was signed with this key")
    };
    let accepted = table(WA2016.text, None);
    let current = table(WA2021.text, Some(&accepted));
    (accepted, current)
}

fn consent(table: &Table) -> Consent {
    let key = SigningKey::from_seed(&[2; 32]);
    let party = Party {
        business: BusinessId::new([3; 32]),
        pairwise: PairwiseKey::new(*key.public().as_bytes()),
    };
    let draft = Draft {
        business: party.business,
        accepted: table,
        choices: table.choosable(REGION),
        region: REGION,
        counter: NonZeroU64::MIN,
        issued: Seconds::new(1),
        expiry: Seconds::new(u64::MAX),
        refusal: Refusal::None,
    };
    let signed = draft.sign(&key);
    let signed = signed.expect("the table offers what is choosable");
    signed
        .verify(&party, table)
        .expect("it was signed with this key")
}
