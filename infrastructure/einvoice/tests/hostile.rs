//! Files made to hurt: each is refused quickly, for a reason that says what it is, and none ends the process.

use std::fmt::Write as _;
use std::io::Write as _;
use std::time::Duration;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use quittance_einvoice::rules::{RuleSet, validate};
use quittance_einvoice::{capture, check_totals};
use quittance_einvoice_formats::{Limits, ReadError, read};

/// Two seconds as released; without optimisation everything takes some five times as long.
const PATIENCE: Duration = Duration::from_secs(if cfg!(debug_assertions) { 10 } else { 2 });
const UBL: &str = "xmlns='urn:oasis:names:specification:ubl:schema:xsd:Invoice-2' \
    xmlns:cbc='urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2' \
    xmlns:cac='urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2'";

fn invoice(content: &str) -> String {
    format!("<Invoice {UBL}>{content}</Invoice>")
}

/// What this thread has had of the processor: on a busy machine the wall clock says nothing about the file.
fn processor_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/thread-self/stat").expect("Linux tells what a thread used");
    let fields: Vec<&str> = stat.rsplit(')').next().into_iter().flat_map(str::split_whitespace).collect();
    // utime and stime, counted from the state after the name, in ticks of 10 ms.
    let ticks: u64 = fields[11..13].iter().map(|ticks| ticks.parse::<u64>().expect("a number")).sum();
    Duration::from_millis(ticks * 10)
}

/// Reads, maps, captures, checks and judges; gives the code of the refusal, or `read`.
fn outcome(bytes: &[u8]) -> &'static str {
    let before = processor_time();
    let outcome = match read(bytes) {
        Ok(read) => {
            let invoice = read.invoice();
            let _ = (capture(&invoice).is_ok(), check_totals(&invoice).holds());
            drop(validate(&invoice, &[RuleSet::En16931Ubl, RuleSet::PeppolUbl, RuleSet::XrechnungUbl, RuleSet::Strict]));
            "read"
        }
        Err(error) => error.code(),
    };
    let took = processor_time() - before;
    assert!(took < PATIENCE, "took {took:?}: {}", String::from_utf8_lossy(&bytes[..bytes.len().min(80)]));
    outcome
}

/// No invoice counts in the year 9999, nor falls due in the first year, which is what some programs write for no date.
#[test]
fn a_document_of_a_year_that_no_books_hold_is_not_captured() {
    let dated = |issued: &str, due: &str| {
        let text = invoice(&format!("<cbc:ID>1</cbc:ID><cbc:IssueDate>{issued}</cbc:IssueDate><cbc:DueDate>{due}</cbc:DueDate>"));
        let read = read(text.as_bytes()).expect("it is well-formed");
        let missing = capture(&read.invoice()).expect_err("it has no amounts");
        missing.iter().map(ToString::to_string).filter(|said| said.contains("2999")).collect::<Vec<_>>()
    };
    assert_eq!(dated("1900-01-01", "2999-12-31"), [""; 0]);
    assert_eq!(
        dated("9999-12-31", "3000-01-01"),
        ["BT-2 lies between 1900 and 2999, not on 9999-12-31", "BT-9 lies between 1900 and 2999, not on 3000-01-01"]
    );
    assert_eq!(dated("2026-11-01", "0001-01-01"), ["BT-9 lies between 1900 and 2999, not on 0001-01-01"]);
}

#[test]
fn document_types_and_entities_are_refused_with_their_position() {
    let laughs: String = (1..10).fold("<!ENTITY a0 'ha'>".into(), |mut text, level| {
        let _ = write!(text, "<!ENTITY a{level} '{}'>", format!("&a{};", level - 1).repeat(10));
        text
    });
    let bodies = [
        "<!DOCTYPE Invoice>".to_string(),
        "<!DOCTYPE Invoice SYSTEM 'http://127.0.0.1/x.dtd'>".into(),
        "<!DOCTYPE Invoice [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>".into(),
        format!("<!DOCTYPE Invoice [{laughs}]>"),
    ];
    for body in bodies {
        let document = format!("<?xml version='1.0'?>\n{body}{}", invoice("<cbc:ID>&a9;</cbc:ID>"));
        let error = read(document.as_bytes()).expect_err("refused");
        assert_eq!((error.code(), error.position().map(|at| at.line)), ("doctype_forbidden", Some(2)));
    }
    let error = read(invoice("<cbc:ID>\n  &x;</cbc:ID>").as_bytes()).expect_err("refused");
    let position = error.position().map(|at| (at.line, at.column));
    assert_eq!((error.code(), position), ("entity_forbidden", Some((2, 3))));
    assert_eq!(outcome(invoice("<cbc:ID schemeID='&x;'/>").as_bytes()), "entity_forbidden");
}

