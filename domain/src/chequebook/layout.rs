//! How a bank wants to read the list of its customer's cheques. Every bank has its own layout, so the layout is data.

use serde::{Deserialize, Serialize};

use super::ChequebookRefusal;

/// One line a cheque, after a line of names or totals and before one of totals where the bank wants them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PositivePayLayout {
    pub shape: ListShape,
    /// A first line with the columns' names; only between separators.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub with_names: bool,
    /// What stands before the first cheque, about all of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub header: Vec<ListColumn>,
    pub columns: Vec<ChequeColumn>,
    /// What stands after the last cheque, about all of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trailer: Vec<ListColumn>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum ListShape {
    /// A text that holds the separator or a quotation mark is put in quotation marks (RFC 4180).
    Separated {
        #[cfg_attr(feature = "schema", schema(value_type = String, example = ","))]
        by: char,
    },
    /// Every column has a width: numbers to the right with zeros, texts to the left with blanks.
    Fixed {},
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChequeColumn {
    pub fact: ChequeFact,
    /// Needed in fixed columns; between separators the most that a text may have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u8>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ListColumn {
    pub fact: ListFact,
    /// As of a cheque's column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u8>,
}

/// What stands about a cheque.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum ChequeFact {
    RoutingNumber {},
    /// Letters and digits alone.
    Account {},
    ChequeNumber {},
    /// In major units, `1234.50`.
    Amount {},
    /// In minor units, `123450`.
    AmountInMinorUnits {},
    IssuedOn {
        pattern: DatePattern,
    },
    /// As much of it as the column holds: banks compare what they print.
    Payee {},
    /// One word for each state, as in `I` and `V`.
    State {
        issued: String,
        void: String,
    },
    /// The same on every line; without text a filler.
    Constant {
        text: String,
    },
}

/// What stands about all cheques of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum ListFact {
    RoutingNumber {},
    Account {},
    /// How many lines the cheques have, void ones included.
    Cheques {},
    /// Of those that may be paid, in major units.
    Total {},
    /// The same in minor units.
    TotalInMinorUnits {},
    /// The last day whose cheques are listed.
    LastDay {
        pattern: DatePattern,
    },
    Constant {
        text: String,
    },
}

/// The orders of a date that banks ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub enum DatePattern {
    #[serde(rename = "yyyymmdd")]
    YearMonthDay,
    #[serde(rename = "mmddyyyy")]
    MonthDayYear,
    #[serde(rename = "mmddyy")]
    MonthDayShortYear,
    #[serde(rename = "yymmdd")]
    ShortYearMonthDay,
    #[serde(rename = "mm/dd/yyyy")]
    MonthDayYearSlashed,
    #[serde(rename = "yyyy-mm-dd")]
    Iso,
}

impl PositivePayLayout {
    const COLUMNS_MAX: usize = 50;
    /// Of a text that every line has.
    const TEXT_MAX: usize = 100;

    /// What most banks take when nothing else was agreed.
    pub fn usual() -> Self {
        let state = ChequeFact::State { issued: "I".to_owned(), void: "V".to_owned() };
        let date = ChequeFact::IssuedOn { pattern: DatePattern::MonthDayYearSlashed };
        let facts = [ChequeFact::Account {}, ChequeFact::ChequeNumber {}, date, ChequeFact::Amount {}, ChequeFact::Payee {}, state];
        let columns = facts.into_iter().map(|fact| ChequeColumn { fact, width: None }).collect();
        Self { shape: ListShape::Separated { by: ',' }, with_names: true, header: vec![], columns, trailer: vec![] }
    }

    pub fn is_fixed(&self) -> bool {
        self.shape == ListShape::Fixed {}
    }

