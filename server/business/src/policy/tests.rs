//! What the policy compiler promises.

mod outsiders;

use super::schema::schema;
use super::*;
use partywall_business::field::{Basis, Field, Purpose, Recipient, Region};
use partywall_business::table::{Cell, Row};
use partywall_ground::Seconds;
use partywall_proof::SigningKey;

const DAY: u64 = 86_400;

const HEAD: &str = r#"
[policy]
name = "test"
version = 1
controller = "c"
contact = "c"
complaint_authority = "c"
parent = "Parent Ltd"
effective = 2026-01-01
notice_days = 30

[retention]
mail_days = 30
receipts_days = 30
disclosures_days = 30
reports_days = 30
after_leaving_days = 30
certificates_days = 30
declared_days = 30
"#;

fn with(rows: &str) -> String {
    format!("{HEAD}{rows}")
}

fn share(field: &str, rest: &str) -> String {
    format!(
        "[[share]]\nfield = {field}\nwith = \"parent\"\nfor = \"analytics\"\nbasis = \"consent\"\nregions = \"all\"\n{rest}\n"
    )
}

fn faults(text: &str) -> Vec<String> {
    let errors = compile(text).unwrap_err();
    errors.iter().map(ToString::to_string).collect()
}

#[test]
fn every_shipped_policy_compiles_to_the_same_bytes_each_time_and_without_a_warning() {
    for policy in Shipped::ALL {
        let compiled = compile(policy.text).unwrap_or_else(|errors| panic!("{errors:?}"));
        assert!(compiled.warnings().is_empty(), "{}", policy.name);
        let predecessor = (compiled.version() > 1).then_some(TableHash::new([7; 32]));
        let bytes = compiled.behind(predecessor).bytes().unwrap();
        let again = compile(policy.text).unwrap().behind(predecessor);
        assert_eq!(again.bytes().unwrap(), bytes, "{}", policy.name);
    }
}

#[test]
fn an_unknown_name_is_told_with_its_place_and_the_nearest_known_one() {
    let text = with(&share(
        "[\"phone_number\", \"ip_adress\"]",
        "keep_days = 9\nprecision = \"full\"",
    ));
    assert_eq!(
        faults(&text),
        ["line 21, column 26: there is no field `ip_adress`: did you mean `ip_address`?"]
    );
    let text = with(&share("\"country\"", "keep_days = 9\nprecison = \"full\""));
    assert_eq!(
        faults(&text),
        ["line 27, column 1: [[share]] has no key `precison`: did you mean `precision`?"]
    );
    let text = with("[[nevr]]\nfield = \"country\"\n");
    assert!(faults(&text)[0].ends_with("the file has no key `nevr`: did you mean `never`?"));
}

#[test]
fn all_faults_are_told_at_once_in_the_order_of_the_lines() {
    let text = with(&format!(
        "{}{}",
        share("\"phone_number\"", "keep_days = 0"),
        share("\"locale\"", "keep_days = 3651\nprecision = \"hour\"")
    ));
    let faults = faults(&text);
    assert_eq!(faults.len(), 2, "{faults:?}");
    assert!(faults[0].starts_with("line 26") && faults[0].contains("from 1 to 3650"));
    assert!(faults[1].starts_with("line 33"), "{faults:?}");
}

#[test]
fn what_is_not_toml_and_what_is_missing_are_told_by_place() {
    assert!(faults("[policy\n")[0].starts_with("line 1"));
    let missing = faults("");
    assert!(missing.iter().any(|fault| fault.contains("[policy]")));
    assert!(missing.iter().any(|fault| fault.contains("[retention]")));
    let without = HEAD.replace("contact = \"c\"\n", "");
    assert_eq!(
        faults(&without),
        ["line 2, column 1: [policy] needs `contact`"]
    );
    let quoted = HEAD.replace("2026-01-01", "\"2026-01-01\"");
    assert!(faults(&quoted)[0].contains("is a date from 1970 on, without quotes"));
}

#[test]
fn two_rows_that_share_one_cell_unlike_are_an_error_that_names_both_lines() {
    let text = with(&format!(
        "{}{}",
        share("\"country\"", "keep_days = 9"),
        share("[\"country\", \"device_model\"]", "keep_days = 10")
    ));
    let faults = faults(&text);
    assert_eq!(faults.len(), 1);
    assert!(
        faults[0].contains("lines 20 and 27 both share country with parent"),
        "{faults:?}"
    );
    let alike = with(&format!(
        "{}{}",
        share("\"country\"", "keep_days = 9"),
        share("[\"country\", \"device_model\"]", "keep_days = 9")
    ));
    assert!(compile(&alike).is_ok());
}

