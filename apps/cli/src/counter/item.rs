//! ID,NAME,PRICE,QUANTITY: one line of an order.
//! Knows: its four parts. Never knows: what a shop sells.

use partywall_business::value::{Currency, Money};

use super::money;

/// One line of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// The shop's own number for it.
    pub(crate) id: String,
    /// What it is called.
    pub(crate) name: String,
    /// What one costs.
    pub(crate) price: Money,
    /// How many.
    pub(crate) quantity: u32,
}

/// Reads a line of an order. The name may hold commas.
///
/// # Errors
/// It has not four parts, or one of them is malformed.
pub(crate) fn line(said: &str) -> Result<Line, String> {
    let wrong =
        || "an item is ID,NAME,PRICE,QUANTITY, such as 'r1,Rye bread,4.20 EUR,2'".to_owned();
    let (id, rest) = said.split_once(',').ok_or_else(wrong)?;
    let (rest, quantity) = rest.rsplit_once(',').ok_or_else(wrong)?;
    let (name, price) = rest.rsplit_once(',').ok_or_else(wrong)?;
    let (id, name) = (id.trim(), name.trim());
    let quantity: u32 = quantity.trim().parse().map_err(|_| wrong())?;
    if id.is_empty() || name.is_empty() || quantity == 0 {
        return Err(wrong());
    }
    Ok(Line {
        id: id.to_owned(),
        name: name.to_owned(),
        price: money::money(price)?,
        quantity,
    })
}

/// What an order comes to.
///
/// # Errors
/// Two currencies, or more than can be counted.
pub(crate) fn total(lines: &[Line]) -> Result<Money, String> {
    let currency = lines
        .first()
        .map_or(Currency::Eur, |line| line.price.currency);
    let mut minor: u64 = 0;
    for line in lines {
        if line.price.currency != currency {
            return Err("all items of an order have prices in one currency".into());
        }
        minor = line
            .price
            .minor
            .checked_mul(u64::from(line.quantity))
            .and_then(|price| minor.checked_add(price))
            .ok_or("the order comes to more than can be counted")?;
    }
    Ok(Money { minor, currency })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_has_four_parts_and_its_name_may_hold_commas() {
        let bread = line("r1,Rye, dark,4.20 EUR,2").unwrap();
        assert_eq!(
            (bread.id.as_str(), bread.name.as_str()),
            ("r1", "Rye, dark")
        );
        assert_eq!((bread.price.minor, bread.quantity), (420, 2));
        for said in [
            "",
            "a",
            "a,b,c",
            "a,b,1 EUR,0",
            ",b,1 EUR,1",
            "a,,1 EUR,1",
            "a,b,x,1",
        ] {
            assert!(line(said).is_err(), "{said}");
        }
    }

    #[test]
    fn an_order_is_added_up_in_one_currency() {
        let lines = |said: &[&str]| {
            said.iter()
                .map(|one| line(one).unwrap())
                .collect::<Vec<_>>()
        };
        let two = lines(&["a,A,4.20 EUR,2", "b,B,0.10 EUR,1"]);
        assert_eq!(total(&two).map(|sum| sum.minor), Ok(850));
        assert!(total(&lines(&["a,A,1 EUR,1", "b,B,1 USD,1"])).is_err());
        let much = "a,A,184467440737095516.15 EUR,2";
        assert!(total(&lines(&[much])).is_err());
    }
}
