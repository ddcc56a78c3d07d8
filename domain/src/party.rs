//! Who stands on a document: name, tax ids and postal address as EN 16931 has them.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use crate::vat_id;

/// A postal address (EN 16931 BG-5, BG-8).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Address {
    /// BT-35, BT-36, BT-162.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subdivision: Option<String>,
    /// ISO 3166-1 alpha-2 (BT-40, BT-55).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
}

/// A party as a document names it (EN 16931 BG-4, BG-7).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Party {
    /// BT-27, BT-44.
    pub name: String,
    /// VAT identifier (BT-31, BT-48).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vat_id: Option<String>,
    /// Tax registration (BT-32).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_registration: Option<String>,
    /// Legal registration (BT-30, BT-47).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub legal_id: Option<String>,
    /// Electronic address with its scheme, `scheme:value` (BT-34, BT-49).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub electronic_address: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    #[serde(default)]
    pub address: Address,
}

/// Somebody to talk to at a party.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Contact {
    pub name: String,
    /// What they are asked about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
}

impl Party {
    /// A document may state what it likes; a person is told of the slip.
    pub fn has_plausible_vat_id(&self) -> bool {
        self.vat_id.as_deref().is_none_or(vat_id::is_plausible)
    }

    /// The unique facts that one `kind` of party is recognised by: official ids, or the name where there is none.
    pub fn unique_keys(&self, kind: &str) -> Vec<String> {
        let official = self.identity_keys();
        let keys = if official.is_empty() { vec![self.name_key()] } else { official };
        keys.into_iter().map(|key| format!("{kind}|{key}")).collect()
    }

    /// What this party is known by, strongest first: the keys that join vendors into one group (SEMANTICS 2).
    pub fn identity_keys(&self) -> Vec<String> {
        let keyed =
            |kind: &str, id: &Option<String>| id.as_deref().map(normalised_id).filter(|id| !id.is_empty()).map(|id| format!("{kind}:{id}"));
        [keyed("vat", &self.vat_id), keyed("tax", &self.tax_registration), keyed("legal", &self.legal_id)].into_iter().flatten().collect()
    }

    /// The weakest identity: the name without case, spaces and punctuation, within its country.
    pub fn name_key(&self) -> String {
        format!("name:{}:{}", self.address.country.as_deref().unwrap_or("-"), normalised_id(&self.name))
    }
}

/// NFKC, upper case, letters and digits only.
pub fn normalised_id(text: &str) -> String {
    text.nfkc().flat_map(char::to_uppercase).filter(|c| c.is_alphanumeric()).collect()
}

/// NFKC, upper case, without spaces: punctuation tells numbers apart (`1-10` is not `11-0`).
pub fn folded(text: &str) -> String {
    text.nfkc().flat_map(char::to_uppercase).filter(|c| !c.is_whitespace() && !c.is_control()).collect()
}

/// Whether the text names a number, [`folded`]: blanks may part it, as where a line ends, but digits before or behind it make it another.
pub fn names_number(text: &str, number: &str) -> bool {
    let text: Vec<char> = text.nfkc().flat_map(char::to_uppercase).filter(|c| c.is_whitespace() || !c.is_control()).collect();
    let number: Vec<char> = number.chars().collect();
    let goes_on = |one: Option<&char>, next: Option<&char>| one.zip(next).is_some_and(|(a, b)| a.is_ascii_digit() && b.is_ascii_digit());
    (0..text.len()).any(|start| {
        let before = start.checked_sub(1).and_then(|before| text.get(before));
        let end = ends_at(&text[start..], &number).map(|length| start + length);
        end.is_some_and(|end| !goes_on(before, number.first()) && !goes_on(number.last(), text.get(end)))
    })
}

/// How much of the text the number takes, if the text begins with it.
fn ends_at(text: &[char], number: &[char]) -> Option<usize> {
    let (mut at, first) = (0, number.first()?);
    if text.first() != Some(first) {
        return None;
    }
    for wanted in number {
        at += text[at..].iter().take_while(|c| c.is_whitespace()).count();
        if text.get(at) != Some(wanted) {
            return None;
        }
        at += 1;
    }
    Some(at)
}

/// A number by which the company knows a party has something to tell it by.
pub fn is_number(text: &str) -> bool {
    !folded(text).is_empty()
}

/// The unique fact that one `kind` of party has this number.
pub fn number_key(kind: &str, number: &str) -> String {
    format!("{kind}|number|{}", folded(number))
}