#[test]
fn a_precision_that_the_field_does_not_know_or_that_is_left_open_is_an_error() {
    let text = with(&share(
        "\"ip_address\"",
        "keep_days = 9\nprecision = \"day\"",
    ));
    assert!(faults(&text)[0].contains("it knows full, network"));
    let text = with(&share("\"ip_address\"", "keep_days = 9"));
    assert!(faults(&text)[0].contains("say with which `precision` ip_address is shared"));
}

#[test]
fn a_legal_ground_names_its_law_and_no_other_ground_does() {
    let legal = share("\"country\"", "keep_days = 9").replace("consent", "legal");
    assert!(faults(&with(&legal))[0].contains("add `law`"));
    let lawful = share("\"country\"", "keep_days = 9\nlaw = \"The law\"");
    assert!(faults(&with(&lawful))[0].contains("`law` belongs to basis legal"));
    let good = lawful.replace("consent", "legal");
    let draft = compile(&with(&good)).unwrap().after(None);
    let row = Row::new(Field::Country, Recipient::Parent, Purpose::Analytics);
    let rule = draft.cell(row.at(Region::Eu, Basis::Legal)).unwrap();
    assert_eq!(rule.law.as_ref().unwrap().as_str(), "The law");
}

#[test]
fn never_wins_and_a_row_that_it_cancels_wholly_is_told() {
    let never = "[[never]]\nwith = \"parent\"\nregions = [\"eu\", \"uk\"]\n";
    let compiled = compile(&with(&format!(
        "{}{never}",
        share("\"country\"", "keep_days = 9")
    )))
    .unwrap();
    assert!(compiled.warnings().is_empty());
    let draft = compiled.after(None);
    let row = Row::new(Field::Country, Recipient::Parent, Purpose::Analytics);
    for region in Region::ALL {
        let denied = matches!(region, Region::Eu | Region::Uk);
        assert_eq!(draft.cell(row.at(region, Basis::Consent)).is_none(), denied);
    }
    let all = "[[never]]\nfield = \"country\"\n";
    let compiled = compile(&with(&format!(
        "{}{all}",
        share("\"country\"", "keep_days = 9")
    )))
    .unwrap();
    assert_eq!(
        compiled.warnings()[0].to_string(),
        "line 20, column 1: warning: this row shares nothing: [[never]] in line 27 cancels all of it"
    );
    assert!(Cell::all().all(|cell| compiled.after(None).cell(cell).is_none()));
}

#[test]
fn a_never_that_names_nothing_is_an_error() {
    assert!(faults(&with("[[never]]\n"))[0].contains("would forbid everything"));
}

#[test]
fn whoever_is_told_something_has_a_name() {
    let text =
        with(&share("\"country\"", "keep_days = 9")).replace("parent = \"Parent Ltd\"\n", "");
    assert!(
        faults(&text)[0].contains("something is shared with parent, so the policy has to name it")
    );
}

fn published(text: &str, after: Option<&Table>) -> Table {
    let key = SigningKey::from_seed(&[3; 32]);
    let draft = compile(text).unwrap().after(after);
    draft.sign(&key).unwrap().verify(&key.public()).unwrap()
}

/// 2026-03-01 at noon.
const TODAY: Seconds = Seconds::new(1_772_366_400);

fn next(version: u32, effective: &str) -> String {
    with(&share("\"country\"", "keep_days = 9"))
        .replace("version = 1", &format!("version = {version}"))
        .replace("2026-01-01", effective)
}

