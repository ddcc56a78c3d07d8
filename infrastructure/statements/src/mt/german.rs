//! The German narrative: a transaction code of three digits, then `?20…` subfields, with the SEPA keywords inside the purpose.

use crate::number::present;
use crate::{CodeScheme, Detail, Entry, ReturnReason, TransactionCode};

/// Each stands before `+` in the purpose lines.
const KEYWORDS: [&str; 21] = [
    "EREF", "KREF", "MREF", "CRED", "DEBT", "COAM", "OAMT", "SVWZ", "ABWA", "ABWE", "IBAN", "BIC ", "BIC", "PURP", "RREF", "RCRE", "ORCR",
    "ORMR", "MDAT", "DDAT", "SQTP",
];

/// Number and content.
type Subfield<'a> = (u8, &'a str);

/// False where the narrative is no German one.
pub(super) fn describe(entry: &mut Entry, detail: &mut Detail, text: &str) -> bool {
    let Some((code, subfields)) = subfields(text) else { return false };
    if let Some(code) = code {
        entry.codes.push(TransactionCode::new(CodeScheme::Gvc, code));
    }
    let of = |numbers: &[u8]| numbers.iter().flat_map(|number| find(&subfields, *number)).collect::<String>();
    if let Some(posting) = present(&of(&[0])) {
        detail.references.other.push(("posting_text".to_owned(), posting));
    }
    if let Some(prima_nota) = present(&of(&[10])) {
        detail.references.other.push(("prima_nota".to_owned(), prima_nota));
    }
    detail.counterparty.bank = present(&of(&[30]));
    detail.counterparty.account = present(&of(&[31]));
    detail.counterparty.name = present(&of(&[32, 33]));
    purpose(detail, &of(&[20, 21, 22, 23, 24, 25, 26, 27, 28, 29]));
    // More purpose, but a value of the lines above does not run on into it.
    purpose(detail, &of(&[60, 61, 62, 63]));
    returned(code, detail, present(&of(&[34])));
    true
}

fn find<'a>(subfields: &'a [Subfield<'a>], number: u8) -> impl Iterator<Item = &'a str> {
    subfields.iter().filter(move |(own, _)| *own == number).map(|(_, text)| *text)
}

/// `166?00GUTSCHRIFT?20…`: the character behind the code separates, and two digits follow it each time.
fn subfields(text: &str) -> Option<(Option<&str>, Vec<Subfield<'_>>)> {
    let text = text.trim_start();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (code, rest) = match digits {
        0 => (None, text),
        3 => (Some(&text[..3]), &text[3..]),
        _ => return None,
    };
    let separator = rest.chars().next().filter(|c| matches!(c, '?' | '>' | '<' | '~' | '|' | '^' | '\u{a7}'))?;
    let parts = split(rest.trim_end_matches(separator), separator);
    (!parts.is_empty()).then_some((code, parts))
}

/// A separator without two digits behind it belongs to the text.
fn split(rest: &str, separator: char) -> Vec<Subfield<'_>> {
    let starts = rest.match_indices(separator).filter_map(|(at, found)| {
        let content = at + found.len();
        let number = rest.get(content..content + 2)?.parse::<u8>().ok()?;
        rest.as_bytes()[content].is_ascii_digit().then_some((at, content + 2, number))
    });
    let starts: Vec<_> = starts.collect();
    let ends = starts.iter().skip(1).map(|(at, ..)| *at).chain([rest.len()]);
    starts.iter().zip(ends).map(|((_, content, number), end)| (*number, &rest[*content..end])).collect()
}

fn purpose(detail: &mut Detail, purpose: &str) {
    let (head, values) = keywords(purpose);
    detail.remittance.unstructured.extend(present(head));
    for (keyword, value) in values {
        let Some(value) = present(value) else { continue };
        match keyword {
            "EREF" => detail.references.end_to_end_id = Some(value).filter(|id| id != "NOTPROVIDED"),
            "KREF" => detail.references.customer = Some(value),
            "MREF" => detail.references.mandate_id = Some(value),
            "CRED" => detail.references.creditor_id = Some(value),
            "PURP" => detail.purpose = Some(value),
            "ABWA" | "ABWE" => detail.ultimate_counterparty = Some(value),
            "IBAN" if detail.counterparty.account.is_none() => detail.counterparty.account = Some(value),
            "BIC " | "BIC" if detail.counterparty.bank.is_none() => detail.counterparty.bank = Some(value),
            "SVWZ" => detail.remittance.unstructured.push(value),
            other => detail.references.other.push((other.trim().to_ascii_lowercase(), value)),
        }
    }
}

/// The text before the first keyword, and each keyword's value.
fn keywords(text: &str) -> (&str, Vec<(&str, &str)>) {
    let starts: Vec<(usize, usize)> = text.match_indices('+').filter_map(|(at, _)| Some((keyword_before(text, at)?, at))).collect();
    let head = &text[..starts.first().map_or(text.len(), |(start, _)| *start)];
    let ends = starts.iter().skip(1).map(|(start, _)| *start).chain([text.len()]);
    let values = starts.iter().zip(ends).map(|(&(start, plus), end)| (&text[start..plus], &text[plus + 1..end.max(plus + 1)]));
    (head, values.collect())
}

/// Where the keyword begins that ends here.
fn keyword_before(text: &str, end: usize) -> Option<usize> {
    let starts = [4, 3].into_iter().filter_map(|length| end.checked_sub(length));
    starts.into_iter().find(|&start| text.get(start..end).is_some_and(|word| KEYWORDS.contains(&word)))
}

/// The text key extension 9xx of a returned transfer or debit is the reason.
fn returned(code: Option<&str>, detail: &mut Detail, extension: Option<String>) {
    let Some(extension) = extension else { return };
    let is_return = matches!(code, Some("108" | "109" | "159" | "160" | "184" | "185"));
    if is_return && extension.starts_with('9') && extension.len() == 3 {
        detail.return_reason = Some(ReturnReason { code: Some(extension), text: vec![] });
    } else {
        detail.references.other.push(("text_key_extension".to_owned(), extension));
    }
}