#[test]
fn what_is_not_well_formed_is_refused() {
    let good = invoice("<cbc:ID>1</cbc:ID>");
    let cases = [
        good[..good.len() - 5].to_string(),
        good.replace("</cbc:ID>", "</cbc:Id>"),
        good.replace("</cbc:ID>", ""),
        format!("{good}{good}"),
        format!("{good}tail"),
        format!("head{good}"),
        format!(" <?xml version='1.0'?>{good}"),
        invoice("<cbc:ID a='1' a='2'/>"),
        invoice("<cbc:ID a='1'b='2'/>"),
        invoice("<cbc:ID a=1/>"),
        invoice("<cbc:ID a/>"),
        invoice("<cbc:ID a='<'/>"),
        invoice("<x:ID/>"),
        invoice("<cbc:ID x:a='1'/>"),
        invoice("<cbc:1/>"),
        invoice("<cbc:a:b/>"),
        invoice("<!-- a -- b -->"),
        invoice("<cbc:ID>]]></cbc:ID>"),
        invoice("<cbc:ID>\u{1}</cbc:ID>"),
        invoice("<cbc:ID>&#0;</cbc:ID>"),
        invoice("<cbc:ID>&#xFFFF;</cbc:ID>"),
        invoice("<cbc:ID>& </cbc:ID>"),
        invoice("<cbc:ID>&amp</cbc:ID>"),
        invoice("<![CDATA[ never ends"),
        invoice("<?xml version='1.0'?>"),
        invoice("<?a<b c?>"),
        "<?xml version='1.1'?><a/>".into(),
        "<".into(),
        "<a".into(),
        "<a b='".into(),
        "<!-- only -->".into(),
    ];
    for case in &cases {
        let code = outcome(case.as_bytes());
        assert!(matches!(code, "malformed" | "unknown_format"), "{code}: {case}");
    }
}

/// On good and damaged documents an independent parser must agree on what is well-formed.
#[test]
fn well_formedness_agrees_with_an_independent_parser() {
    let seed = invoice(
        "<!-- c --><cbc:ID schemeID=\"a&amp;b\">1 &lt; 2</cbc:ID>\n<cac:Party><cbc:Name><![CDATA[x]]></cbc:Name></cac:Party><?p i?>",
    );
    let pieces = ["<", ">", "&", "'", "\"", "/", "=", " ", "x", ":", "!", "-", "]", "?", ";", "#", "\u{e9}", "\u{0}"];
    let mut documents = Vec::new();
    for at in 0..seed.len() {
        let (before, behind) = (&seed[..at], &seed[at + 1..]);
        documents.extend([format!("{before}{behind}"), before.to_string()]);
        documents.extend(pieces.iter().flat_map(|piece| [format!("{before}{piece}{}", &seed[at..]), format!("{before}{piece}{behind}")]));
    }
    let differ: Vec<_> =
        documents.iter().filter(|document| !judge_is_lenient(document)).filter(|document| !judged_alike(document)).collect();
    assert!(differ.is_empty(), "{differ:#?}");
}

/// The judge lets a prefix be empty, and the name of a processing instruction run into its content.
fn judge_is_lenient(document: &str) -> bool {
    ["<:", "</:", " :", "<?"].iter().any(|oddity| document.contains(oddity))
}

fn judged_alike(document: &str) -> bool {
    let ours = matches!(read(document.as_bytes()), Ok(_) | Err(ReadError::NotAnInvoice { .. }));
    ours == roxmltree::Document::parse(document).is_ok()
}

