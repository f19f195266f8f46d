//! Whole relays: the business wing has the same shape whatever people do at the peer listener. (P14, P32)

use partywall_row::Row;
use partywall_test_separation::process;

#[test]
fn two_whole_relays_are_alike_in_the_business_wing_whatever_people_do_at_one_of_them() {
    let mut row = Row::of("P32");
    // The quick ones are heavy traffic, and all kinds of it.
    let seeds: Vec<u64> = match row.times(0, 100) {
        0 => vec![0, 3],
        many => (0..many).collect(),
    };
    for seed in &seeds {
        let difference = process::pair(*seed).unwrap();
        assert_eq!(difference.map(|found| found.to_string()), None);
        row.tried(1);
    }
    row.figure(format!(
        "{} pairs of whole relays, 0 differences",
        seeds.len()
    ));
}
