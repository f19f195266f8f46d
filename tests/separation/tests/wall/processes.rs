//! Whole relays: the business wing has the same shape whatever people do at the peer listener. (P14, P32)

use partywall_test_separation::process;

#[test]
fn two_whole_relays_are_alike_in_the_business_wing_whatever_people_do_at_one_of_them() {
    for seed in [0, 3] {
        let difference = process::pair(seed).unwrap();
        assert_eq!(difference.map(|found| found.to_string()), None);
    }
}
