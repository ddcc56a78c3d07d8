//! Pages of lists: a limit, a sort, and a cursor that fits only the list that it came from.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::{IntoParams, ToSchema};

/// Which part of a list, in which order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Page {
    /// 1 to 200; 50 where absent.
    pub limit: Option<u16>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// A sort key of the list; with a minus before it, the largest first.
    pub sort: Option<String>,
    /// As long as one answer can be: for tables that are kept as files.
    #[serde(skip)]
    #[param(ignore)]
    pub whole: bool,
}

/// Which part of a list that has one order of its own: a page without a sort.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OrderedPage {
    /// 1 to 200; 50 where absent.
    pub limit: Option<u16>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

impl Page {
    pub const LIMIT_MAX: u16 = 200;
    pub const LIMIT_DEFAULT: u16 = 50;

    /// Rows of a page that is kept as a file.
    const WHOLE_MAX: usize = 100_000;

    /// The same list in pages as long as one answer can be.
    pub fn whole(self) -> Self {
        Self { whole: true, ..self }
    }

    pub fn limit(&self) -> usize {
        if self.whole {
            return Self::WHOLE_MAX;
        }
        usize::from(self.limit.unwrap_or(Self::LIMIT_DEFAULT).clamp(1, Self::LIMIT_MAX))
    }
}

/// Some of a list, and where the rest begins.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PageOf<T: ToSchema> {
    pub data: Vec<T>,
    /// Absent on the last page.
    pub next_cursor: Option<String>,
}

impl<T: ToSchema> PageOf<T> {
    pub fn map<U: ToSchema>(self, each: impl FnMut(T) -> U) -> PageOf<U> {
        PageOf { data: self.data.into_iter().map(each).collect(), next_cursor: self.next_cursor }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    #[error("this cursor does not belong to this list with this filter and sort")]
    CursorInvalid,
    #[error("{given} is not a sort key of this list; there are {known}")]
    SortUnknown { given: String, known: String },
    /// What is stored cannot be read by this version, or the log is not whole: an alarm.
    #[error("{0}")]
    Corrupt(String),
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

impl QueryError {
    /// The refusal's stable name; `None` when the failure is ours.
    pub fn code(&self) -> Option<&'static str> {
        match self {
            Self::CursorInvalid => Some("cursor_invalid"),
            Self::SortUnknown { .. } => Some("sort_unknown"),
            Self::Corrupt(_) | Self::Database(_) => None,
        }
    }
}

/// The last row of a page: its sort key, its id, and what list it was a page of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Cursor {
    key: String,
    id: String,
    list: String,
}

impl Cursor {
    pub fn new(key: String, id: String, list: &str) -> Self {
        Self { key, id, list: list.to_owned() }
    }

    pub fn encode(&self) -> String {
        // Three strings always serialise.
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).unwrap_or_default())
    }

    /// The key and the id after which the page begins.
    pub fn decode(text: &str, list: &str) -> Result<(String, String), QueryError> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| QueryError::CursorInvalid)?;
        let cursor: Self = serde_json::from_slice(&bytes).map_err(|_| QueryError::CursorInvalid)?;
        if cursor.list == list { Ok((cursor.key, cursor.id)) } else { Err(QueryError::CursorInvalid) }
    }
}

/// A short name of a list with its filter and its sort.
pub(crate) fn list_name(table: &str, filter: &impl Serialize, sort: &str) -> String {
    let mut hash = Sha256::new();
    for part in [table.as_bytes(), &serde_json::to_vec(filter).unwrap_or_default(), sort.as_bytes()] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    URL_SAFE_NO_PAD.encode(&hash.finalize()[..9])
}
