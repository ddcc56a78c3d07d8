//! Every document of the three corpora is read as what it is, or refused as what it is.

use std::path::Path;

use quittance_einvoice::{MissingTerm, OrderKind, capture, capture_despatch_advice, capture_order};
use quittance_einvoice_formats::{ReadDocument, ReadError, read, read_despatch_advice, read_document, read_order};

use crate::data;

/// What became of a document, in one word; a captured one says its kind.
fn outcome(path: &Path) -> String {
    let terms = |missing: Vec<MissingTerm>| missing.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let captured = match read_document(&data::bytes(path)) {
        Ok(ReadDocument::Invoice(read)) => capture(&read.invoice()).map(|_| "invoice".to_owned()),
        Ok(ReadDocument::Order(read)) => capture_order(&read.order()).map(|order| format!("{:?}", order.kind).to_lowercase()),
        Ok(ReadDocument::DespatchAdvice(read)) => capture_despatch_advice(&read.advice()).map(|_| "despatch_advice".to_owned()),
        Err(error) => return error.code().to_owned(),
    };
    captured.unwrap_or_else(terms)
}

/// A part of the path, and what becomes of the documents below it; the first that fits decides.
const PEPPOL: &[(&str, &str)] = &[
    ("examples/Order_Example", "order"),
    ("examples/Order use cases/", "order"),
    ("snippets/order/", "order"),
    ("examples/DespatchAdvice_Example", "despatch_advice"),
    ("examples/Despatch Advice use cases/", "despatch_advice"),
    ("snippets/despatch/", "despatch_advice"),
    // Catalogues, punch-outs, changes, cancellations, responses and agreements are documents of other kinds.
    ("", "unknown_document"),
];

#[test]
fn peppol_documents_are_what_their_folder_says() {
    let mut wrong = Vec::new();
    for path in data::files("peppol-poacc", ".xml") {
        let name = data::name(&path);
        let expected = PEPPOL.iter().find(|(part, _)| name.contains(part)).map(|(_, expected)| *expected);
        let became = outcome(&path);
        if Some(became.as_str()) != expected {
            wrong.push(format!("{name}: {became}, expected {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn plain_ubl_orders_are_read_and_a_request_for_quotation_is_none() {
    for path in data::files("oca-edi/sale_order_import_ubl", ".xml") {
        let is_order = data::name(&path).contains("UBL-Order");
        assert_eq!(outcome(&path), if is_order { "order" } else { "unknown_document" }, "{}", data::name(&path));
    }
    assert_eq!(outcome(&data::root().join("oca-edi/sale_order_import/tests/fixtures/test.pdf")), "pdf_without_document");
    for path in data::files("oca-edi/account_invoice_import_facturx", ".pdf")
        .into_iter()
        .chain(data::files("oca-edi/account_invoice_import_ubl", ".xml"))
    {
        let name = data::name(&path);
        assert!(matches!(read_document(&data::bytes(&path)), Ok(ReadDocument::Invoice(_))), "{name}");
        assert!(matches!(read_order(&data::bytes(&path)).map_err(|e| e.code()), Err("not_an_order" | "pdf_without_order")), "{name}");
    }
}

#[test]
fn order_x_says_order_change_or_response() {
    let files = data::files("orderx-1.0-examples", ".pdf").into_iter().chain(data::files("orderx-1.0-examples", ".xml"));
    let mut seen = 0;
    for path in files {
        let name = data::name(&path);
        let kind = match name.rsplit('/').next().unwrap_or_default() {
            file if file.contains("RESPONSE") => "response",
            file if file.contains("CHANGE") => "change",
            _ => "order",
        };
        assert_eq!(outcome(&path), kind, "{name}");
        assert!(matches!(read(&data::bytes(&path)), Err(ReadError::NotAnInvoice { .. } | ReadError::PdfWithoutInvoice { .. })), "{name}");
        seen += 1;
    }
    assert!(seen >= 20, "only {seen} seen");
}

#[test]
fn the_embedded_order_is_the_one_beside_the_pdf() {
    let canonical = |bytes: &[u8]| capture_order(&read_order(bytes).expect("an order").order()).expect("complete");
    let mut compared = 0;
    for pdf in data::files("orderx-1.0-examples", ".pdf") {
        let file = pdf.file_name().expect("a name").to_string_lossy().replace(".pdf", ".xml");
        let xml = pdf.parent().expect("a folder").join("_XML for direct access").join(file);
        if xml.exists() {
            let read = read_order(&data::bytes(&pdf)).expect("an order");
            assert_eq!(read.attachment(), Some("order-x.xml"));
            assert_eq!(canonical(&data::bytes(&pdf)), canonical(&data::bytes(&xml)), "{}", data::name(&pdf));
            compared += 1;
        }
    }
    assert!(compared >= 10, "only {compared} compared");
}

/// What one reader wants is not what another gets.
#[test]
fn each_reader_names_what_it_wanted() {
    let order = data::bytes(&data::root().join("peppol-poacc/examples/Order_Example.xml"));
    let advice = data::bytes(&data::root().join("peppol-poacc/examples/DespatchAdvice_Example.xml"));
    let codes = [
        (read(&order).map(drop).map_err(|e| e.code()), Err("not_an_invoice")),
        (read_order(&order).map(drop).map_err(|e| e.code()), Ok(())),
        (read_despatch_advice(&order).map(drop).map_err(|e| e.code()), Err("not_a_despatch_advice")),
        (read(&advice).map(drop).map_err(|e| e.code()), Err("not_an_invoice")),
        (read_order(&advice).map(drop).map_err(|e| e.code()), Err("not_an_order")),
        (read_despatch_advice(&advice).map(drop).map_err(|e| e.code()), Ok(())),
    ];
    codes.iter().for_each(|(became, expected)| assert_eq!(became, expected));
}

/// UNTDID 1225: an order with the purpose 1 takes another one back, whatever its type says.
#[test]
fn a_cancellation_is_no_order() {
    let name = "orderx-1.0-examples/_ORDER-x_EXAMPLES_COMFORT/_XML for direct access/ORDER-X_EX01_ORDER_FULL_DATA-COMFORT.xml";
    let text = data::text(name).replace("<ram:PurposeCode>9<", "<ram:PurposeCode>1<");
    let read = read_order(text.as_bytes()).expect("an order");
    assert_eq!(read.order().kind(), OrderKind::Cancellation);
}

/// The same guards stand before orders as before invoices.
#[test]
fn an_order_with_a_document_type_or_a_bomb_is_refused_with_its_place() {
    let order = data::text("peppol-poacc/examples/Order_Example.xml");
    let (head, body) = order.split_once("?>").expect("a declaration");
    let with_type = format!("{head}?>\n<!DOCTYPE Order [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>{body}");
    let error = read_order(with_type.as_bytes()).expect_err("refused");
    assert_eq!((error.code(), error.position().map(|at| at.line)), ("doctype_forbidden", Some(2)));
    let deep = order.replacen("<cac:OrderLine>", &"<cac:OrderLine>".repeat(200), 1);
    assert_eq!(read_order(deep.as_bytes()).expect_err("refused").code(), "limit_exceeded");
    let cut = &order[..order.len() / 2];
    let error = read_order(cut.as_bytes()).expect_err("refused");
    assert_eq!((error.code(), error.position().is_some()), ("malformed", true));
    let latin: Vec<u8> = order.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect();
    assert_eq!(read_order(&latin).expect_err("declared as UTF-8").code(), "wrong_encoding");
}
