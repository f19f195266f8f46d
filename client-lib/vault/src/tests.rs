//! What the sealed store promises to either wing.
//! Knows: a plan made up for the purpose. Never knows: a wing's tables.

use std::path::Path;

use partywall_world::Dice;

use crate::*;

/// For tests that open stores by the hundred.
pub(crate) const LITTLE: Cost = Cost {
    memory_kib: 32,
    passes: 1,
    lanes: 1,
};

const PLAN: Plan = Plan {
    application_id: 0x5057_0001,
    migrations: &[
        "CREATE TABLE thing (id INTEGER PRIMARY KEY AUTOINCREMENT, sealed BLOB NOT NULL) STRICT;
         CREATE TABLE other (id INTEGER PRIMARY KEY AUTOINCREMENT, sealed BLOB NOT NULL) STRICT;",
    ],
};
const OTHER_WING: Plan = Plan {
    application_id: 0x5057_0002,
    migrations: PLAN.migrations,
};

#[derive(Clone, Copy)]
enum Kind {
    Thing,
    Other,
}

impl Table for Kind {
    fn name(self) -> &'static str {
        match self {
            Kind::Thing => "thing",
            Kind::Other => "other",
        }
    }
}

fn open(plan: &Plan, path: &Path, passphrase: &str) -> Result<Vault, VaultError> {
    Vault::open(plan, path, passphrase, LITTLE, Dice::seeded(1))
}

fn things(vault: &mut Vault) -> Vec<Vec<u8>> {
    let all = vault
        .transaction(|mut hands| hands.all(Kind::Thing))
        .unwrap();
    all.into_iter().map(|(_, plain)| plain.to_vec()).collect()
}

#[test]
fn what_was_written_is_there_again_for_whoever_has_the_passphrase() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep/store");
    let mut vault = open(&PLAN, &path, "good").unwrap();
    let id = vault
        .transaction(|mut hands| hands.insert(Kind::Thing, b"a record"))
        .unwrap();
    vault.change_passphrase("better", LITTLE).unwrap();
    drop(vault);
    assert!(matches!(
        open(&PLAN, &path, "good"),
        Err(VaultError::WrongPassphrase)
    ));
    let mut vault = open(&PLAN, &path, "better").unwrap();
    assert_eq!(things(&mut vault), [b"a record"]);
    let one = |mut hands: Hands<'_>| hands.one(Kind::Other, id);
    assert_eq!(vault.transaction(one).unwrap(), None, "tables are apart");
    vault
        .transaction(|mut hands| {
            hands.update(Kind::Thing, id, b"another")?;
            hands.delete(Kind::Other, id)
        })
        .unwrap();
    assert_eq!(things(&mut vault), [b"another"]);
}

#[test]
fn a_file_belongs_to_one_wing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    drop(open(&PLAN, &path, "good").unwrap());
    let refused = open(&OTHER_WING, &path, "good").map(drop).unwrap_err();
    assert!(matches!(
        refused,
        VaultError::Store(StoreTrouble::File(StoreError::Foreign))
    ));
    assert!(open(&PLAN, &path, "good").is_ok());
}

#[test]
fn a_store_that_is_open_is_opened_by_nobody_else_and_none_is_made_without_a_passphrase() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    assert!(matches!(
        open(&PLAN, &path, ""),
        Err(VaultError::EmptyPassphrase)
    ));
    let held = open(&PLAN, &path, "good").unwrap();
    assert!(matches!(
        open(&PLAN, &path, "good"),
        Err(VaultError::InUse { .. })
    ));
    drop(held);
    assert!(open(&PLAN, &path, "good").is_ok());
}

#[test]
fn work_that_fails_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let mut vault = open(&PLAN, &folder.path().join("store"), "good").unwrap();
    let failed = vault.transaction(|mut hands| {
        hands.insert(Kind::Thing, b"half of it")?;
        Err::<(), _>(StoreTrouble::Damaged)
    });
    assert!(failed.is_err());
    assert!(things(&mut vault).is_empty());
}

#[test]
fn a_record_in_another_row_is_damaged_and_a_lookup_says_nothing_of_its_value() {
    let folder = tempfile::tempdir().unwrap();
    let mut vault = open(&PLAN, &folder.path().join("store"), "good").unwrap();
    let moved = vault.transaction(|mut hands| {
        let sealed = hands.seal("thing", 1, b"a record");
        assert_eq!(*hands.unseal("thing", 1, &sealed)?, b"a record");
        assert_eq!(hands.lookup("thing", b"x"), hands.lookup("thing", b"x"));
        assert_ne!(hands.lookup("thing", b"x"), hands.lookup("other", b"x"));
        hands.run("INSERT INTO thing (id, sealed) VALUES (2, ?1)", (sealed,))?;
        hands.one(Kind::Thing, 2)
    });
    assert!(matches!(moved, Err(StoreTrouble::Damaged)));
}
