//! Codes in words, numbers as people read them.

use quittance_einvoice::rules::codes::List;
use rust_decimal::Decimal;

/// BT-3 in words.
pub(in crate::write::pdf) fn title(type_code: &str) -> &'static str {
    match type_code {
        "384" => "Corrected invoice",
        "386" => "Prepayment invoice",
        "389" => "Self-billed invoice",
        "326" => "Partial invoice",
        "261" => "Self-billed credit note",
        code if List::CreditNoteTypes.contains(code) => "Credit note",
        _ => "Invoice",
    }
}

/// Money with its decimals and its thousands apart.
pub(super) fn money(amount: Decimal) -> String {
    let mut amount = amount.normalize();
    if amount.scale() < 2 {
        amount.rescale(2);
    }
    grouped(&amount.to_string())
}

pub(super) fn number(value: Decimal) -> String {
    grouped(&value.normalize().to_string())
}

pub(super) fn percent(rate: Decimal) -> String {
    format!("{} %", number(rate))
}

fn grouped(digits: &str) -> String {
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |digits| ("-", digits));
    let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(whole, fraction)| (whole, Some(fraction)));
    let mut grouped = String::from(sign);
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    fraction.map_or(grouped.clone(), |fraction| format!("{grouped}.{fraction}"))
}

/// The units that invoices mostly have; any other stands as its code.
pub(super) fn unit(code: &str) -> &str {
    match code {
        "C62" | "H87" | "EA" | "XPP" | "PCE" | "NAR" => "pcs",
        "HUR" => "h",
        "MIN" => "min",
        "DAY" => "days",
        "WEE" => "weeks",
        "MON" => "months",
        "ANN" => "years",
        "KGM" => "kg",
        "GRM" => "g",
        "TNE" => "t",
        "LTR" => "l",
        "MTR" => "m",
        "KMT" => "km",
        "MTK" => "m²",
        "MTQ" => "m³",
        "KWH" => "kWh",
        "LS" => "flat",
        "SET" => "set",
        "PR" => "pairs",
        "XBX" => "boxes",
        "XPK" => "packs",
        other => other,
    }
}

/// UNTDID 4461 in words, where people know the way to pay by a name.
pub(super) fn means(code: &str) -> &'static str {
    match code {
        "10" => "Cash",
        "20" => "Cheque",
        "30" | "31" => "Credit transfer",
        "48" | "54" | "55" => "Card",
        "49" => "Direct debit",
        "57" => "Standing agreement",
        "58" => "SEPA credit transfer",
        "59" => "SEPA direct debit",
        _ => "Payment",
    }
}

/// UNTDID 5305 in words.
pub(super) fn category(code: &str) -> &'static str {
    match code {
        "S" => "Standard rate",
        "Z" => "Zero rated",
        "E" => "Exempt",
        "AE" => "Reverse charge",
        "K" => "Intra-community supply",
        "G" => "Export",
        "O" => "Not subject to VAT",
        "L" => "IGIC",
        "M" => "IPSI",
        _ => "VAT",
    }
}

/// An IBAN in groups of four; other numbers as they are.
pub(super) fn account(id: &str) -> String {
    let is_iban = id.len() >= 15 && id.is_ascii() && id.as_bytes()[..2].iter().all(u8::is_ascii_uppercase);
    if !is_iban {
        return id.into();
    }
    let characters: Vec<_> = id.chars().collect();
    characters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart_and_no_digit_is_lost() {
        for (value, text) in [("0", "0.00"), ("999.9", "999.90"), ("1000", "1,000.00"), ("-1234567.891", "-1,234,567.891")] {
            assert_eq!(money(value.parse().expect("a number")), text);
        }
        assert_eq!(number("12500.50".parse().expect("a number")), "12,500.5");
    }

    #[test]
    fn accounts_are_read_in_groups_of_four() {
        assert_eq!(account("DE02120300000000202051"), "DE02 1203 0000 0000 2020 51");
        assert_eq!(account("1112222"), "1112222");
    }
}
