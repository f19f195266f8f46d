//! Looks for words in bytes, in every spelling that a program might have written them in.
//! Knows: bytes. Never knows: whose words they are.

/// Spellings: as it is, UTF-16, hex in small and capital letters, and the three alignments of base64.
pub(crate) fn spellings(word: &[u8]) -> Vec<Vec<u8>> {
    let mut all = vec![word.to_vec()];
    if let Ok(text) = std::str::from_utf8(word) {
        all.push(text.encode_utf16().flat_map(u16::to_le_bytes).collect());
    }
    all.push(hex::encode(word).into_bytes());
    all.push(hex::encode_upper(word).into_bytes());
    all.extend((0..3).map(|skipped| base64_core(word, skipped)));
    all
}

/// Whether one of the spellings occurs.
pub(crate) fn occurs(word: &[u8], haystack: &[u8]) -> bool {
    spellings(word)
        .iter()
        .any(|spelling| contains(haystack, spelling))
}

/// Whether these bytes occur.
pub(crate) fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    let Some((first, rest)) = needle.split_first() else {
        return true;
    };
    let mut from = 0;
    while let Some(at) = haystack[from..].iter().position(|byte| byte == first) {
        let behind = from + at + 1;
        if haystack[behind..].starts_with(rest) {
            return true;
        }
        from = behind;
    }
    false
}

/// The characters of base64 that a word makes when `before` bytes of something else stand before it
/// in its group of three, without those that depend on its neighbours.
fn base64_core(word: &[u8], before: usize) -> Vec<u8> {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let skipped = (3 - before) % 3;
    let whole = word.get(skipped..).unwrap_or_default();
    let (groups, _cut) = whole.as_chunks::<3>();
    let sextets = groups.iter().flat_map(|[a, b, c]| {
        let bits = u32::from(*a) << 16 | u32::from(*b) << 8 | u32::from(*c);
        [18, 12, 6, 0].map(|shift| ALPHABET[(bits >> shift & 63) as usize])
    });
    sextets.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORD: &[u8] = "Grüße von der Mauer".as_bytes();

    #[test]
    fn a_word_is_found_in_every_spelling_and_place() {
        // base64 of "x…", "xy…" and "xyz…" before the word, worked out apart from this code.
        let texts: [&[u8]; 3] = [
            b"eEdyw7zDn2Ugdm9uIGRlciBNYXVlcg==",
            b"eHlHcsO8w59lIHZvbiBkZXIgTWF1ZXI=",
            b"eHl6R3LDvMOfZSB2b24gZGVyIE1hdWVy",
        ];
        for text in texts {
            assert!(occurs(WORD, text), "{}", String::from_utf8_lossy(text));
        }
        let wide: Vec<u8> = "..Grüße von der Mauer"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        let hexed = format!("00{}", hex::encode_upper(WORD));
        for haystack in [&[b"\0\xff", WORD].concat()[..], &wide, hexed.as_bytes()] {
            assert!(occurs(WORD, haystack));
        }
    }

    #[test]
    fn a_word_that_is_not_there_is_not_found() {
        assert!(!occurs(WORD, "Grüße von der Maue".as_bytes()));
        assert!(!occurs(WORD, b""));
        assert!(!contains(b"aaab", b"aab\0"));
        assert!(contains(b"aaab", b"aab"));
    }
}
