//! Templates of the second implementation: what is handed in, what is wrong with it, and what a
//! customer reads. (SPEC §11.6, §11.9, B-20 to B-22)
//! Knows: their bytes. Rules 12 and 18 are judged where a vector says that it has them.

use crate::file::{Judge, about, bytes, valid};
use crate::told::with;
use partywall_business::template::{Draft, Lint, Parameter, Slot, TemplateBytes};
use partywall_ground::{AtMost, cbor};
use serde_json::{Value, json};

fn draft(bytes: &[u8]) -> Option<Draft> {
    Draft::decode(&TemplateBytes::new(bytes).ok()?).ok()
}

fn fields(draft: &Draft) -> Value {
    let slot = |slot: &Slot| {
        let options = slot.options.as_ref().map(|options| json!(options));
        with(json!({ "type": slot.kind.code() }), "options", options)
    };
    let fields = json!({
        "name": draft.name,
        "version": draft.version.value(),
        "language": draft.language,
        "category": draft.category.code(),
        "body": draft.body,
        "buttons": draft.buttons,
        "slots": draft.slots.iter().map(slot).collect::<Vec<_>>(),
    });
    let header = draft.header.as_ref().map(|text| json!(text));
    let footer = draft.footer.as_ref().map(|text| json!(text));
    with(with(fields, "header", header), "footer", footer)
}

/// Rules by number, as the vector lists them.
fn broken(draft: &Draft) -> Value {
    draft
        .lint()
        .into_iter()
        .map(|lint| json!(lint.code()))
        .collect()
}

#[test]
fn templates_are_read_and_judged_as_the_second_implementation_does() {
    let (mut reading, mut linting, mut taking) = Default::default();
    let _: (&Judge, &Judge, &Judge) = (&reading, &linting, &taking);
    for vector in about("business-templates", "template") {
        let read = draft(&bytes(&vector["hex"]));
        let theirs = vector["lint"].is_array();
        let told = theirs.then(|| vector["fields"].clone());
        Judge::same(&mut reading, &vector, read.as_ref().map(fields), told);
        Judge::taken(
            &mut taking,
            &vector,
            read.clone().is_some_and(|draft| draft.checked().is_ok()),
        );
        if let (Some(read), true) = (read, theirs) {
            assert_eq!(read.to_bytes().unwrap().as_bytes(), bytes(&vector["hex"]));
            Judge::same(
                &mut linting,
                &vector,
                Some(broken(&read)),
                Some(vector["lint"].clone()),
            );
        }
    }
    reading.agrees(160);
    linting.agrees(100);
    taking.agrees(160);
}

#[test]
fn every_rule_of_lint_has_a_vector() {
    let vectors = about("business-templates", "template");
    for lint in Lint::ALL {
        let breaks = |vector: &&Value| {
            vector["lint"]
                .as_array()
                .is_some_and(|rules| rules.contains(&json!(lint.code())))
        };
        assert!(vectors.iter().any(|vector| breaks(&vector)), "{lint}");
    }
}

#[test]
fn parameters_are_set_in_as_the_second_implementation_does() {
    let mut judge = Judge::default();
    for vector in about("business-templates", "parameters") {
        let template = draft(&bytes(&vector["hex"])).unwrap().checked().unwrap();
        let parameters = cbor::decode::<AtMost<Parameter, 16>>(&bytes(&vector["parameters"])).ok();
        let shown = parameters.and_then(|parameters| template.render(&parameters).ok());
        let theirs = valid(&vector).then(|| vector["text"].as_str().unwrap().to_owned());
        judge.same(&vector, shown.map(|shown| shown.body), theirs);
    }
    judge.agrees(40);
}