#[test]
fn encodings_are_told_apart_and_never_guessed() {
    let text = invoice("<cbc:ID>Größe €</cbc:ID>");
    let latin = |declared: &str, body: &str| -> Vec<u8> {
        let text = format!("<?xml version='1.0' encoding='{declared}'?>{}", invoice(body));
        text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect()
    };
    let utf_16 = |mark: &str, unit: fn(u16) -> [u8; 2]| -> Vec<u8> { format!("{mark}{text}").encode_utf16().flat_map(unit).collect() };
    let id = |bytes: &[u8]| read(bytes).map(|read| read.invoice().number.text().map(String::from)).map_err(|error| error.code());
    assert_eq!(id(text.as_bytes()), Ok(Some("Größe €".into())));
    assert_eq!(id(format!("\u{feff}{text}").as_bytes()), Ok(Some("Größe €".into())));
    assert_eq!(id(&utf_16("\u{feff}", u16::to_le_bytes)), Ok(Some("Größe €".into())));
    assert_eq!(id(&utf_16("\u{feff}", u16::to_be_bytes)), Ok(Some("Größe €".into())));
    assert_eq!(id(&latin("ISO-8859-1", "<cbc:ID>Größe</cbc:ID>")), Ok(Some("Größe".into())));
    // A euro is 0x80 in one, 0xA4 in the other.
    assert_eq!(id(&latin("windows-1252", "<cbc:ID>Größe \u{80}</cbc:ID>")), Ok(Some("Größe €".into())));
    assert_eq!(id(&latin("windows-1252", "<cbc:ID>\u{81}</cbc:ID>")), Err("wrong_encoding"));
    assert_eq!(id(&latin("ISO-8859-15", "<cbc:ID>Größe \u{A4}</cbc:ID>")), Ok(Some("Größe €".into())));
    assert_eq!(id(&latin("UTF-8", "<cbc:ID>Größe</cbc:ID>")), Err("wrong_encoding"));
    assert_eq!(id(&latin("UTF-7", "<cbc:ID>a</cbc:ID>")), Err("unsupported_encoding"));
    assert_eq!(id(&latin("EBCDIC-CP-US", "<cbc:ID>a</cbc:ID>")), Err("unsupported_encoding"));
    assert_eq!(id(&utf_16("", u16::to_le_bytes)), Err("unsupported_encoding"));
    assert_eq!(id(&[0xFF, 0xFE, 0, 0, b'<', 0, 0, 0]), Err("unsupported_encoding"));
    assert_eq!(id(&[0xFF, 0xFE, b'<']), Err("wrong_encoding"));
    assert_eq!(id(&[0xFF, 0xFE, b'<', 0, 0x00, 0xD8, b'<', 0]), Err("wrong_encoding"));
    assert_eq!(id(b"+ADw-Invoice+AD4-"), Err("unknown_format"));
    assert_eq!(id(b""), Err("empty"));
    assert_eq!(id(b"PK\x03\x04"), Err("unknown_format"));
}

#[test]
fn bombs_of_every_shape_meet_a_limit() {
    let limits = Limits::default();
    let many_attributes: String = (0..100_000).fold(String::new(), |mut text, at| {
        let _ = write!(text, " a{at}='1'");
        text
    });
    let many_namespaces: String = (0..10_000).map(|at| format!("<cbc:a xmlns:n{at}='urn:{at}'>")).collect();
    let many_names: String = (0..100_000).map(|at| format!("<cbc:n{at}/>")).collect();
    let mixed = "x<cbc:a>y</cbc:a>".repeat(300_000);
    let cases = [
        ("100,000 deep", "<cbc:a>".repeat(100_000), "limit_exceeded"),
        ("deep and closed", format!("{}{}", "<cbc:a>".repeat(50_000), "</cbc:a>".repeat(50_000)), "limit_exceeded"),
        ("attributes", format!("<cbc:a{many_attributes}/>"), "limit_exceeded"),
        ("attributes in all", format!("<cbc:a{}/>", " b='1'").repeat(limits.attributes + 1), "limit_exceeded"),
        ("namespaces", many_namespaces, "limit_exceeded"),
        ("names", many_names, "limit_exceeded"),
        ("a name", format!("<{0}/>", "x".repeat(limits.name_bytes + 1)), "limit_exceeded"),
        ("a namespace", format!("<a xmlns='{0}'/>", "u".repeat(limits.name_bytes + 1)), "limit_exceeded"),
        ("elements", "<cbc:a/>".repeat(limits.elements + 1), "limit_exceeded"),
        ("lines", "<cac:InvoiceLine/>".repeat(limits.model_bytes / 2_000 + 1), "limit_exceeded"),
        ("text", "x".repeat(limits.xml_bytes), "too_large"),
        ("one huge attribute", format!("<cbc:a b='{}'/>", "x".repeat(8 << 20)), "read"),
        ("text between elements", mixed, "read"),
        ("references", "&amp;".repeat(1_000_000), "read"),
        ("unmapped", "<cbc:a/>".repeat(limits.elements - 10), "read"),
        ("notes", "<cbc:Note>a</cbc:Note>".repeat(limits.model_bytes / 200), "read"),
        (
            "digits",
            format!("<cac:LegalMonetaryTotal><cbc:PayableAmount>{}</cbc:PayableAmount></cac:LegalMonetaryTotal>", "9".repeat(1 << 20)),
            "read",
        ),
    ];
    for (name, content, expected) in cases {
        assert_eq!(outcome(invoice(&content).as_bytes()), expected, "{name}");
    }
    assert_eq!(outcome(&vec![b'<'; limits.file_bytes + 1]), "too_large");
}

