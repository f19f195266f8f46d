//! What a configuration may say, and how it is told what is wrong.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::*;

fn read(text: &str) -> Result<Settings, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("exporter.toml");
    std::fs::write(&path, text).unwrap();
    Settings::read(&path).map_err(|error| {
        error
            .to_string()
            .replace(&*path.to_string_lossy(), "exporter.toml")
    })
}

fn refusal(text: &str) -> String {
    read(text).err().expect("it is refused")
}

const FILE: &str =
    "[[sink]]\nname = \"a\"\nrecipient = \"parent\"\nkind = \"file\"\npath = \"a.jsonl\"\n";

#[test]
fn the_example_says_what_it_says() {
    let settings = read(EXAMPLE).unwrap();
    let [archive, ads] = &settings.sinks[..] else {
        unreachable!("two sinks")
    };
    assert_eq!(
        (archive.name.as_str(), archive.recipient),
        ("archive", Recipient::ServiceProvider)
    );
    assert_eq!(archive.attempt_timeout, Duration::from_secs(5));
    assert!(
        matches!(&archive.way, Way::File { path } if path.ends_with("archive.jsonl") && path.is_absolute())
    );
    assert_eq!(
        (ads.name.as_str(), ads.recipient),
        ("parent-ads", Recipient::Parent)
    );
    let Way::Webhook {
        url,
        secret_file,
        roots,
    } = &ads.way
    else {
        unreachable!("a webhook")
    };
    assert_eq!((url.host(), roots), ("sink.example", &Roots::Platform));
    assert!(secret_file.ends_with("parent-ads.secret"));
}

#[test]
fn an_unknown_key_is_refused_with_its_line_and_the_nearest_known_one() {
    assert_eq!(
        refusal(&format!("{FILE}pth = \"b\"\n")),
        "exporter.toml:6: unknown key `pth`; did you mean `path`?"
    );
    assert_eq!(
        refusal("[[sinks]]\nname = \"a\"\n"),
        "exporter.toml:1: unknown key `sinks`; did you mean `sink`?"
    );
    assert!(refusal(&format!("{FILE}zzzzzz = \"b\"\n")).contains("config example"));
}

#[test]
fn what_a_sink_needs_and_what_it_has_not_is_said() {
    let cases = [
        (
            "name = \"a\"",
            "name = \"A b\"",
            "exporter.toml:2: `name` needs 1 to 64 of a-z, 0-9, - and _",
        ),
        (
            "\"parent\"",
            "\"business\"",
            "exporter.toml:3: `recipient` needs \"parent\" or \"service_provider\"",
        ),
        (
            "\"file\"",
            "\"pipe\"",
            "exporter.toml:4: `kind` needs \"file\" or \"webhook\"",
        ),
        (
            "\"a.jsonl\"",
            "7",
            "exporter.toml:5: `path` needs a text in quotation marks",
        ),
        (
            "path = \"a.jsonl\"\n",
            "",
            "exporter.toml:1: this sink has no `path`; it needs the path of a file",
        ),
        (
            "path = ",
            "url = ",
            "exporter.toml:5: a sink of kind \"file\" has no `url`",
        ),
        (
            "path = \"a.jsonl\"",
            "path = \"a\"\nattempt_timeout = \"2m\"",
            "exporter.toml:6: `attempt_timeout` needs a time from \"1s\" to \"60s\"",
        ),
    ];
    for (what, instead, said) in cases {
        assert_eq!(refusal(&FILE.replace(what, instead)), said);
    }
    let twice = format!("{FILE}{FILE}");
    assert_eq!(
        refusal(&twice),
        "exporter.toml:6: there are two sinks named `a`"
    );
    let one_file = format!("{FILE}{}", FILE.replace("name = \"a\"", "name = \"b\""));
    assert_eq!(
        refusal(&one_file),
        "exporter.toml:6: the sinks `a` and `b` have one file; give each its own"
    );
    assert!(refusal("").contains("there is no [[sink]]"));
    assert!(refusal("sink = 7").contains("two brackets"));
    let many: String = (0..65)
        .map(|i| FILE.replace("\"a", &format!("\"a{i}")))
        .collect();
    assert!(refusal(&many).contains("at most 64"));
    assert!(read(&many.replacen(&FILE.replace("\"a", "\"a64"), "", 1)).is_ok());
}

#[test]
fn a_webhook_is_asked_by_tls_only_and_its_url_holds_no_secret() {
    let webhook = |url: &str| {
        FILE.replace("\"file\"", "\"webhook\"").replace(
            "path = \"a.jsonl\"",
            &format!("url = \"{url}\"\nsecret_file = \"s\""),
        )
    };
    assert!(read(&webhook("https://sink.example/in")).is_ok());
    for (url, why) in [
        ("http://sink.example/in", "only https://"),
        ("http://127.0.0.1/in", "only https://"),
        ("https://me:canary@sink.example/in", "secrets do not belong"),
    ] {
        let said = refusal(&webhook(url));
        assert!(
            said.starts_with("exporter.toml:5: `url`: ") && said.contains(why),
            "{said}"
        );
        assert!(!said.contains("canary"), "{said}");
    }
}

#[test]
fn a_sink_opens_only_with_a_secret_that_is_private_and_a_ca_file_that_is_one() {
    let folder = tempfile::tempdir().unwrap();
    let sink = |secret: &str, ca: &str| SinkSettings {
        name: "a".into(),
        recipient: Recipient::Parent,
        way: Way::Webhook {
            url: Url::parse("https://sink.example/", partywall_fetch::Plain::Refused)
                .ok()
                .unwrap(),
            secret_file: folder.path().join(secret),
            roots: Roots::File(folder.path().join(ca)),
        },
        attempt_timeout: Duration::from_secs(5),
    };
    let write = |name: &str, text: &str, mode: u32| {
        use std::os::unix::fs::PermissionsExt;
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    let made = rcgen::generate_simple_self_signed(["a.example".to_owned()]).unwrap();
    write("ca.pem", &made.cert.pem(), 0o644);
    write("empty.pem", "", 0o644);
    write("good", "0123456789abcdef0123456789abcdef\n", 0o600);
    write("open", "0123456789abcdef0123456789abcdef\n", 0o644);
    assert!(sink("good", "ca.pem").open().is_ok());
    let said = |secret, ca| {
        sink(secret, ca)
            .open()
            .err()
            .map(|error| error.to_string())
            .unwrap_or_default()
    };
    assert!(said("open", "ca.pem").contains("can be read by others (mode 644)"));
    assert!(said("none", "ca.pem").contains("there is no such file"));
    assert!(said("good", "empty.pem").contains("holds no certificate"));
    assert!(said("good", "none.pem").contains("cannot read the CA file"));
}

#[test]
fn a_file_that_is_not_there_is_said_with_how_to_make_one() {
    let said = Settings::read(Path::new("/none/exporter.toml"))
        .err()
        .unwrap();
    assert_eq!(
        said,
        ConfigError::Unreadable {
            file: PathBuf::from("/none/exporter.toml"),
            why: std::io::ErrorKind::NotFound
        }
    );
    assert!(said.to_string().contains("config example"));
}
