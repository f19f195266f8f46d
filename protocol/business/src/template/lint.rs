//! What is wrong with a template, by rules that need no taste. (SPEC §11.9, B-21)
//! Knows: eighteen rules. Never knows: what an operator thinks of the rest.

use super::{Draft, ParameterKind};
use crate::Category;
use crate::field::closed;
use crate::text::deceives;
use std::collections::BTreeSet;

closed! {
    /// A rule that a template breaks. (SPEC §11.9)
    Lint, 18 {
        /// The body is empty or longer than 1,024 characters.
        Body = 1, "body empty or too long";
        /// Header or footer are empty or longer than 60 characters.
        Edges = 2, "header or footer empty or too long";
        /// There are more than three buttons.
        Buttons = 3, "more than three buttons";
        /// A button is empty or longer than 20 characters.
        Button = 4, "button empty or too long";
        /// The placeholders are not 1 to k, each at least once, k the number of slots.
        Placeholders = 5, "placeholders not 1 to k";
        /// A placeholder stands outside the body.
        Misplaced = 6, "placeholder outside the body";
        /// Two placeholders stand side by side.
        SideBySide = 7, "two placeholders side by side";
        /// The body begins or ends with a placeholder.
        AtTheEdge = 8, "body begins or ends with a placeholder";
        /// There is a link.
        Link = 9, "a link";
        /// There are characters that deceive the eye.
        Deceiving = 10, "control or bidirectional characters";
        /// It shouts.
        Shouting = 11, "words in capitals";
        /// It advertises and says that it does not.
        Advertising = 12, "wording of an advertisement outside MARKETING";
        /// A short code in an advertisement.
        CodeInMarketing = 13, "short code in MARKETING";
        /// A number of five digits or more.
        LongNumber = 14, "a run of five digits or more";
        /// The options of a slot are missing, empty, too many or too long.
        Options = 15, "options missing, empty or too many";
        /// Name, version or language are malformed.
        Naming = 16, "name, version or language malformed";
        /// AUTHENTICATION without a short code.
        NoCode = 17, "AUTHENTICATION without a short code";
        /// Punctuation is repeated.
        Punctuation = 18, "repeated punctuation";
    }
}

impl Lint {
    /// Whether it refuses the template; the others leave it to the operator. (SPEC §11.9)
    #[must_use]
    pub const fn refuses(self) -> bool {
        matches!(self.code(), 1..=6 | 9 | 10 | 15 | 16)
    }
}

/// The slots of a template at most. (SPEC §11.6)
const SLOTS: usize = 16;
const OPTIONS: usize = 16;
const OPTION: usize = 32;
/// Capitals in a row that shout, and how many such words it takes.
const SHOUTED: usize = 4;
const ADVERTISING: [&str; 16] = [
    "% off",
    "buy now",
    "cashback",
    "coupon",
    "deal",
    "discount",
    "exclusive offer",
    "for free",
    "hurry",
    "limited time",
    "offer",
    "promo",
    "sale",
    "special price",
    "voucher",
    "win a",
];

impl Draft {
    /// The rules that it breaks. (SPEC §11.9)
    #[must_use]
    pub fn lint(&self) -> BTreeSet<Lint> {
        let Pieces { placeholders, torn } = Pieces::of(&self.body);
        let all = || self.texts();
        let outside = || self.outside();
        let codes = self
            .slots
            .iter()
            .any(|slot| slot.kind == ParameterKind::Code);
        let broken = [
            (Lint::Body, !within(&self.body, 1_024)),
            (Lint::Edges, self.edges().any(|text| !within(text, 60))),
            (Lint::Buttons, self.buttons.len() > 3),
            (
                Lint::Button,
                self.buttons.iter().any(|text| !within(text, 20)),
            ),
            (
                Lint::Placeholders,
                torn || !counts(&placeholders, self.slots.len()),
            ),
            (
                Lint::Misplaced,
                outside().any(|text| text.contains("{{") || text.contains("}}")),
            ),
            (Lint::SideBySide, side_by_side(&self.body)),
            (Lint::AtTheEdge, self.at_the_edge()),
            (Lint::Link, all().any(links)),
            (
                Lint::Deceiving,
                all().any(|text| text.chars().any(|one| deceives(one) && one != '\n'))
                    || outside().any(|text| text.contains('\n')),
            ),
            (Lint::Shouting, all().any(shouts)),
            (
                Lint::Advertising,
                self.category != Category::Marketing && all().any(advertises),
            ),
            (
                Lint::CodeInMarketing,
                self.category == Category::Marketing && codes,
            ),
            (Lint::LongNumber, all().any(has_long_number)),
            (Lint::Options, !self.slots.iter().all(super::Slot::is_whole)),
            (Lint::Naming, !self.is_named()),
            (
                Lint::NoCode,
                self.category == Category::Authentication && !codes,
            ),
            (Lint::Punctuation, all().any(repeats)),
        ];
        broken
            .into_iter()
            .filter_map(|(lint, breaks)| breaks.then_some(lint))
            .collect()
    }