/// As many lines and breakdowns as are allowed, each of a rate of its own: the sums stay linear.
#[test]
fn many_lines_and_rates_are_summed_in_time() {
    let half = Limits::default().model_bytes / 3_000;
    let category = |name: &str, rate: usize| format!("<cac:{name}><cbc:ID>S</cbc:ID><cbc:Percent>{rate}</cbc:Percent></cac:{name}>");
    let content: String = (0..half).fold(String::new(), |mut text, rate| {
        let line = category("ClassifiedTaxCategory", rate);
        let _ = write!(
            text,
            "<cac:InvoiceLine><cbc:LineExtensionAmount>1</cbc:LineExtensionAmount><cac:Item>{line}</cac:Item></cac:InvoiceLine>"
        );
        let _ = write!(text, "<cac:TaxTotal><cac:TaxSubtotal>{}</cac:TaxSubtotal></cac:TaxTotal>", category("TaxCategory", rate));
        text
    });
    assert_eq!(outcome(invoice(&content).as_bytes()), "read");
}

/// Amounts as large as a decimal holds, wherever amounts are added: nothing overflows.
#[test]
fn the_largest_amounts_add_up_to_a_refusal_not_a_panic() {
    let largest = "79228162514264337593543950335";
    for path in ["peppol-bis3/examples", "zugferd-corpus/XML-Rechnung"] {
        for path in documents(path) {
            let text = std::fs::read_to_string(&path).expect("UTF-8");
            let amounts = text.split("Amount").enumerate().map(|(at, piece)| match piece.find(['>', '<']) {
                Some(start) if at > 0 && piece[start..].starts_with('>') => with_number(piece, start + 1, largest),
                _ => piece.to_string(),
            });
            assert_eq!(outcome(amounts.collect::<Vec<_>>().join("Amount").as_bytes()), "read", "{}", path.display());
        }
    }
    let discount = format!(
        "<cac:AllowanceCharge><cbc:ChargeIndicator>false</cbc:ChargeIndicator><cbc:Amount>{largest}</cbc:Amount></cac:AllowanceCharge>"
    );
    let price = format!("<cac:Price><cbc:PriceAmount>1</cbc:PriceAmount>{discount}{discount}</cac:Price>");
    let read = read(invoice(&format!("<cac:InvoiceLine>{price}</cac:InvoiceLine>")).as_bytes()).expect("readable");
    let missing = capture(&read.invoice()).expect_err("incomplete");
    assert!(missing.iter().any(|term| term.term == "BT-147"), "{missing:?}");
}

/// The same where terms are added up and held against each other, which no document of the data says in numbers.
#[test]
fn the_largest_terms_are_read_without_a_panic() {
    let largest = "79228162514264337593543950335";
    let group = |content: String| format!("<ram:SpecifiedTradePaymentTerms>{content}</ram:SpecifiedTradePaymentTerms>");
    let due = "<ram:DueDateDateTime><udt:DateTimeString format='102'>20261210</udt:DateTimeString></ram:DueDateDateTime>";
    let part = group(format!("{due}<ram:PartialPaymentAmount>{largest}</ram:PartialPaymentAmount>"));
    let other = part.replace("20261210", "20270110");
    let discount = group(format!(
        "{due}<ram:ApplicableTradePaymentDiscountTerms><ram:BasisAmount>{largest}</ram:BasisAmount>\
         <ram:CalculationPercent>1</ram:CalculationPercent><ram:ActualDiscountAmount>-{largest}</ram:ActualDiscountAmount>\
         </ram:ApplicableTradePaymentDiscountTerms>"
    ));
    let summation = "<ram:SpecifiedTradeSettlementHeaderMonetarySummation>";
    let texts = documents("xrechnung-testsuite").into_iter().map(|path| std::fs::read_to_string(path).expect("UTF-8"));
    let invoice = texts.into_iter().find(|text| text.contains(summation)).expect("a CII invoice");
    for (name, terms) in [("instalments", part + &other), ("a discount", discount)] {
        let (before, after) = invoice.split_once(summation).expect("sums");
        let stated = format!("{before}{terms}{summation}{after}");
        let read = read(stated.as_bytes()).expect("readable");
        let captured = capture(&read.invoice()).unwrap_or_else(|missing| panic!("{name}: {missing:?}"));
        assert!(!captured.payment.unread_terms.is_empty(), "{name}: a person has to look");
    }
}

