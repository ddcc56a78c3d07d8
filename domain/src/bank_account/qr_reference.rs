//! The reference of a Swiss QR-bill: 27 digits, the last of which checks the others. Where the account is a QR-IBAN a bank takes no other.

#[derive(Clone, Debug, Eq, PartialEq)]
pub struct QrReference(String);

/// Recursive modulo 10, by what is carried on and the next digit.
const CARRY: [u8; 10] = [0, 9, 4, 6, 8, 2, 7, 1, 3, 5];
const LENGTH: usize = 27;

impl QrReference {
    /// Blanks that print it in groups carry no meaning.
    pub fn parse(text: &str) -> Option<Self> {
        let digits: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        if digits.len() != LENGTH || !digits.bytes().all(|byte| byte.is_ascii_digit()) || digits.bytes().all(|byte| byte == b'0') {
            return None;
        }
        let (body, check) = digits.as_bytes().split_at(LENGTH - 1);
        let carried = body.iter().fold(0, |carried, byte| CARRY[usize::from((carried + (byte - b'0')) % 10)]);
        let passes = (10 - carried) % 10 == check[0] - b'0';
        passes.then_some(Self(digits))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}