    /// Whether a list can be written by it from which a bank knows each cheque and its amount.
    pub(super) fn check(&self) -> Result<(), ChequebookRefusal> {
        if let ListShape::Separated { by } = self.shape
            && !matches!(by, ',' | ';' | '|' | '\t')
        {
            return Err(unusable("/shape/by", "columns are parted by a comma, semicolon, bar or tabulator"));
        }
        if self.is_fixed() && self.with_names {
            return Err(unusable("/with_names", "columns have names only between separators"));
        }
        let about_all = |line: &[ListColumn]| line.iter().map(|column| (column.width, column.fact.least())).collect();
        let columns: Vec<_> = self.columns.iter().map(|column| (column.width, column.fact.least())).collect();
        for (line, columns) in [("header", about_all(&self.header)), ("columns", columns), ("trailer", about_all(&self.trailer))] {
            if columns.len() > Self::COLUMNS_MAX {
                return Err(unusable(&format!("/{line}"), "a line has at most 50 columns"));
            }
            for (index, (width, least)) in columns.into_iter().enumerate() {
                self.check_column(&format!("/{line}/{index}"), width, least)?;
            }
        }
        let has = |told: fn(&ChequeFact) -> bool| self.columns.iter().any(|column| told(&column.fact));
        let amount = |fact: &ChequeFact| matches!(fact, ChequeFact::Amount {} | ChequeFact::AmountInMinorUnits {});
        if !has(|fact| *fact == ChequeFact::ChequeNumber {}) || !has(amount) {
            return Err(unusable("/columns", "a list tells of each cheque its number and its amount"));
        }
        Ok(())
    }

    fn check_column(&self, pointer: &str, width: Option<u8>, least: Result<usize, &'static str>) -> Result<(), ChequebookRefusal> {
        let least = least.map_err(|rule| unusable(&format!("{pointer}/fact"), rule))?;
        match width {
            None if self.is_fixed() => Err(unusable(&format!("{pointer}/width"), "a fixed column has a width")),
            Some(width) if usize::from(width) < least => {
                Err(unusable(&format!("{pointer}/width"), "the column is narrower than what it holds"))
            }
            _ => Ok(()),
        }
    }
}

fn unusable(pointer: &str, rule: &'static str) -> ChequebookRefusal {
    ChequebookRefusal::PositivePayLayoutInvalid { pointer: pointer.to_owned(), rule }
}

impl ChequeFact {
    /// How wide it is at least, whatever the cheque.
    fn least(&self) -> Result<usize, &'static str> {
        match self {
            Self::RoutingNumber {} => Ok(9),
            Self::IssuedOn { pattern } => Ok(pattern.width()),
            Self::State { issued, void } if issued == void => Err("a bank tells a void cheque by another word"),
            Self::State { issued, void } => Ok(written(issued)?.max(written(void)?)),
            Self::Constant { text } => written(text),
            Self::Account {} | Self::ChequeNumber {} | Self::Amount {} | Self::AmountInMinorUnits {} | Self::Payee {} => Ok(1),
        }
    }
}

impl ListFact {
    fn least(&self) -> Result<usize, &'static str> {
        match self {
            Self::RoutingNumber {} => Ok(9),
            Self::LastDay { pattern } => Ok(pattern.width()),
            Self::Constant { text } => written(text),
            Self::Account {} | Self::Cheques {} | Self::Total {} | Self::TotalInMinorUnits {} => Ok(1),
        }
    }
}

/// How long a text of the layout is; a filler may be wider than nothing.
fn written(text: &str) -> Result<usize, &'static str> {
    let plain = text.len() <= PositivePayLayout::TEXT_MAX && text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    if plain { Ok(text.len().max(1)) } else { Err("a text has at most 100 characters, of printable ASCII") }
}

impl DatePattern {
    /// As chrono writes it.
    pub fn strftime(self) -> &'static str {
        match self {
            Self::YearMonthDay => "%Y%m%d",
            Self::MonthDayYear => "%m%d%Y",
            Self::MonthDayShortYear => "%m%d%y",
            Self::ShortYearMonthDay => "%y%m%d",
            Self::MonthDayYearSlashed => "%m/%d/%Y",
            Self::Iso => "%Y-%m-%d",
        }
    }

    fn width(self) -> usize {
        match self {
            Self::YearMonthDay | Self::MonthDayYear => 8,
            Self::MonthDayShortYear | Self::ShortYearMonthDay => 6,
            Self::MonthDayYearSlashed | Self::Iso => 10,
        }
    }
}
