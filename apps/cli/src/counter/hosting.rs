//! On whose machines a business answers, as it is typed and as it is told.
//! Knows: the three answers. Never knows: whether they are true.

use partywall_business::Line;
use partywall_business::certificate::Hosting;
use serde_json::{Value, json};

use crate::words::one_line;

/// Reads `self`, `provider NAME` or `operator`.
///
/// # Errors
/// None of them.
pub(crate) fn hosting(said: &str) -> Result<Hosting, String> {
    let (first, rest) = said.trim().split_once(' ').unwrap_or((said.trim(), ""));
    match (first.to_ascii_lowercase().as_str(), rest.trim()) {
        ("self", "") => Ok(Hosting::Itself),
        ("operator", "") => Ok(Hosting::Operator),
        ("provider", name) if !name.is_empty() => Line::new(name)
            .map(Hosting::Provider)
            .map_err(|_bad| "a provider's name has 1 to 80 characters on one line".into()),
        _ => Err("say self, operator, or 'provider NAME' in quotes".into()),
    }
}

/// In words.
pub(crate) fn people(hosting: &Hosting) -> String {
    match hosting {
        Hosting::Itself => "on its own machines".to_owned(),
        Hosting::Provider(name) => format!("on machines of {}", one_line(name.as_str())),
        Hosting::Operator => {
            "on machines of the relay's operator, who could read what you say there".to_owned()
        }
    }
}

/// For scripts.
pub(crate) fn object(hosting: &Hosting) -> Value {
    match hosting {
        Hosting::Itself => json!({"by": "self"}),
        Hosting::Provider(name) => json!({"by": "provider", "name": name.as_str()}),
        Hosting::Operator => json!({"by": "operator"}),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_answers_are_read_and_nothing_else() {
        assert_eq!(hosting("self"), Ok(Hosting::Itself));
        assert_eq!(hosting("operator"), Ok(Hosting::Operator));
        let provider = hosting("provider Example Hosting").unwrap();
        assert_eq!(people(&provider), "on machines of Example Hosting");
        for said in ["", "me", "provider", "provider ", "self me", "operator x"] {
            assert!(hosting(said).is_err(), "{said}");
        }
    }

    #[test]
    fn a_customer_is_told_when_the_operator_could_read_along() {
        assert!(people(&Hosting::Operator).contains("could read"));
    }
}
