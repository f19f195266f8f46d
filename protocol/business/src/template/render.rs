//! The customer's client sets parameters into the published text, each in its own form, so that a
//! business cannot write with them. (SPEC B-21) Knows: text, placeholders, parameters. Never
//! knows: what the customer's language would make of a number.

use super::lint::links;
use super::{Parameter, Slot, Template};
use crate::value::Money;
use partywall_ground::Day;

/// What the customer is shown. (SPEC B-21)
#[derive(Clone, PartialEq, Eq)]
pub struct Rendered {
    /// Stands above.
    pub header: Option<String>,
    /// The text with the parameters in it.
    pub body: String,
    /// Stands below.
    pub footer: Option<String>,
    /// What can be pressed.
    pub buttons: Vec<String>,
}

partywall_ground::silent!(Rendered);

/// The parameters do not fit the template's slots: it is not shown. (SPEC B-21)
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the parameters do not fit this template: it is not shown")]
pub struct Unfit;

/// A stretch of a body.
pub(super) enum Piece<'a> {
    Text(&'a str),
    /// `{{n}}`, n from 1 to 99 without leading zeros.
    Placeholder(usize),
}

/// A body's stretches, in order.
pub(super) fn pieces(body: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let (mut text, mut at) = (0, 0);
    while let Some(found) = body[at..].find("{{") {
        let open = at + found;
        match placeholder(&body[open..]) {
            Some((number, length)) => {
                if open > text {
                    pieces.push(Piece::Text(&body[text..open]));
                }
                pieces.push(Piece::Placeholder(number));
                at = open + length;
                text = at;
            }
            None => at = open + 1,
        }
    }
    if text < body.len() {
        pieces.push(Piece::Text(&body[text..]));
    }
    pieces
}

/// The number of a placeholder that the text begins with, and its length. Looks at six bytes.
fn placeholder(text: &str) -> Option<(usize, usize)> {
    let digit = |byte: u8| byte.is_ascii_digit().then(|| usize::from(byte - b'0'));
    match text.as_bytes() {
        [b'{', b'{', one, b'}', b'}', ..] => digit(*one).filter(|n| *n > 0).map(|n| (n, 5)),
        [b'{', b'{', ten, one, b'}', b'}', ..] => {
            let tens = digit(*ten).filter(|n| *n > 0)?;
            Some((10 * tens + digit(*one)?, 6))
        }
        _ => None,
    }
}

impl Template {
    /// Sets the parameters in. (SPEC B-21)
    ///
    /// # Errors
    /// When there are too few or too many, one is not of its slot's type, or an option makes a
    /// link with what stands around it.
    pub fn render(&self, parameters: &[Parameter]) -> Result<Rendered, Unfit> {
        let says = self.says();
        if parameters.len() != says.slots.len() {
            return Err(Unfit);
        }
        let forms = parameters.iter().zip(&says.slots);
        let forms: Vec<String> = forms
            .map(|(parameter, slot)| slot.form(parameter))
            .collect::<Result<_, _>>()?;
        let mut body = String::with_capacity(says.body.len());
        for piece in pieces(&says.body) {
            match piece {
                Piece::Text(text) => body.push_str(text),
                Piece::Placeholder(number) => {
                    let form = number.checked_sub(1).and_then(|place| forms.get(place));
                    body.push_str(form.ok_or(Unfit)?);
                }
            }
        }
        if links(&body) {
            return Err(Unfit);
        }
        Ok(Rendered {
            header: says.header.clone(),
            body,
            footer: says.footer.clone(),
            buttons: says.buttons.clone(),
        })
    }
}

impl Slot {
    fn form(&self, parameter: &Parameter) -> Result<String, Unfit> {
        if parameter.kind() != self.kind {
            return Err(Unfit);
        }
        match parameter {
            Parameter::Integer(number) => Ok(number.to_string()),
            Parameter::Money(amount) => Ok(money(*amount)),
            Parameter::Date(day) => date(Day::new(*day)).ok_or(Unfit),
            Parameter::Option(place) => {
                let options = self.options.as_deref().unwrap_or_default();
                options.get(usize::from(*place)).cloned().ok_or(Unfit)
            }
            Parameter::Code(code) => Ok(code.as_str().to_owned()),
        }
    }
}

/// `12.50 EUR`, `1200 JPY`.
fn money(amount: Money) -> String {
    let (units, word) = (amount.currency.minor_units(), amount.currency.word());
    let whole = amount.minor / units;
    let digits = units.ilog10() as usize;
    if digits == 0 {
        return format!("{whole} {word}");
    }
    format!("{whole}.{:0digits$} {word}", amount.minor % units)
}

/// `2026-11-22`; none after the year 9999.
fn date(day: Day) -> Option<String> {
    const DAYS_OF_400_YEARS: u64 = 146_097;
    // Counted from 0000-03-01, so that a leap day is the last of its year.
    let days = u64::from(day.value()) + 719_468;
    let (era, day_of_era) = (days / DAYS_OF_400_YEARS, days % DAYS_OF_400_YEARS);
    let leap_days = day_of_era / 1_460 + day_of_era / 146_096 - day_of_era / 36_524;
    let year_of_era = (day_of_era - leap_days) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day_of_month = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    (year <= 9_999).then(|| format!("{year:04}-{month:02}-{day_of_month:02}"))
}

#[cfg(test)]
mod tests;
