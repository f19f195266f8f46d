//! The life of a template. (SPEC B-22, §11.9)

use partywall_business::template::{TemplateBytes, UnverifiedApproval};
use partywall_business::{Category, Clear, Reason, Rule, TemplateId, TemplateState, Version};
use partywall_ground::Seconds;

use super::words::{COMMITMENT, draft};
use super::world::{Customer, Shop, World, keys};
use crate::refusal::Refusal;
use crate::templates::{self, Decision};

fn talking() -> (World, Shop, Customer) {
    let mut world = World::with_seed(1);
    let shop = world.shop("bakery.example");
    let customer = world.customer(&shop);
    (world, shop, customer)
}

fn decide(world: &mut World, id: TemplateId, decision: Decision) -> bool {
    world
        .does(move |desk| templates::decide(desk, &id, decision))
        .unwrap()
}

fn send(world: &mut World, shop: &Shop, customer: &Customer, id: TemplateId) -> Option<Refusal> {
    let clear = Clear::Template(COMMITMENT, id, Version::new(1));
    world.shop_says(shop, customer, clear).err()
}

#[test]
fn a_clean_utility_passes_by_itself_where_the_operator_lets_it_and_nothing_else_does() {
    let (mut world, shop, _) = talking();
    assert_eq!(
        world.submitted(&shop, Category::Utility).1,
        TemplateState::Approved
    );
    assert_eq!(
        world.submitted(&shop, Category::Marketing).1,
        TemplateState::Pending
    );
    let mut strict = World::with(1, |settings| settings.auto_approve_utility = false);
    let shop = strict.shop("bakery.example");
    assert_eq!(
        strict.submitted(&shop, Category::Utility).1,
        TemplateState::Pending
    );
}

#[test]
fn a_template_lives_from_pending_to_approved_to_paused_and_back_by_itself() {
    let (mut world, shop, customer) = talking();
    let (id, _) = world.submitted(&shop, Category::Marketing);
    let not_approved = Some(Rule::TemplateNotApproved.into());
    assert_eq!(send(&mut world, &shop, &customer, id), not_approved);
    assert!(!decide(&mut world, id, Decision::Pause(Reason::Spam, 1)));
    assert!(decide(&mut world, id, Decision::Approve));
    let until = world.now() + 100;
    assert!(decide(&mut world, id, Decision::Pause(Reason::Spam, until)));
    let paused = Some(Refusal::until(Rule::TemplatePaused, Seconds::new(until)));
    assert_eq!(send(&mut world, &shop, &customer, id), paused);
    world.pass(99);
    assert_eq!(send(&mut world, &shop, &customer, id), paused);
    world.pass(1);
    assert_eq!(
        send(&mut world, &shop, &customer, id),
        None,
        "approved by itself"
    );
    assert!(decide(&mut world, id, Decision::Disable(Reason::Spam)));
    assert_eq!(send(&mut world, &shop, &customer, id), not_approved);
    assert!(
        !decide(&mut world, id, Decision::Approve),
        "disabled is for good"
    );
}

#[test]
fn a_rejected_template_is_not_sent_and_stays_rejected_when_handed_in_again() {
    let (mut world, shop, customer) = talking();
    let (id, _) = world.submitted(&shop, Category::Marketing);
    assert!(decide(&mut world, id, Decision::Reject(Reason::Terms)));
    let refused = send(&mut world, &shop, &customer, id);
    assert_eq!(refused, Some(Rule::TemplateNotApproved.into()));
    let again = world.submitted(&shop, Category::Marketing);
    assert_eq!(again, (id, TemplateState::Rejected));
}

#[test]
fn a_template_of_another_business_or_version_is_unknown() {
    let (mut world, shop, customer) = talking();
    let other = world.shop("other.example");
    let (theirs, _) = world.submitted(&other, Category::Utility);
    let unknown = Some(Rule::TemplateUnknown.into());
    assert_eq!(send(&mut world, &shop, &customer, theirs), unknown);
    let (own, _) = world.submitted(&shop, Category::Utility);
    let clear = Clear::Template(COMMITMENT, own, Version::new(2));
    assert_eq!(world.shop_says(&shop, &customer, clear).err(), unknown);
    assert_eq!(
        world.customer_says(&customer, clear).err(),
        unknown,
        "customers send none"
    );
}

#[test]
fn what_no_operator_may_approve_is_refused_at_once() {
    let (mut world, shop, _) = talking();
    let business = shop.id;
    let mut linked = draft(Category::Utility);
    linked.body = "See https://bakery.example for {{1}} loaves now.".to_owned();
    let bodies = [
        linked.to_bytes().unwrap(),
        TemplateBytes::new(b"no map").unwrap(),
    ];
    for bytes in bodies {
        let refused = world.does(move |desk| {
            let business = crate::registry::find(desk.tx, &business)?.unwrap();
            templates::submit(desk, &business, &bytes)
        });
        assert_eq!(refused.err(), Some(Rule::TemplateRefused.into()));
    }
}

#[test]
fn an_approved_template_is_shown_with_the_operators_signature() {
    let (mut world, shop, _) = talking();
    let (id, _) = world.submitted(&shop, Category::Utility);
    let (pending, _) = world.submitted(&shop, Category::Marketing);
    let shown = |id| world.reads(|rows| templates::approved(rows, &keys(), &id));
    assert!(shown(pending).is_none());
    let (_, approval): (i64, UnverifiedApproval) = shown(id).unwrap();
    let approved = approval.verify(&keys().business().public()).unwrap();
    assert_eq!(approved.id(), id);
}
