//! How a sheet states invoices: which column holds what, and how its dates and amounts are written.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::InvoiceImportRefusal;

/// Frozen in the import that used it, so that what was read can always be read again the same way.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SheetMapping {
    /// Where each field is found. Needed are the vendor's name, the number, the issue date, the currency, and `net` or `unit_price`.
    pub fields: BTreeMap<SheetField, FieldSource>,
    #[serde(default)]
    pub dates: DateOrder,
    #[serde(default)]
    pub decimal_mark: DecimalMark,
    #[serde(default)]
    pub grouping: Grouping,
    /// Of a workbook; its first where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// Of a CSV file; found out where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delimiter: Option<Delimiter>,
    /// Rows above the one that names the columns.
    #[serde(default)]
    pub rows_above: u8,
}

/// What one row may state of an invoice and of one of its lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, strum::Display)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum SheetField {
    VendorName,
    /// BT-31.
    VendorVatId,
    /// BT-30.
    VendorLegalId,
    /// ISO 3166-1 alpha-2.
    VendorCountry,
    Number,
    IssueDate,
    DueDate,
    Currency,
    /// The purchase order's number.
    OrderNumber,
    /// The IBAN to pay to, as the sheet states it.
    Iban,
    Note,
    Description,
    ItemNumber,
    Quantity,
    /// UN/ECE Recommendation 20; a piece where absent.
    Unit,
    UnitPrice,
    /// The line's amount without tax.
    Net,
    /// UNTDID 5305; `O`, nothing said of tax, where absent.
    TaxCategory,
    /// In percent.
    TaxRate,
}

impl SheetField {
    /// Whether it belongs to the line; what belongs to the invoice is the same in all of its rows.
    pub fn is_of_line(self) -> bool {
        matches!(
            self,
            Self::Description
                | Self::ItemNumber
                | Self::Quantity
                | Self::Unit
                | Self::UnitPrice
                | Self::Net
                | Self::TaxCategory
                | Self::TaxRate
        )
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FieldSource {
    /// The column of this name; in NDJSON the member.
    Column(String),
    /// The same in every row.
    Value(String),
}

/// How day, month and year follow each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    #[default]
    YearFirst,
    DayFirst,
    MonthFirst,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DecimalMark {
    #[default]
    Point,
    Comma,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Delimiter {
    Comma,
    Semicolon,
    Tab,
    Bar,
}

/// Which rows are the lines of one invoice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Grouping {
    /// Rows of one vendor and number, wherever they stand in the file.
    #[default]
    Number,
    /// The same, if they are of one day too: numbers that come again are other invoices.
    NumberAndDate,
    /// Each row is an invoice.
    Row,
}

const NEEDED: [SheetField; 4] = [SheetField::VendorName, SheetField::Number, SheetField::IssueDate, SheetField::Currency];

impl SheetMapping {
    /// A field without which no invoice can be read.
    pub fn missing(&self) -> Option<SheetField> {
        let priced = self.fields.contains_key(&SheetField::Net) || self.fields.contains_key(&SheetField::UnitPrice);
        NEEDED.into_iter().find(|field| !self.fields.contains_key(field)).or((!priced).then_some(SheetField::Net))
    }

    pub fn check(&self) -> Result<(), InvoiceImportRefusal> {
        self.missing().map_or(Ok(()), |field| Err(InvoiceImportRefusal::MappingIncomplete { field }))
    }
}
