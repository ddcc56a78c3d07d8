//! What all identifiers share: a normalised text, serde as a string that is validated when read, and a `Debug` that hides the middle.

/// Gives `$name(String)` its conversions from its own `fn parse(&str) -> Result<Self, IdentifierRefusal>`.
macro_rules! text_value {
    ($name:ident) => {
        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::bank_account::IdentifierRefusal;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::parse(text)
            }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::bank_account::IdentifierRefusal;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

/// The same for a text that names an account: its `Debug` is its masked form.
macro_rules! secret_text_value {
    ($name:ident) => {
        $crate::bank_account::text_value::text_value!($name);

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.masked())
            }
        }
    };
}

pub(super) use {secret_text_value, text_value};

/// The text without white space and `separators`, in upper case; what people print to make a number readable carries no meaning.
pub(super) fn compact(text: &str, separators: &[char]) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !separators.contains(c)).map(|c| c.to_ascii_uppercase()).collect()
}

/// The last characters of an account: four when at least as many stay hidden, else none.
pub(super) fn masked_tail(text: &str) -> String {
    let length = text.chars().count();
    let shown = if length >= 8 { 4 } else { 0 };
    let tail: String = text.chars().skip(length - shown).collect();
    format!("****{tail}")
}
