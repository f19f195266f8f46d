//! Links: whom they serve, how often, and until when.
//! Knows: what is promised. Never knows: how it is done.

use super::street::Street;
use crate::Revoked;
use crate::desk::Order;
use crate::error::{AddError, InviteError, LookError, NameError};

#[test]
fn a_contact_link_serves_many_who_get_numbered_names() {
    let mut street = Street::with_seed(3);
    for who in ["alice", "bob", "carol", "dave"] {
        street.opens(who);
    }
    let link = street.invites("alice", "visitor", true).unwrap();
    for who in ["bob", "carol", "dave"] {
        street.adds(who, &link, "alice").unwrap();
        street.says(who, "alice", who).unwrap();
    }
    street.settles();
    assert_eq!(street.texts("alice"), ["bob", "carol", "dave"]);
    for (name, who) in [
        ("visitor", "bob"),
        ("visitor-2", "carol"),
        ("visitor-3", "dave"),
    ] {
        street.says("alice", name, name).unwrap();
        assert_eq!(street.texts(who), [name]);
    }
}

#[test]
fn an_invitation_is_for_one_person() {
    let mut street = Street::with_seed(5);
    for who in ["alice", "bob", "carol"] {
        street.opens(who);
    }
    let link = street.invites("alice", "bob", false).unwrap();
    street.adds("bob", &link, "alice").unwrap();
    street.settles();
    assert_eq!(
        street.adds("carol", &link, "alice").unwrap_err(),
        AddError::Gone
    );
    let used = street.adds("bob", &link, "alice again").unwrap_err();
    assert!(matches!(used, AddError::Used { name } if name == "alice"));
}

#[test]
fn ones_own_link_and_a_revoked_one_are_refused() {
    let mut street = Street::with_seed(6);
    street.opens("alice");
    street.opens("bob");
    let link = street.invites("alice", "bob", false).unwrap();
    assert_eq!(street.adds("alice", &link, "me"), Err(AddError::OwnLink));
    let taken = Err(InviteError::Name(NameError::Taken));
    assert_eq!(street.invites("alice", "bob", false).map(drop), taken);

    let revoked = link.clone();
    let order = |reply| Order::Revoke {
        link: revoked,
        reply,
    };
    assert_eq!(street.asks("alice", order), Some(Ok(Revoked::AtTheRelay)));
    assert_eq!(street.adds("bob", &link, "alice"), Err(AddError::Gone));
    assert!(
        street.relay.mailboxes.is_empty(),
        "nothing is left at the relay"
    );
    let order = |reply| Order::Revoke { link, reply };
    assert_eq!(
        street.asks("alice", order),
        Some(Err(LookError::NoSuchLink))
    );
}

#[test]
fn a_contact_link_that_is_taken_back_ends_for_strangers_and_not_for_contacts() {
    let mut street = Street::with_seed(31);
    for who in ["alice", "bob", "carol", "dave"] {
        street.opens(who);
    }
    let link = street.invites("alice", "visitor", true).unwrap();
    for who in ["bob", "carol"] {
        street.adds(who, &link, "alice").unwrap();
        street.says(who, "alice", who).unwrap();
    }
    street.settles();
    assert_eq!(street.texts("alice"), ["bob", "carol"]);
    let revoked = link.clone();
    let order = |reply| Order::Revoke {
        link: revoked,
        reply,
    };
    assert_eq!(street.asks("alice", order), Some(Ok(Revoked::AtTheRelay)));
    assert_eq!(street.adds("dave", &link, "alice"), Err(AddError::Gone));
    // Alice has answered neither: both still write to the link's mailbox, and are read.
    for who in ["bob", "carol"] {
        street.says(who, "alice", "still there?").unwrap();
    }
    street.settles();
    assert!(
        street
            .texts("alice")
            .ends_with(&["still there?".into(), "still there?".into()])
    );
    for (name, who) in [("visitor", "bob"), ("visitor-2", "carol")] {
        street.says("alice", name, "yes").unwrap();
        street.settles();
        assert_eq!(street.texts(who), ["yes"]);
        street.says(who, "alice", "good").unwrap();
        street.settles();
        assert_eq!(street.texts("alice").last().unwrap(), "good");
    }
}