fn with_number(piece: &str, start: usize, number: &str) -> String {
    let end = piece[start..].find('<').map_or(piece.len(), |end| start + end);
    let is_number = piece[start..end].trim().parse::<rust_decimal::Decimal>().is_ok();
    if is_number { format!("{}{number}{}", &piece[..start], &piece[end..]) } else { piece.to_string() }
}

/// XML documents of a folder of the data.
fn documents(folder: &str) -> Vec<std::path::PathBuf> {
    let root = std::env::var("QUITTANCE_DATA").unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data").into());
    let start = std::path::Path::new(&root).join(folder);
    let (mut folders, mut found) = (vec![start.clone()], Vec::new());
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder)
            .unwrap_or_else(|error| panic!("no test documents, set QUITTANCE_DATA: {}: {error}", folder.display()));
        for path in entries.map(|entry| entry.expect("readable").path()) {
            match path.extension().and_then(|ending| ending.to_str()) {
                Some("xml") => found.push(path),
                _ if path.is_dir() => folders.push(path),
                _ => {}
            }
        }
    }
    assert!(!found.is_empty(), "no documents in {}", start.display());
    found
}

fn packed(content: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content).expect("memory");
    encoder.finish().expect("memory")
}

/// A PDF with one object for each body.
fn pdf(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut file = b"%PDF-1.7\n".to_vec();
    for (at, object) in objects.iter().enumerate() {
        file.extend(format!("{} 0 obj\n", at + 1).bytes());
        file.extend(object);
        file.extend(b"\nendobj\n");
    }
    file.extend(b"trailer << /Root 1 0 R >>\n%%EOF\n");
    file
}

fn stream(entries: &str, content: &[u8]) -> Vec<u8> {
    let mut object = format!("<< {entries} /Length {} >>\nstream\n", content.len()).into_bytes();
    object.extend(content);
    object.extend(b"\nendstream");
    object
}

fn specification(name: &str, object: u32) -> Vec<u8> {
    format!("<< /Type /Filespec /F ({name}) /EF << /F {object} 0 R >> >>").into_bytes()
}

#[test]
fn an_invoice_is_found_in_a_pdf_whatever_its_streams_look_like() {
    let document = invoice("<cbc:ID>7</cbc:ID>");
    let flate = "/Type /EmbeddedFile /Filter /FlateDecode";
    let hidden = packed(b"3 0 << /Type /Filespec /UF (factur-x.xml) /EF << /F 1 0 R >> >>");
    let files = [
        pdf(&[stream(flate, &packed(document.as_bytes())), specification("factur-x.xml", 1)]),
        pdf(&[stream("", document.as_bytes()), specification("ZUGFeRD-invoice.xml", 1)]),
        pdf(&[stream(flate, &packed(document.as_bytes()))]),
        pdf(&[stream(flate, &packed(document.as_bytes())), stream("/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode", &hidden)]),
        pdf(&[
            stream(flate, b"damaged"),
            specification("notes.xml", 1),
            stream(flate, &packed(document.as_bytes())),
            specification("other.xml", 3),
        ]),
    ];
    for file in files {
        let number = read(&file).map(|read| read.invoice().number.text().map(String::from));
        assert_eq!(number, Ok(Some("7".into())));
    }
}

/// Whoever looks for the word behind each stated length looks at ten megabytes, 150,000 times.
fn lengths_into_blanks() -> Vec<u8> {
    const BLANKS_FROM: usize = 12 << 20;
    let mut file = b"%PDF-1.7\n".to_vec();
    for number in 0..150_000 {
        let opening = |length: usize| format!("{number} 0 obj\n<< /Type /XObject /Length {length:08} >>\nstream\n");
        let starts = file.len() + opening(0).len();
        file.extend(opening(BLANKS_FROM - starts).as_bytes());
        file.extend(b"endstream\n");
    }
    file.resize(BLANKS_FROM + (10 << 20), b' ');
    file
}

