//! ISO 7064 MOD 97-10, the check of IBANs and creditor references.

/// Whether `text` (ASCII letters and digits, its first four characters being a prefix and two check digits) passes.
/// Check digits 00, 01 and 99 are congruent to 97, 98 and 02 and therefore would pass too; nobody may issue them.
pub(super) fn passes(text: &str) -> bool {
    let (head, body) = text.split_at(4);
    issued(&head[2..]) && remainder(body.bytes().chain(head.bytes())) == 1
}

fn issued(check_digits: &str) -> bool {
    ("02"..="98").contains(&check_digits)
}

fn remainder(characters: impl Iterator<Item = u8>) -> u32 {
    characters.fold(0, |rest, character| match character {
        b'0'..=b'9' => (rest * 10 + u32::from(character - b'0')) % 97,
        letter => (rest * 100 + u32::from(letter - b'A') + 10) % 97,
    })
}
