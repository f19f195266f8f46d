//! FIELD/RECIPIENT/PURPOSE: one switch, as it is typed.
//! Knows: three words and two slashes. Never knows: whether a table offers it.

use partywall_business::table::Row;

use super::names;

/// Reads a switch.
///
/// # Errors
/// It has not three words, or one is in no list.
pub(crate) fn row(said: &str) -> Result<Row, String> {
    let words: Vec<&str> = said.split('/').collect();
    let [field, recipient, purpose] = words.as_slice() else {
        return Err(
            "a switch is FIELD/RECIPIENT/PURPOSE, such as locale/business/service_operation".into(),
        );
    };
    Ok(Row::new(
        names::field(field)?,
        names::recipient(recipient)?,
        names::purpose(purpose)?,
    ))
}

/// The switch, as it can be typed.
pub(crate) fn typed(row: Row) -> String {
    format!("{}/{}/{}", row.field, row.recipient, row.purpose)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_switch_is_read_as_it_is_shown() {
        for one in Row::all() {
            assert_eq!(row(&typed(one)), Ok(one));
        }
    }

    #[test]
    fn what_is_no_switch_is_explained() {
        for said in ["", "locale", "locale/business", "a/b/c/d"] {
            assert!(
                row(said).unwrap_err().contains("FIELD/RECIPIENT/PURPOSE"),
                "{said}"
            );
        }
        let near = row("locale/busines/service_operation").unwrap_err();
        assert!(near.contains("did you mean business?"), "{near}");
    }
}
