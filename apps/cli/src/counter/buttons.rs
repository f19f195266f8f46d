//! ID=TITLE: a button, as a shop types it.
//! Knows: its two parts. Never knows: what it is pressed for.

/// A button.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Labelled {
    /// What the choice is named by.
    pub(crate) id: String,
    /// What stands on it.
    pub(crate) title: String,
}

/// Reads a button.
///
/// # Errors
/// It has not two parts, or one is too long.
pub(crate) fn button(said: &str) -> Result<Labelled, String> {
    let wrong = || {
        "a button is ID=TITLE: an id of 1 to 64 bytes, a title of 1 to 20 characters, such as yes=Yes"
            .to_owned()
    };
    let (id, title) = said.split_once('=').ok_or_else(wrong)?;
    let (id, title) = (id.trim(), title.trim());
    let fits = (1..=64).contains(&id.len()) && (1..=20).contains(&title.chars().count());
    if !fits {
        return Err(wrong());
    }
    Ok(Labelled {
        id: id.to_owned(),
        title: title.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_button_has_an_id_and_a_short_title() {
        let yes = button("yes=Yes, please").unwrap();
        assert_eq!(
            (yes.id.as_str(), yes.title.as_str()),
            ("yes", "Yes, please")
        );
        for said in ["yes", "=Yes", "yes=", "yes=This title is far too long"] {
            assert!(button(said).is_err(), "{said}");
        }
    }
}
