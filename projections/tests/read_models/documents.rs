//! Small documents for tests.

use chrono::NaiveDate;
use quittance_domain::Currency;
use quittance_domain::invoice::{
    DocumentKind, InvoiceDocument, InvoiceLine, PaymentInstructions, References, TaxCategory, TaxSubtotal, Totals,
};
use quittance_domain::party::Party;
use quittance_domain::quantity::Quantity;
use rust_decimal::Decimal;

/// One line, outside the scope of VAT, of `amount` euros.
pub fn invoice_document(number: &str, amount: &str, issue_date: NaiveDate, due_date: Option<NaiveDate>) -> InvoiceDocument {
    document(DocumentKind::Invoice, number, amount.parse().expect("a decimal"), Currency::EUR, issue_date, due_date)
}

pub fn document(
    kind: DocumentKind,
    number: &str,
    amount: Decimal,
    currency: Currency,
    issue_date: NaiveDate,
    due_date: Option<NaiveDate>,
) -> InvoiceDocument {
    let tax = TaxCategory { code: "O".to_owned(), rate: Decimal::ZERO };
    let line = InvoiceLine {
        id: "1".to_owned(),
        name: "Work".to_owned(),
        item_number: None,
        quantity: Quantity { value: Decimal::ONE, unit: "C62".to_owned() },
        unit_price: amount,
        base_quantity: None,
        adjustments: vec![],
        net: amount,
        tax: tax.clone(),
        order_line: None,
    };
    InvoiceDocument {
        kind,
        type_code: if kind == DocumentKind::Invoice { "380" } else { "381" }.to_owned(),
        number: number.to_owned(),
        issue_date,
        due_date,
        currency,
        seller: Party { name: "Nordwind GmbH".to_owned(), ..Party::default() },
        buyer: None,
        payee: None,
        references: References::default(),
        payment: PaymentInstructions::default(),
        lines: vec![line],
        adjustments: vec![],
        tax_breakdown: vec![TaxSubtotal { category: tax, taxable: amount, tax: Decimal::ZERO }],
        totals: Totals { lines: amount, net: amount, gross: amount, payable: amount, ..Totals::default() },
        accounted_tax: None,
        notes: vec![],
    }
}