#[test]
fn a_policy_follows_by_one_version_with_the_notice_that_was_promised() {
    let first = published(HEAD, None);
    let judge = |text: &str| {
        let draft = compile(text).unwrap().after(Some(&first));
        Publication::check(Some(&first), &draft, TODAY)
    };
    let Ok(Publication::Next(difference)) = judge(&next(2, "2026-04-01")) else {
        panic!("refused");
    };
    assert_eq!(difference.newly_shared.len(), 1);
    assert_eq!(judge(HEAD), Ok(Publication::Unchanged));
    assert_eq!(
        judge(&next(1, "2026-01-01")).unwrap_err().to_string(),
        "version 1 is published with other content: raise `version` to 2"
    );
    assert_eq!(
        judge(&next(3, "2026-04-01")).unwrap_err().to_string(),
        "version 1 is published: the next is version 2, not 3"
    );
    assert_eq!(
        judge(&next(2, "2026-03-31")).unwrap_err().to_string(),
        "the published policy promises 30 days of notice: write `effective = 2026-04-01` or later"
    );
    assert_eq!(
        judge(&next(2, "2026-03-01")).unwrap_err().to_string(),
        "`effective` has to be a day ahead of today and of the version before: write 2026-03-02 or later"
    );
    let draft = compile(&next(2, "2026-04-01")).unwrap();
    let stranger = draft.behind(Some(TableHash::new([9; 32])));
    assert_eq!(
        Publication::check(Some(&first), &stranger, TODAY),
        Err(Unpublishable::Predecessor)
    );
}

#[test]
fn a_policy_is_never_rolled_back_and_the_first_is_version_one() {
    let first = published(HEAD, None);
    let second = published(&next(2, "2026-04-01"), Some(&first));
    let back = compile(HEAD).unwrap().after(Some(&second));
    assert_eq!(
        Publication::check(Some(&second), &back, TODAY)
            .unwrap_err()
            .to_string(),
        "version 2 is published, and this is version 1: customers accepted the newer one, so write what you want as version 3"
    );
    let draft = compile(HEAD).unwrap().after(None);
    assert_eq!(
        Publication::check(None, &draft, TODAY),
        Ok(Publication::First)
    );
    let draft = compile(&next(2, "2026-04-01")).unwrap().after(None);
    assert_eq!(
        Publication::check(None, &draft, TODAY),
        Err(Unpublishable::NotFirst(2))
    );
}

#[test]
fn a_sunset_before_the_version_holds_is_an_error() {
    let text =
        next(2, "2026-04-01").replace("notice_days = 30", "notice_days = 30\nsunset = 2026-03-31");
    assert!(faults(&text)[0].contains("cannot come before the new version is effective"));
    assert!(compile(&text.replace("2026-03-31", "2026-04-01")).is_ok());
    assert_eq!(TODAY.value() % DAY, DAY / 2);
}

#[test]
fn the_published_schema_is_the_one_that_this_compiler_reads_by() {
    let schema = serde_json::to_value(schema()).unwrap();
    let keys = |object: &serde_json::Value| -> Vec<String> {
        let properties = object["properties"].as_object().unwrap();
        properties.keys().cloned().collect()
    };
    for (name, known) in [
        ("Header", file::POLICY),
        ("Transfer", file::TRANSFER),
        ("Retention", file::RETENTION),
        ("Share", file::SHARE),
        ("Never", file::NEVER),
    ] {
        let mut known = known.to_vec();
        known.sort_unstable();
        let mut listed = keys(&schema["$defs"][name]);
        listed.sort_unstable();
        assert_eq!(listed, known, "{name}");
    }
    let mut file: Vec<&str> = file::FILE.to_vec();
    file.sort_unstable();
    let mut listed = keys(&schema);
    listed.sort_unstable();
    assert_eq!(listed, file);
    let fresh = serde_json::to_string_pretty(&schema).unwrap() + "\n";
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/policy.schema.json");
    if std::env::var_os("PARTYWALL_WRITE_SCHEMA").is_some() {
        std::fs::write(path, &fresh).unwrap();
    }
    let published = std::fs::read_to_string(path).unwrap_or_default();
    let published: serde_json::Value = serde_json::from_str(&published).unwrap_or_default();
    assert_eq!(
        published, schema,
        "run with PARTYWALL_WRITE_SCHEMA=1 to renew {path}"
    );
}

proptest::proptest! {
    #[test]
    fn no_text_makes_the_compiler_panic(
        cut in 0_usize..4_000,
        length in 0_usize..40,
        other in "[\\[\\]a-z0-9\"'=,\n#{}. \u{e9}-]{0,12}",
        which in 0_usize..4,
    ) {
        let text: Vec<char> = Shipped::ALL[which].text.chars().collect();
        let cut = cut.min(text.len());
        let mut changed: String = text[..cut].iter().collect();
        changed.push_str(&other);
        changed.extend(text[(cut + length).min(text.len())..].iter());
        if let Err(errors) = compile(&changed) {
            assert!(!errors.is_empty());
            let lines = changed.matches('\n').count() + 1;
            assert!(errors.iter().all(|error| error.place.line <= lines));
        }
    }
}