    /// Every text that a customer may see.
    fn texts(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.body.as_str()).chain(self.outside())
    }

    /// All of them but the body.
    fn outside(&self) -> impl Iterator<Item = &str> {
        let options = self
            .slots
            .iter()
            .flat_map(|slot| slot.options.iter().flatten());
        let buttons = self.buttons.iter().chain(options);
        self.edges().chain(buttons.map(String::as_str))
    }

    fn edges(&self) -> impl Iterator<Item = &str> {
        [&self.header, &self.footer]
            .into_iter()
            .flatten()
            .map(String::as_str)
    }

    fn at_the_edge(&self) -> bool {
        let body = self.body.trim();
        body.starts_with("{{") || body.ends_with("}}")
    }

    fn is_named(&self) -> bool {
        let name = self.name.as_bytes();
        let letters =
            |part: &str| part.len() == 2 && part.bytes().all(|one| one.is_ascii_alphabetic());
        let lower = |part: &str| letters(part) && part.bytes().all(|one| one.is_ascii_lowercase());
        let upper = |part: &str| letters(part) && part.bytes().all(|one| one.is_ascii_uppercase());
        let language = match self.language.split_once('-') {
            Some((language, country)) => lower(language) && upper(country),
            None => lower(&self.language),
        };
        (1..=64).contains(&name.len())
            && name
                .iter()
                .all(|one| matches!(one, b'a'..=b'z' | b'0'..=b'9' | b'_'))
            && self.version.value() >= 1
            && language
    }
}

impl super::Slot {
    fn is_whole(&self) -> bool {
        match (&self.options, self.kind) {
            (Some(options), ParameterKind::Option) => {
                (1..=OPTIONS).contains(&options.len())
                    && options.iter().all(|option| within(option, OPTION))
            }
            (None, ParameterKind::Option) | (Some(_), _) => false,
            (None, _) => true,
        }
    }
}

fn within(text: &str, most: usize) -> bool {
    !text.trim().is_empty() && text.chars().count() <= most
}

/// A body's placeholders in order, and whether braces stand there that are none.
struct Pieces {
    placeholders: Vec<usize>,
    torn: bool,
}

impl Pieces {
    fn of(body: &str) -> Self {
        let mut placeholders = Vec::new();
        let mut torn = false;
        for piece in super::render::pieces(body) {
            match piece {
                super::render::Piece::Placeholder(place) => placeholders.push(place),
                super::render::Piece::Text(text) => {
                    torn |= text.contains("{{") || text.contains("}}");
                }
            }
        }
        Self { placeholders, torn }
    }
}

/// Whether the placeholders are 1 … k, each at least once.
fn counts(placeholders: &[usize], slots: usize) -> bool {
    let named: BTreeSet<usize> = placeholders.iter().copied().collect();
    slots <= SLOTS && named.iter().copied().eq(1..=slots)
}

fn side_by_side(body: &str) -> bool {
    let mut after_placeholder = false;
    for piece in super::render::pieces(body) {
        match piece {
            super::render::Piece::Placeholder(_) if after_placeholder => return true,
            super::render::Piece::Placeholder(_) => after_placeholder = true,
            super::render::Piece::Text(text) => after_placeholder &= text.trim().is_empty(),
        }
    }
    false
}

/// `://`, `www.`, or a top-level domain between a dot and a slash. (SPEC B-21)
pub(super) fn links(text: &str) -> bool {
    let text = text.to_lowercase();
    text.contains("://") || text.contains("www.") || has_slashed_domain(&text)
}

/// A dot, two letters or more and a slash.
fn has_slashed_domain(text: &str) -> bool {
    let mut parts = text.split('/');
    parts.next_back();
    parts.any(|before| {
        before.rsplit_once('.').is_some_and(|(_, domain)| {
            domain.chars().nth(1).is_some() && domain.chars().all(char::is_alphabetic)
        })
    })
}

/// Four words or more that are written in four capitals or more.
fn shouts(text: &str) -> bool {
    let shouted = |word: &&str| {
        let letters = || word.chars().filter(|one| one.is_alphabetic());
        letters().count() >= SHOUTED && letters().all(char::is_uppercase)
    };
    text.split_whitespace().filter(shouted).count() >= SHOUTED
}

fn advertises(text: &str) -> bool {
    let text = text.to_lowercase();
    ADVERTISING.iter().any(|wording| {
        text.match_indices(wording).any(|(at, _)| {
            let before = text[..at].chars().next_back();
            let after = text[at + wording.len()..].chars().next();
            !before.is_some_and(char::is_alphabetic) && !after.is_some_and(char::is_alphabetic)
        })
    })
}

fn has_long_number(text: &str) -> bool {
    let mut run = 0;
    text.chars().any(|one| {
        run = if one.is_numeric() { run + 1 } else { 0 };
        run >= 5
    })
}

/// `!!`, `??`, `?!` and four dots or more.
fn repeats(text: &str) -> bool {
    let marks = |one: char| matches!(one, '!' | '?' | '¡' | '¿' | '！' | '？');
    let characters: Vec<char> = text.chars().collect();
    characters
        .windows(2)
        .any(|pair| marks(pair[0]) && marks(pair[1]))
        || text.contains("....")
}

#[cfg(test)]
mod tests;
