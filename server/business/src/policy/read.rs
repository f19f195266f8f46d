//! Reads words, texts, numbers and dates out of a TOML section, and keeps every fault with its
//! place. (SPEC §12.3)
//! Knows: what a section may hold. Never knows: what the rows mean together.

use super::fault::{Place, PolicyError};
use partywall_business::field::{Basis, Field, Purpose, Recipient, Region};
use partywall_business::precision::{KeepDays, Precision};
use partywall_business::table::Text;
use partywall_ground::Seconds;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A file being read, and what was found wrong with it.
pub(super) struct Reading<'t> {
    text: &'t str,
    errors: Vec<PolicyError>,
}

/// One section: its name for people, where it begins, what is in it.
pub(super) struct Section<'a, 't> {
    pub(super) name: &'static str,
    pub(super) span: Range<usize>,
    pub(super) table: &'a DeTable<'t>,
}

/// A word of one of the closed lists.
pub(super) trait Word: Copy + 'static {
    /// What it is, for people.
    const WHAT: &'static str;
    /// All of them.
    fn all() -> Vec<Self>;
    /// As it is written.
    fn word(self) -> &'static str;
}

macro_rules! words {
    ($($name:ident, $what:literal;)*) => {$(
        impl Word for $name {
            const WHAT: &'static str = $what;
            fn all() -> Vec<Self> {
                Self::ALL.to_vec()
            }
            fn word(self) -> &'static str {
                $name::word(self)
            }
        }
    )*};
}

words! {
    Field, "field";
    Recipient, "recipient";
    Purpose, "purpose";
    Region, "region";
    Basis, "basis";
    Precision, "precision";
}

impl<'t> Reading<'t> {
    pub(super) const fn of(text: &'t str) -> Self {
        Self {
            text,
            errors: Vec::new(),
        }
    }

    /// Notes a fault.
    pub(super) fn fault(&mut self, span: &Range<usize>, sentence: String) {
        let place = Place::of(self.text, span.start);
        self.errors.push(PolicyError { place, sentence });
    }

    /// Whether nothing was wrong so far.
    pub(super) const fn is_clean(&self) -> bool {
        self.errors.is_empty()
    }

    /// The value, if nothing was wrong; all faults otherwise, in the order of the lines.
    pub(super) fn ended<T>(mut self, value: Option<T>) -> Result<T, Vec<PolicyError>> {
        self.errors.sort();
        self.errors.dedup();
        match value {
            Some(value) if self.errors.is_empty() => Ok(value),
            _ => Err(self.errors),
        }
    }

    /// Refuses keys that the section does not have.
    pub(super) fn keys(&mut self, section: &Section<'_, '_>, known: &[&'static str]) {
        for key in section.table.keys() {
            let name: &str = key.get_ref();
            if !known.contains(&name) {
                let nearest = nearest(name, known.iter().copied());
                self.fault(
                    &key.span(),
                    format!("{} has no key `{name}`{nearest}", section.name),
                );
            }
        }
    }

    /// The section's value of a key; a fault if it has none.
    fn required<'a>(
        &mut self,
        section: &Section<'a, 't>,
        key: &str,
    ) -> Option<&'a Spanned<DeValue<'t>>> {
        let value = section.table.get(key);
        if value.is_none() {
            self.fault(&section.span, format!("{} needs `{key}`", section.name));
        }
        value
    }

    /// A text that has to be there.
    pub(super) fn text<const N: usize>(
        &mut self,
        section: &Section<'_, 't>,
        key: &str,
    ) -> Option<Text<N>> {
        self.required(section, key)?;
        self.maybe_text(section, key)
    }

    /// A text that may be there.
    pub(super) fn maybe_text<const N: usize>(
        &mut self,
        section: &Section<'_, 't>,
        key: &str,
    ) -> Option<Text<N>> {
        let value = section.table.get(key)?;
        let Some(text) = value.get_ref().as_str() else {
            self.fault(
                &value.span(),
                format!("`{key}` is a text: put it in quotes"),
            );
            return None;
        };
        match Text::new(text) {
            Ok(text) => Some(text),
            Err(bad) => {
                self.fault(&value.span(), format!("`{key}`: {bad}"));
                None
            }
        }
    }

