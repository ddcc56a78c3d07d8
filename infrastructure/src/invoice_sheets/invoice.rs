//! Rows to invoices: lines of one vendor and number are one invoice, whole or not at all.

use std::collections::HashMap;

use quittance_application::invoice::Capture;
use quittance_application::invoice_import::{Reading, SheetDocument, Unreadable};
use quittance_domain::bank_account::{BankAccount, Iban};
use quittance_domain::ids::InvoiceImportId;
use quittance_domain::invoice::{
    DocumentKind, InvoiceDocument, InvoiceLine, PaymentInstructions, References, Source, TaxCategory, normalised_number, totals,
};
use quittance_domain::invoice_import::{Grouping, SheetField, SheetMapping};
use quittance_domain::limits::{TEXT_MAX, check_prose, check_text};
use quittance_domain::party::{Address, Party, normalised_id};
use quittance_domain::quantity::Quantity;
use quittance_domain::{Currency, Money};
use rust_decimal::Decimal;

use super::table::{Row, Table};
use super::value;

/// Lines of one write at most, over all of its invoices.
const LINES_MAX: usize = 4_000;
/// More than any real invoice has.
const LINES_OF_ONE_MAX: usize = 10_000;

pub struct Invoices {
    table: Table,
    mapping: SheetMapping,
    /// The rows of each invoice, in the order of their first ones.
    groups: Vec<Vec<u32>>,
}

impl Invoices {
    pub fn of(table: Table, mapping: SheetMapping) -> Self {
        let groups = grouped(&table, mapping.grouping);
        Self { table, mapping, groups }
    }

    pub fn kept_bytes(&self) -> usize {
        self.table.kept_bytes
    }

    pub fn rows(&self) -> u32 {
        self.table.rows.len() as u32
    }

    pub fn documents(&self) -> u32 {
        self.groups.len() as u32
    }

    pub fn columns(&self) -> &[String] {
        &self.table.columns
    }

    pub fn read(&self, import: InvoiceImportId, first: u32, most: usize) -> Vec<SheetDocument> {
        let mut lines = 0;
        let fits = |group: &&Vec<u32>| {
            let is_first = lines == 0;
            lines += group.len();
            is_first || lines <= LINES_MAX
        };
        let groups = self.groups.iter().skip(first as usize).take(most).take_while(fits);
        groups.map(|group| self.document(import, group)).collect()
    }

    fn document(&self, import: InvoiceImportId, group: &[u32]) -> SheetDocument {
        let rows: Vec<&Row> = group.iter().map(|index| &self.table.rows[*index as usize]).collect();
        let text = |field| rows.first().and_then(|row| self.table.get(row, field)).map(|text| text.chars().take(TEXT_MAX).collect());
        let amounts = rows.iter().filter_map(|row| self.amount_of(row));
        let reading = match (Draft { table: &self.table, mapping: &self.mapping, rows: &rows }).capture(import) {
            Ok(capture) => Reading::Whole(Box::new(capture)),
            Err(fault) => Reading::Faulty(fault),
        };
        SheetDocument {
            row: rows.first().map_or(0, |row| row.at),
            rows: rows.len() as u32,
            vendor: text(SheetField::VendorName),
            number: text(SheetField::Number),
            amount: amounts.reduce(|sum, amount| sum + amount),
            reading,
        }
    }

    fn amount_of(&self, row: &Row) -> Option<Decimal> {
        value::amount(self.table.get(row, SheetField::Net)?, self.mapping.decimal_mark).map(|written| written.value)
    }
}

/// Spellings of one name are one vendor; a number is one as it is written, for what differs may be told apart.
fn grouped(table: &Table, grouping: Grouping) -> Vec<Vec<u32>> {
    let mut groups: Vec<Vec<u32>> = Vec::new();
    let mut known: HashMap<(String, &str, Option<&str>), usize> = HashMap::new();
    for (index, row) in table.rows.iter().enumerate() {
        let number = table.get(row, SheetField::Number).filter(|_| grouping != Grouping::Row);
        let Some(number) = number else {
            groups.push(vec![index as u32]);
            continue;
        };
        let day = table.get(row, SheetField::IssueDate).filter(|_| grouping == Grouping::NumberAndDate);
        let group = *known.entry((vendor_key(table, row), number, day)).or_insert(groups.len());
        match groups.get_mut(group) {
            Some(rows) => rows.push(index as u32),
            None => groups.push(vec![index as u32]),
        }
    }
    groups
}

fn vendor_key(table: &Table, row: &Row) -> String {
    let part = |field| table.get(row, field).map(normalised_id).unwrap_or_default();
    [SheetField::VendorVatId, SheetField::VendorLegalId, SheetField::VendorName].map(part).join("|")
}

/// The rows of one invoice.
struct Draft<'t> {
    table: &'t Table,
    mapping: &'t SheetMapping,
    rows: &'t [&'t Row],
}