#[test]
fn pdfs_that_hide_bombs_or_nothing_are_refused() {
    let bomb = packed(&vec![b' '; 200 << 20]);
    let bombs = packed(&bomb);
    let flate = "/Type /EmbeddedFile /Filter /FlateDecode";
    let dtd = format!("<!DOCTYPE a>{}", invoice(""));
    let many: Vec<_> = (0..150_000).map(|_| b"<< >>\nstream\nendstream".to_vec()).collect();
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("a bomb", pdf(&[stream(flate, &bomb), specification("factur-x.xml", 1)]), "pdf_stream_too_large"),
        (
            "a bomb in a bomb",
            pdf(&[stream("/Filter [/FlateDecode /FlateDecode]", &bombs), specification("factur-x.xml", 1)]),
            "pdf_stream_too_large",
        ),
        ("a bomb that nobody names", pdf(&[stream(flate, &bomb)]), "pdf_stream_too_large"),
        (
            "an object stream that is a bomb",
            pdf(&[stream("/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode", &bomb)]),
            "pdf_stream_too_large",
        ),
        (
            "a long chain of filters",
            pdf(&[stream(&format!("/Filter [{}]", "/FlateDecode ".repeat(1000)), &bomb), specification("factur-x.xml", 1)]),
            "pdf_unreadable",
        ),
        ("an unknown filter", pdf(&[stream("/Filter /JBIG2Decode", b"x"), specification("factur-x.xml", 1)]), "pdf_unreadable"),
        ("a damaged stream", pdf(&[stream(flate, b"x"), specification("factur-x.xml", 1)]), "pdf_unreadable"),
        ("an attachment without content", pdf(&[specification("factur-x.xml", 9)]), "pdf_unreadable"),
        ("an attachment that is itself", pdf(&[specification("factur-x.xml", 1)]), "pdf_unreadable"),
        ("an invoice with a document type", pdf(&[stream("", dtd.as_bytes()), specification("factur-x.xml", 1)]), "doctype_forbidden"),
        ("an order", pdf(&[stream("", b"<a/>"), specification("order-x.xml", 1)]), "pdf_without_invoice"),
        (
            "encrypted",
            [pdf(&[stream(flate, b"x"), specification("factur-x.xml", 1)]), b"<< /Encrypt 9 0 R >>".to_vec()].concat(),
            "pdf_encrypted",
        ),
        ("no objects", b"%PDF-1.7\n".to_vec(), "pdf_unreadable"),
        ("deep arrays", pdf(&[b"[".repeat(5 << 20)]), "pdf_without_invoice"),
        ("unclosed strings", b"%PDF-1.7\n".iter().copied().chain(b"1 0 obj (".repeat(1 << 20)).collect(), "pdf_without_invoice"),
        ("unclosed dictionaries", b"%PDF-1.7\n".iter().copied().chain(b"1 0 obj << /A ".repeat(1 << 20)).collect(), "pdf_without_invoice"),
        (
            "streams without end",
            b"%PDF-1.7\n".iter().copied().chain(b"1 0 obj << >> stream\n".repeat(1 << 19)).collect(),
            "pdf_without_invoice",
        ),
        ("very many streams", pdf(&many), "pdf_unreadable"),
        ("lengths that lead into blanks", lengths_into_blanks(), "pdf_without_invoice"),
        ("obj obj obj", b"%PDF-1.7\n".iter().copied().chain(b"obj ".repeat(4 << 20)).collect(), "pdf_unreadable"),
        ("digits", b"%PDF-1.7\n".iter().copied().chain(b"9".repeat(8 << 20)).collect(), "pdf_unreadable"),
    ];
    for (name, file, expected) in cases {
        assert_eq!(outcome(&file), expected, "{name}");
    }
}

/// Cut anywhere, and with any one byte changed, a PDF is read or refused.
#[test]
fn damaged_pdfs_never_panic() {
    let document = invoice("<cbc:ID>7</cbc:ID>");
    let whole = pdf(&[stream("/Type /EmbeddedFile /Filter /FlateDecode", &packed(document.as_bytes())), specification("factur-x.xml", 1)]);
    for at in 0..whole.len() {
        outcome(&whole[..at]);
        for byte in [0, b'(', b'<', b'[', b'9', 0xFF] {
            let mut changed = whole.clone();
            changed[at] = byte;
            outcome(&changed);
        }
    }
}