    /// A number that has to be there, of 1 to `most`.
    pub(super) fn number(
        &mut self,
        section: &Section<'_, 't>,
        key: &str,
        most: u32,
    ) -> Option<u32> {
        let value = self.required(section, key)?;
        let number = value
            .get_ref()
            .as_integer()
            .and_then(|integer| u32::from_str_radix(integer.as_str(), integer.radix()).ok());
        match number {
            Some(number) if (1..=most).contains(&number) => Some(number),
            _ => {
                self.fault(
                    &value.span(),
                    format!("`{key}` is a whole number from 1 to {most}, without quotes"),
                );
                None
            }
        }
    }

    /// A number of days that has to be there.
    pub(super) fn days(&mut self, section: &Section<'_, 't>, key: &str) -> Option<KeepDays> {
        let days = self.number(section, key, u32::from(KeepDays::MOST))?;
        KeepDays::new(u16::try_from(days).ok()?)
    }

    /// A date that has to be there.
    pub(super) fn date(&mut self, section: &Section<'_, 't>, key: &str) -> Option<Seconds> {
        self.required(section, key)?;
        self.maybe_date(section, key)
    }

    /// A date that may be there.
    pub(super) fn maybe_date(&mut self, section: &Section<'_, 't>, key: &str) -> Option<Seconds> {
        let value = section.table.get(key)?;
        let seconds = value.get_ref().as_datetime().and_then(super::date::seconds);
        if seconds.is_none() {
            self.fault(
                &value.span(),
                format!("`{key}` is a date from 1970 on, without quotes: 2027-01-31"),
            );
        }
        seconds
    }

    /// One word that has to be there.
    pub(super) fn word<T: Word>(&mut self, section: &Section<'_, 't>, key: &str) -> Option<T> {
        self.required(section, key)?;
        self.maybe_word(section, key)
    }

    /// One word that may be there.
    pub(super) fn maybe_word<T: Word>(
        &mut self,
        section: &Section<'_, 't>,
        key: &str,
    ) -> Option<T> {
        let value = section.table.get(key)?;
        self.one(key, value)
    }

    /// One word or a list of words that has to be there; `all` for all, where that is a word.
    pub(super) fn words<T: Word>(
        &mut self,
        section: &Section<'_, 't>,
        key: &str,
        whole: Option<&str>,
    ) -> Option<Vec<T>> {
        let value = self.required(section, key)?;
        if whole.is_some() && value.get_ref().as_str() == whole {
            return Some(T::all());
        }
        let Some(list) = value.get_ref().as_array() else {
            return self.one(key, value).map(|word| vec![word]);
        };
        if list.is_empty() {
            self.fault(&value.span(), format!("`{key}` names nothing"));
            return None;
        }
        let words: Vec<Option<T>> = list.iter().map(|value| self.one(key, value)).collect();
        words.into_iter().collect()
    }

    fn one<T: Word>(&mut self, key: &str, value: &Spanned<DeValue<'t>>) -> Option<T> {
        let Some(name) = value.get_ref().as_str() else {
            self.fault(
                &value.span(),
                format!("`{key}` is the name of a {}, in quotes", T::WHAT),
            );
            return None;
        };
        let found = T::all().into_iter().find(|word| word.word() == name);
        if found.is_none() {
            let nearest = nearest(name, T::all().into_iter().map(T::word));
            self.fault(
                &value.span(),
                format!("there is no {} `{name}`{nearest}", T::WHAT),
            );
        }
        found
    }
}

/// `: did you mean …?` with the known name that is nearest.
fn nearest(name: &str, known: impl Iterator<Item = &'static str>) -> String {
    known
        .min_by_key(|known| strsim::osa_distance(name, known))
        .map_or_else(String::new, |known| format!(": did you mean `{known}`?"))
}
