//! The seller's contact: who, by which telephone number and which mail address.

use super::german::German;
use crate::model::Contact;

pub(super) fn check(contact: &Contact<'_>, german: &mut German<'_>) {
    let Some(at) = contact.at else { return };
    let named = contact.name.text().is_some() || contact.department.text().is_some();
    german.fatal(["BR-DE-5", "DE-R-005"], at, named, "the seller's contact point (BT-41) is missing");
    german.fatal(["BR-DE-6", "DE-R-006"], at, contact.telephone.text().is_some(), "the seller's telephone number (BT-42) is missing");
    german.fatal(["BR-DE-7", "DE-R-007"], at, contact.email.text().is_some(), "the seller's mail address (BT-43) is missing");
    let telephone = contact.telephone.text().unwrap_or_default();
    german.warning(["BR-DE-27", "DE-R-027"], at, is_telephone(telephone), "the telephone number (BT-42) has not three digits");
    let email = contact.email.text().unwrap_or_default();
    let well_formed = if german.release().is_later() { is_any_email(email) } else { is_email(email) };
    german.warning(["BR-DE-28", "DE-R-028"], at, well_formed, "the mail address (BT-43) is not well formed");
}

fn is_telephone(text: &str) -> bool {
    text.bytes().filter(u8::is_ascii_digit).count() >= 3
}

/// Words parted by dots, an @, and a host of at least two labels.
fn is_email(text: &str) -> bool {
    let Some((name, host)) = text.split_once('@') else { return false };
    name.split('.').all(is_word) && host.contains('.') && host.split('.').all(is_label)
}

/// As the later release reads it: any characters but blanks and a second @, and no dot too many in the host.
fn is_any_email(text: &str) -> bool {
    let Some((name, host)) = text.split_once('@') else { return false };
    let is_plain = |part: &str| !part.is_empty() && !part.contains(|other: char| other == '@' || other.is_whitespace());
    is_plain(name) && host.contains('.') && host.split('.').all(is_plain)
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&\"*+/=?^_`{|}~-".contains(&byte))
}

fn is_label(text: &str) -> bool {
    let inside = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    inside && !text.is_empty() && !text.starts_with('-') && !text.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mail_addresses_have_one_at_and_a_host() {
        for text in ["a@b.de", "first.last+tag@mail.example.com", "x_y-z@1-2.org"] {
            assert!(is_email(text), "{text}");
        }
        for text in ["", "a", "@b.de", "a@b", "a@b@c.de", ".a@b.de", "a.@b.de", "a@.b.de", "a@b.de.", "a b@c.de", "a@-b.de", "ä@b.de"] {
            assert!(!is_email(text), "{text}");
        }
    }

    #[test]
    fn later_releases_know_other_alphabets() {
        for text in ["a@b.de", "jörg@müller.de", "a..b@c.de", "a|b@c-.de"] {
            assert!(is_any_email(text), "{text}");
        }
        for text in ["", "a", "@b.de", "a@b", "a@b@c.de", "a b@c.de", "a@b..de", "a@b.de."] {
            assert!(!is_any_email(text), "{text}");
        }
    }

    #[test]
    fn telephone_numbers_have_three_digits() {
        assert!(is_telephone("+1-2 3") && is_telephone("abc123"));
        assert!(!is_telephone("12") && !is_telephone("١٢٣"));
    }
}
