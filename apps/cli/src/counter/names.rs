//! Words of closed lists as people type them, and the nearest one where a word is in no list.
//! Knows: spelling. Never knows: what the words mean.

use partywall_business::certificate::Industry;
use partywall_business::field::{Field, Purpose, Recipient, Region};
use partywall_business::{Category, Why};

/// How unlike a word may be and still be meant: 0 nothing in common, 1 the same.
const ALIKE: f64 = 0.75;

/// The member of a list that a word names; `-` and capitals are forgiven.
///
/// # Errors
/// There is none; the sentence names the nearest, or all.
pub(crate) fn one_of<T: Copy>(
    kind: &str,
    all: &[T],
    word: fn(T) -> &'static str,
    said: &str,
) -> Result<T, String> {
    let plain = said.trim().to_ascii_lowercase().replace('-', "_");
    let same = |one: &&T| word(**one).eq_ignore_ascii_case(&plain);
    if let Some(found) = all.iter().find(same) {
        return Ok(*found);
    }
    let nearness = |one: &T| strsim::jaro_winkler(&word(*one).to_ascii_lowercase(), &plain);
    let nearest = all
        .iter()
        .map(|one| (nearness(one), word(*one)))
        .max_by(|(one, _), (other, _)| one.total_cmp(other));
    let said = crate::words::one_line(said);
    Err(match nearest {
        Some((near, name)) if near >= ALIKE => {
            format!("there is no {kind} \"{said}\"; did you mean {name}?")
        }
        _ => {
            let names: Vec<&str> = all.iter().map(|one| word(*one)).collect();
            format!(
                "there is no {kind} \"{said}\"; there are {}",
                names.join(", ")
            )
        }
    })
}

macro_rules! named {
    ($($(#[$about:meta])* $name:ident, $list:ident, $kind:literal;)*) => {$(
        $(#[$about])*
        ///
        /// # Errors
        /// There is none of that name.
        pub(crate) fn $name(said: &str) -> Result<$list, String> {
            one_of($kind, &$list::ALL, $list::word, said)
        }
    )*};
}

named! {
    /// What may be told.
    field, Field, "field";
    /// Who is told.
    recipient, Recipient, "recipient";
    /// What it is told for.
    purpose, Purpose, "purpose";
    /// Where the customer lives.
    region, Region, "region";
    /// What a template is for.
    category, Category, "category";
    /// What a business does.
    industry, Industry, "industry";
    /// What a message is reported for.
    why, Why, "reason";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found_and_small_liberties_are_forgiven() {
        assert_eq!(field("phone_number"), Ok(Field::PhoneNumber));
        assert_eq!(field(" Phone-Number"), Ok(Field::PhoneNumber));
        assert_eq!(region("EU"), Ok(Region::Eu));
        assert_eq!(region("us-ca"), Ok(Region::UsCa));
        assert_eq!(category("UTILITY"), Ok(Category::Utility));
    }

    #[test]
    fn a_word_that_is_in_no_list_is_answered_with_the_nearest() {
        assert_eq!(
            field("phone_nmber"),
            Err("there is no field \"phone_nmber\"; did you mean phone_number?".into())
        );
        assert!(
            purpose("ads")
                .unwrap_err()
                .contains("ads_product_improvement")
        );
        assert_eq!(
            recipient("zzz"),
            Err(
                "there is no recipient \"zzz\"; there are business, parent, service_provider"
                    .into()
            )
        );
        assert!(!field("\u{1b}[2J").unwrap_err().contains('\u{1b}'));
    }
}
