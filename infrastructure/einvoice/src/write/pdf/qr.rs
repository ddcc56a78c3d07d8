//! A QR code by which a bank's app fills in the transfer (EPC069-12, version 2).

use qrcodegen::{QrCode, QrCodeEcc, Version};
use quittance_einvoice::CanonicalInvoice;
use rust_decimal::Decimal;

use super::page::Mark;

/// Only for euros, only where there is something to pay into an account. The standard bounds amount and size.
pub(super) fn payment_code(invoice: &CanonicalInvoice, x: f32, y: f32, side: f32) -> Option<Mark> {
    let (low, high) = (Version::new(1), Version::new(13));
    let segments = qrcodegen::QrSegment::make_segments(&text(invoice)?);
    let code = QrCode::encode_segments_advanced(&segments, QrCodeEcc::Medium, low, high, None, false).ok()?;
    let module = side / code.size() as f32;
    let all = (0..code.size()).flat_map(|row| (0..code.size()).map(move |column| (column, row)));
    let dark = all.filter(|&(column, row)| code.get_module(column, row));
    let corners = dark.map(|(column, row)| (x + column as f32 * module, y + row as f32 * module));
    Some(Mark::Squares { side: module, corners: corners.collect() })
}

fn text(invoice: &CanonicalInvoice) -> Option<String> {
    let amount = invoice.totals.payable;
    let means = invoice.payment.means.iter().find(|means| matches!(means.code.as_deref(), Some("30" | "58")))?;
    let account = means.accounts.first()?;
    let is_payable = invoice.currency == "EUR" && amount > Decimal::ZERO && amount < Decimal::from(1_000_000_000) && amount.scale() <= 2;
    let payee = account.name.as_deref().unwrap_or_else(|| invoice.payee.as_ref().unwrap_or(&invoice.seller).name.as_str());
    let bic = account.institution.as_deref().unwrap_or_default();
    let iban = account.id.as_deref().filter(|id| is_payable && id.len() <= 34 && id.len() >= 15)?;
    let remittance = invoice.payment.reference.as_deref().unwrap_or(&invoice.number);
    let short = |text: &str, most| text.chars().take(most).collect::<String>();
    let (payee, remittance) = (short(payee, 70), short(remittance, 140));
    Some(format!("BCD\n002\n1\nSCT\n{bic}\n{payee}\n{iban}\nEUR{amount:.2}\n\n\n{remittance}\n"))
}