impl Draft<'_> {
    fn capture(&self, import_id: InvoiceImportId) -> Result<Capture, Unreadable> {
        let head = *self.rows.first().ok_or_else(|| fault(0, None, "sheet_unreadable", "no rows"))?;
        self.agrees(head)?;
        let currency: Currency = self
            .needed(head, SheetField::Currency)?
            .to_uppercase()
            .parse()
            .map_err(|_| fault(head.at, Some(SheetField::Currency), "currency_unknown", "not a currency of ISO 4217"))?;
        let mut lines = self.rows.iter().enumerate().map(|(index, row)| self.line(index, row, currency)).collect::<Result<Vec<_>, _>>()?;
        let too_large = || fault(head.at, None, "number_out_of_range", "the amounts are too large");
        let net = lines.iter().try_fold(Decimal::ZERO, |sum, line| sum.checked_add(line.net)).ok_or_else(too_large)?;
        let is_credit = net.is_sign_negative() && !net.is_zero();
        if is_credit {
            // A credit note states what is credited as positive.
            lines.iter_mut().for_each(InvoiceLine::turn);
        }
        let (tax_breakdown, totals) = totals::totals(&lines, &[], Decimal::ZERO, Decimal::ZERO, currency).ok_or_else(too_large)?;
        let payable = Money::exact(totals.payable, currency).map_err(|e| fault(head.at, None, "below_minor_unit", e.to_string()))?;
        let (issue_date, due_date) = self.dates(head)?;
        let stated_account = self.account(head)?;
        let document = InvoiceDocument {
            kind: if is_credit { DocumentKind::CreditNote } else { DocumentKind::Invoice },
            type_code: if is_credit { "381" } else { "380" }.to_owned(),
            number: self.number(head)?,
            issue_date,
            due_date,
            currency,
            seller: self.seller(head)?,
            buyer: None,
            payee: None,
            references: References {
                purchase_order: self.optional(head, SheetField::OrderNumber).map(str::to_owned),
                ..References::default()
            },
            payment: PaymentInstructions::default(),
            lines,
            adjustments: vec![],
            tax_breakdown,
            totals,
            accounted_tax: None,
            notes: self.optional(head, SheetField::Note).map(str::to_owned).into_iter().collect(),
        };
        let source = Source::Sheet { import_id, row: head.at };
        Ok(Capture { document, payable, effective_date: None, stated_account, source, original: None, verdict: None, exceptions: vec![] })
    }

    /// What belongs to the invoice stands the same in each of its rows, and each text within its bounds.
    fn agrees(&self, head: &Row) -> Result<(), Unreadable> {
        if self.rows.len() > LINES_OF_ONE_MAX {
            return Err(fault(head.at, None, "too_many_lines", format!("{} lines; at most {LINES_OF_ONE_MAX}", self.rows.len())));
        }
        for row in self.rows {
            if row.is_ragged {
                return Err(fault(row.at, None, "row_ragged", "the row has more cells than there are columns"));
            }
            for field in self.mapping.fields.keys().copied() {
                let text = self.optional(row, field).unwrap_or_default();
                within_bounds(row, field, text)?;
                if !field.is_of_line() && !same(field, text, self.optional(head, field).unwrap_or_default()) {
                    return Err(fault(row.at, Some(field), "rows_differ", format!("the invoice's first row, {}, states another", head.at)));
                }
            }
        }
        Ok(())
    }

    fn optional<'r>(&'r self, row: &'r Row, field: SheetField) -> Option<&'r str> {
        self.table.get(row, field)
    }

    fn needed<'r>(&'r self, row: &'r Row, field: SheetField) -> Result<&'r str, Unreadable> {
        self.optional(row, field).ok_or_else(|| fault(row.at, Some(field), "field_missing", format!("there is no {field}")))
    }

    fn number(&self, head: &Row) -> Result<String, Unreadable> {
        let number = self.needed(head, SheetField::Number)?;
        if normalised_number(number).is_empty() {
            return Err(fault(head.at, Some(SheetField::Number), "field_invalid", "a number has at least one letter or digit"));
        }
        Ok(number.to_owned())
    }

    fn seller(&self, head: &Row) -> Result<Party, Unreadable> {
        let text = |field| self.optional(head, field).map(str::to_owned);
        Ok(Party {
            name: self.needed(head, SheetField::VendorName)?.to_owned(),
            vat_id: text(SheetField::VendorVatId),
            legal_id: text(SheetField::VendorLegalId),
            address: Address { country: text(SheetField::VendorCountry).map(|code| code.to_uppercase()), ..Address::default() },
            ..Party::default()
        })
    }

    fn dates(&self, head: &Row) -> Result<(chrono::NaiveDate, Option<chrono::NaiveDate>), Unreadable> {
        let date = |field, text: &str| {
            let read = value::date(text, self.mapping.dates);
            read.ok_or_else(|| {
                fault(head.at, Some(field), "date_unreadable", format!("{text:?} is no date in the order that the mapping states"))
            })
        };
        let issued = date(SheetField::IssueDate, self.needed(head, SheetField::IssueDate)?)?;
        let due = self.optional(head, SheetField::DueDate).map(|text| date(SheetField::DueDate, text)).transpose()?;
        match due {
            Some(due) if due < issued => {
                Err(fault(head.at, Some(SheetField::DueDate), "due_before_issue", "an invoice is not due before it is issued"))
            }
            due => Ok((issued, due)),
        }
    }

    fn account(&self, head: &Row) -> Result<Option<BankAccount>, Unreadable> {
        let Some(text) = self.optional(head, SheetField::Iban) else { return Ok(None) };
        let iban = Iban::parse(text).map_err(|e| fault(head.at, Some(SheetField::Iban), "iban_invalid", e.to_string()))?;
        Ok(Some(BankAccount::Iban { iban, bic: None }))
    }

    fn money(&self, row: &Row, field: SheetField, currency: Currency) -> Result<Option<Decimal>, Unreadable> {
        let Some((text, written)) = self.written(row, field)? else { return Ok(None) };
        let other = || fault(row.at, Some(field), "currency_differs", format!("{text:?} is not in {currency}"));
        written.of(currency).map(Some).ok_or_else(other)
    }

    /// A number of something else than money.
    fn decimal(&self, row: &Row, field: SheetField) -> Result<Option<Decimal>, Unreadable> {
        let Some((text, written)) = self.written(row, field)? else { return Ok(None) };
        written.bare().map(Some).ok_or_else(|| unreadable(row, field, text))
    }

    fn written<'r>(&'r self, row: &'r Row, field: SheetField) -> Result<Option<(&'r str, value::Written)>, Unreadable> {
        let Some(text) = self.optional(row, field) else { return Ok(None) };
        let read = value::amount(text, self.mapping.decimal_mark);
        read.map(|written| Some((text, written))).ok_or_else(|| unreadable(row, field, text))
    }

    /// A line is a quantity at a price, or an amount: of one piece, or of as many as the row says.
    fn line(&self, index: usize, row: &Row, currency: Currency) -> Result<InvoiceLine, Unreadable> {
        let quantity = self.decimal(row, SheetField::Quantity)?.filter(|quantity| !quantity.is_zero());
        let stated = self.money(row, SheetField::Net, currency)?;
        let price = self.money(row, SheetField::UnitPrice, currency)?;
        let (quantity, unit_price, base_quantity) = match (price, stated) {
            (Some(price), _) => (quantity.unwrap_or(Decimal::ONE), price, None),
            (None, Some(net)) => priced_whole(net, quantity.map(|quantity| quantity.abs())),
            (None, None) => return Err(fault(row.at, Some(SheetField::Net), "field_missing", "there is no amount")),
        };
        let net = totals::line_net(quantity, unit_price, base_quantity, &[], currency)
            .ok_or_else(|| fault(row.at, Some(SheetField::Net), "number_out_of_range", "the amounts are too large"))?;
        if let Some(stated) = stated.filter(|stated| *stated != net) {
            let code = if price.is_some() { "net_differs" } else { "below_minor_unit" };
            return Err(fault(
                row.at,
                Some(SheetField::Net),
                code,
                format!("stated {stated}, to the minor unit of {currency} it is {net}"),
            ));
        }
        let text = |field| self.optional(row, field).map(str::to_owned);
        Ok(InvoiceLine {
            id: (index + 1).to_string(),
            name: text(SheetField::Description).unwrap_or_default(),
            item_number: text(SheetField::ItemNumber),
            quantity: Quantity { value: quantity, unit: text(SheetField::Unit).unwrap_or_else(|| "C62".to_owned()) },
            unit_price,
            base_quantity,
            adjustments: vec![],
            net,
            tax: TaxCategory {
                code: text(SheetField::TaxCategory).unwrap_or_else(|| "O".to_owned()),
                rate: self.decimal(row, SheetField::TaxRate)?.unwrap_or_default(),
            },
            order_line: None,
        })
    }
}

fn unreadable(row: &Row, field: SheetField, text: &str) -> Unreadable {
    fault(row.at, Some(field), "amount_unreadable", format!("{text:?} is no number as the mapping states them"))
}

/// An amount for so many pieces; the sign stands with the quantity, for a price is never below zero.
fn priced_whole(net: Decimal, pieces: Option<Decimal>) -> (Decimal, Decimal, Option<Decimal>) {
    let sign = if net.is_sign_negative() { -Decimal::ONE } else { Decimal::ONE };
    (sign * pieces.unwrap_or(Decimal::ONE), net.abs(), pieces)
}

fn same(field: SheetField, one: &str, other: &str) -> bool {
    one == other || field == SheetField::VendorName && normalised_id(one) == normalised_id(other)
}

fn within_bounds(row: &Row, field: SheetField, text: &str) -> Result<(), Unreadable> {
    let checked = if matches!(field, SheetField::Note | SheetField::Description) { check_prose(text) } else { check_text(text) };
    checked.map_err(|refusal| fault(row.at, Some(field), refusal.code(), refusal.to_string()))
}

fn fault(row: u32, field: Option<SheetField>, code: &'static str, detail: impl Into<String>) -> Unreadable {
    Unreadable { row, field, code, detail: detail.into() }
}
