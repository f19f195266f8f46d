//! What was erased is in no file.

use std::fs;
use std::path::Path;

use partywall_business::export::Outcome;
use partywall_business::value::{PhoneNumber, Value};
use partywall_row::Row;
use partywall_store::{Committer, Place, Tidy};

use super::house::House;
use crate::book;

/// How often one of the pieces lies in any file of the folder.
fn traces(folder: &Path, pieces: &[Vec<u8>]) -> usize {
    fs::read_dir(folder)
        .unwrap()
        .map(|file| fs::read(file.unwrap().path()).unwrap())
        .map(|bytes| {
            pieces
                .iter()
                .map(|piece| {
                    bytes
                        .windows(piece.len())
                        .filter(|found| found == piece)
                        .count()
                })
                .sum::<usize>()
        })
        .sum()
}

#[test]
fn erased_payloads_and_salts_and_values_are_in_no_file_once_the_log_is_emptied() {
    let mut row = Row::of("P27");
    let folder = tempfile::tempdir().unwrap();
    let mut house = House::at(&Place::file(folder.path().join("business.db")));
    house.follow(super::house::WIDE);
    let phone = Value::PhoneNumber(PhoneNumber::new(431_987_654_321).unwrap());
    let customer = house.customer(vec![phone]);
    house.says(&customer, crate::sharing::Observed::default());
    // One batch was sent, one is open, one waits, and the business has not collected its events.
    let sent = house.claim("parent", partywall_business::field::Recipient::Parent, 1);
    let crate::claims::claim::Claim::Fresh(sent) = sent else {
        panic!("something waits");
    };
    house.close(sent, Outcome::Sent);
    let open = house.claim("parent", partywall_business::field::Recipient::Parent, 1);
    let crate::claims::claim::Claim::Fresh(open) = open else {
        panic!("something waits");
    };

    let mut pieces: Vec<Vec<u8>> = house.rows(|rows| {
        let mut select = rows.prepare("SELECT entry FROM disclosures").unwrap();
        let entries = select.query_map([], |row| row.get::<_, i64>(0)).unwrap();
        entries
            .flat_map(|entry| {
                let index = partywall_business::ledger::Index::new(entry.unwrap().unsigned_abs());
                let opening = book::opening(rows, index).unwrap().unwrap();
                [
                    opening.salt.as_bytes().to_vec(),
                    opening.payload.as_bytes().to_vec(),
                ]
            })
            .collect()
    });
    pieces.push(partywall_ground::cbor::encode(&phone));
    pieces.push(customer.conversation().as_bytes().to_vec());
    pieces.push(customer.rights.as_bytes().to_vec());
    assert!(pieces.len() > 8);
    assert!(
        traces(folder.path(), &pieces) > pieces.len(),
        "the control: they are there"
    );

    let erased = house.erases(&customer);
    assert_eq!(erased.barred.flights, [open]);
    house.close(open, Outcome::Uncertain);
    assert_eq!(house.scribe.tidy().unwrap(), Tidy::Done);
    // The business still learns by its pseudonym that its customer left.
    pieces.retain(|piece| piece != customer.conversation().as_bytes());
    assert_eq!(traces(folder.path(), &pieces), 0);
    // A hundred times more the exporter asks, and is given nothing of whoever is gone.
    for _cycle in 0..100 {
        let asked = house.claim("parent", partywall_business::field::Recipient::Parent, 9);
        if let crate::claims::claim::Claim::Fresh(batch) = asked {
            assert!(
                house.offered(batch).records().is_empty(),
                "only retractions"
            );
            house.close(batch, Outcome::Sent);
        }
        row.tried(1);
    }
    row.figure(format!("{} erased pieces, none in any file", pieces.len()));
}
