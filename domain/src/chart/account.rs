//! What amounts are posted to: accounts, and the cost centres and projects that a line may carry beside its account.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The short name of an account, cost centre, project or tax code: 1 to 20 letters, digits, `.`, `-` or `_`, in upper case.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(value_type = String, example = "6000"))]
#[serde(try_from = "String", into = "String")]
pub struct Code(String);

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a code has 1 to 20 letters, digits, points, dashes or underscores, and begins with a letter or digit")]
pub struct NoCode;

impl Code {
    const LENGTH_MAX: usize = 20;

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Code {
    type Err = NoCode;
    fn from_str(text: &str) -> Result<Self, NoCode> {
        let code = text.trim().to_ascii_uppercase();
        let known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        let begins = code.starts_with(|c: char| c.is_ascii_alphanumeric());
        if begins && code.len() <= Self::LENGTH_MAX && code.chars().all(known) { Ok(Self(code)) } else { Err(NoCode) }
    }
}

impl TryFrom<String> for Code {
    type Error = NoCode;
    fn try_from(text: String) -> Result<Self, NoCode> {
        text.parse()
    }
}

impl From<Code> for String {
    fn from(code: Code) -> Self {
        code.0
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, strum::Display, strum::EnumString)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum AccountKind {
    Asset,
    Liability,
    Equity,
    Income,
    Expense,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Account {
    pub code: Code,
    pub name: String,
    pub kind: AccountKind,
    /// Nothing new is posted by hand to an inactive account; what it holds stays.
    #[serde(default = "yes")]
    pub active: bool,
}

/// A cost centre or a project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Dimension {
    pub code: Code,
    pub name: String,
    #[serde(default = "yes")]
    pub active: bool,
}

pub(super) fn yes() -> bool {
    true
}
