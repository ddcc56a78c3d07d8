//! Sheets as people, programs and enemies write them.

use std::io::{Cursor, Write};
use std::sync::Arc;

use quittance_application::invoice_import::{Reading, SheetDocument};
use quittance_domain::ids::InvoiceImportId;
use quittance_domain::invoice::{DocumentKind, InvoiceDocument};
use quittance_domain::invoice_import::{DecimalMark, FieldSource, Grouping, SheetField, SheetFormat, SheetMapping};
use rust_decimal::{Decimal, dec};
use uuid::Uuid;
use zip::write::SimpleFileOptions;

use super::{OpenSheet, SheetRefusal};

const IMPORT: InvoiceImportId = InvoiceImportId(Uuid::from_u128(7));

fn mapping() -> SheetMapping {
    let column = |name: &str| FieldSource::Column(name.to_owned());
    let fields = [
        (SheetField::VendorName, column("Supplier")),
        (SheetField::Number, column("No")),
        (SheetField::IssueDate, column("Date")),
        (SheetField::Currency, FieldSource::Value("GBP".to_owned())),
        (SheetField::Net, column("Net")),
        (SheetField::Description, column("Text")),
    ];
    SheetMapping { fields: fields.into(), ..SheetMapping::default() }
}

fn opened(bytes: &[u8], mapping: &SheetMapping) -> Result<(SheetFormat, OpenSheet), SheetRefusal> {
    OpenSheet::open(Arc::from(bytes), Some(mapping))
}

fn documents(bytes: &[u8], mapping: &SheetMapping) -> Vec<SheetDocument> {
    let (_, open) = opened(bytes, mapping).expect("a sheet");
    open.read(IMPORT, 0, usize::MAX)
}

fn whole(document: &SheetDocument) -> &InvoiceDocument {
    match &document.reading {
        Reading::Whole(capture) => &capture.document,
        Reading::Faulty(fault) => panic!("{fault:?}"),
    }
}

fn code(document: &SheetDocument) -> (&'static str, u32) {
    match &document.reading {
        Reading::Whole(capture) => panic!("{:?} is whole", capture.document.number),
        Reading::Faulty(fault) => (fault.code, fault.row),
    }
}

const SHEET: &str = "Supplier,No,Date,Net,Text\nGas Ltd,G-1,2026-03-01,100.00,gas\nWater,W-1,2026-03-02,-20.50,refund\nGAS LTD.,G-1,2026-03-01,\"1,020.05\",more gas\n";

#[test]
fn lines_of_one_vendor_and_number_are_one_invoice_wherever_they_stand() {
    let read = documents(SHEET.as_bytes(), &mapping());
    assert_eq!(
        read.iter().map(|d| (d.row, d.rows, d.amount)).collect::<Vec<_>>(),
        [(2, 2, Some(dec!(1120.05))), (3, 1, Some(dec!(-20.50)))]
    );
    let gas = whole(&read[0]);
    assert_eq!((gas.kind, gas.totals.payable, gas.lines.len()), (DocumentKind::Invoice, dec!(1120.05), 2));
    assert_eq!((gas.seller.name.as_str(), gas.lines[1].name.as_str(), gas.lines[1].net), ("Gas Ltd", "more gas", dec!(1020.05)));
    let refund = whole(&read[1]);
    assert_eq!((refund.kind, refund.type_code.as_str(), refund.totals.payable), (DocumentKind::CreditNote, "381", dec!(20.50)));
    assert_eq!((refund.lines[0].quantity.value, refund.lines[0].unit_price), (Decimal::ONE, dec!(20.50)));
}

#[test]
fn a_line_below_zero_within_an_invoice_is_so_many_returned_at_their_price() {
    let sheet = "Supplier,No,Date,Net,Text\nHome,7,2026-03-01,4101.36,care\nHome,7,2026-03-01,-438.80,contribution\n";
    let read = documents(sheet.as_bytes(), &mapping());
    let invoice = whole(&read[0]);
    assert_eq!(
        (invoice.totals.payable, invoice.lines[1].quantity.value, invoice.lines[1].unit_price),
        (dec!(3662.56), dec!(-1), dec!(438.80))
    );
}

#[test]
fn grouping_may_be_by_date_too_or_by_row() {
    let sheet = "Supplier,No,Date,Net,Text\nA,1,2026-03-01,1,\nA,1,2026-03-02,2,\nA,1,2026-03-01,3,\n";
    let of = |grouping| documents(sheet.as_bytes(), &SheetMapping { grouping, ..mapping() });
    assert_eq!(code(&of(Grouping::Number)[0]), ("rows_differ", 3));
    assert_eq!(of(Grouping::NumberAndDate).iter().map(|d| d.rows).collect::<Vec<_>>(), [2, 1]);
    assert_eq!(of(Grouping::Row).len(), 3);
}

#[test]
fn one_bad_row_sets_its_whole_invoice_aside_and_no_other() {
    let sheet = "Supplier,No,Date,Net,Text\nA,1,2026-03-01,1.00,\nA,1,2026-03-01,one,\nB,2,2026-02-30,1.00,\n,3,2026-03-01,1.00,\nC,--,2026-03-01,1.00,\nD,4,2026-03-01,1.005,\nE,5,2026-03-01,,\nF,6,2026-03-01,1,x,y\nG,7,2026-03-01,7.00,\n";
    let read = documents(sheet.as_bytes(), &mapping());
    let faults: Vec<_> = read[..7].iter().map(code).collect();
    let expected = [
        ("amount_unreadable", 3),
        ("date_unreadable", 4),
        ("field_missing", 5),
        ("field_invalid", 6),
        ("below_minor_unit", 7),
        ("field_missing", 8),
        ("row_ragged", 9),
    ];
    assert_eq!(faults, expected);
    assert_eq!(whole(&read[7]).number, "7");
}

/// A sign may be that of several currencies; a row is not in another one than it says.
#[test]
fn an_amount_with_another_currency_s_sign_is_set_aside() {
    let cases = [
        ("EUR", "€5.00", None),
        ("EUR", "$5.00", Some("currency_differs")),
        ("EUR", "-£5.00", Some("currency_differs")),
        ("EUR", "(5.00 ¥)", Some("currency_differs")),
        ("EUR", "5.00 kr", Some("amount_unreadable")),
        ("USD", "$5.00", None),
        ("CAD", "$5.00", None),
        ("CNY", "¥5.00", None),
        ("JPY", "¥5", None),
        ("EGP", "£5.00", None),
        ("SEK", "€5.00", Some("currency_differs")),
    ];
    for (currency, text, expected) in cases {
        let mut mapping = mapping();
        mapping.fields.insert(SheetField::Currency, FieldSource::Value(currency.to_owned()));
        let sheet = format!("Supplier,No,Date,Net,Text\nA,1,2026-03-01,{text},\n");
        let told = match &documents(sheet.as_bytes(), &mapping)[0].reading {
            Reading::Whole(_) => None,
            Reading::Faulty(fault) => Some((fault.code, fault.field)),
        };
        assert_eq!(told, expected.map(|code| (code, Some(SheetField::Net))), "{text} in {currency}");
    }
}

#[test]
fn a_quantity_is_no_money() {
    let mut mapping = mapping();
    mapping.fields.insert(SheetField::Quantity, FieldSource::Column("Text".to_owned()));
    let sheet = "Supplier,No,Date,Net,Text\nA,1,2026-03-01,6.00,£2\nA,2,2026-03-01,£6.00,2\n";
    let read = documents(sheet.as_bytes(), &mapping);
    assert_eq!(code(&read[0]), ("amount_unreadable", 2));
    assert_eq!(whole(&read[1]).totals.payable, dec!(6.00));
}

#[test]
fn a_file_is_read_in_the_encoding_and_with_the_delimiter_that_it_has() {
    let sheet = "Supplier;No;Date;Net;Text\r\nCafé Zürich;1;2026-03-01;5,00;€ 5\r\n";
    let mapping = SheetMapping { decimal_mark: DecimalMark::Comma, ..mapping() };
    let windows: Vec<u8> = encoding_rs::WINDOWS_1252.encode(sheet).0.into_owned();
    assert!(std::str::from_utf8(&windows).is_err());
    let utf16: Vec<u8> = [0xFF, 0xFE].into_iter().chain(sheet.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let marked = [b"\xEF\xBB\xBF", sheet.as_bytes()].concat();
    for bytes in [sheet.as_bytes(), &windows, &utf16, &marked] {
        let read = documents(bytes, &mapping);
        assert_eq!((whole(&read[0]).seller.name.as_str(), whole(&read[0]).lines[0].name.as_str()), ("Café Zürich", "€ 5"));
    }
}

#[test]
fn ndjson_numbers_pass_through_no_float() {
    let lines = "{\"Supplier\":\"A\",\"No\":1,\"Date\":\"2026-03-01\",\"Net\":9007199254740.01,\"Text\":null,\"other\":{}}\n\n{\"No\":2}\n";
    let (format, open) = opened(lines.as_bytes(), &mapping()).expect("a sheet");
    let read = open.read(IMPORT, 0, 9);
    assert_eq!(
        (format, whole(&read[0]).totals.payable, code(&read[1])),
        (SheetFormat::Ndjson, dec!(9007199254740.01), ("field_missing", 3))
    );
    let broken = opened(b"{\"No\":1}\n{\"No\":", &mapping()).err().expect("a refusal");
    assert!(broken.code == "sheet_unreadable" && broken.detail.contains("line 2"), "{broken:?}");
}

/// A workbook's and JSON's numbers have no mark of their own: read as text with commas, 1.125 would be a thousand times as much.
#[test]
fn numbers_are_numbers_whatever_the_mark_of_texts_is() {
    let mapping = SheetMapping { decimal_mark: DecimalMark::Comma, ..mapping() };
    let line = "{\"Supplier\":\"A\",\"No\":1,\"Date\":\"2026-03-01\",\"Net\":1.120}\n{\"Supplier\":\"A\",\"No\":2,\"Date\":\"2026-03-01\",\"Net\":\"1,12\"}\n";
    let head = [("A1", "Supplier"), ("B1", "No"), ("C1", "Date"), ("D1", "Net"), ("E1", "Text")].map(|(p, t)| text_cell(p, t)).concat();
    let row = |number: u32, cell: String| {
        let texts = [("A", "Gas"), ("B", "1"), ("C", "2026-03-01")].map(|(p, t)| text_cell(&format!("{p}{number}"), t)).concat();
        format!(r#"<row r="{number}">{texts}{cell}</row>"#)
    };
    let cells = [row(2, r#"<c r="D2"><v>1.12</v></c>"#.to_owned()), row(3, text_cell("D3", "1,12"))].concat();
    let workbook = workbook(&format!(r#"<row r="1">{head}</row>{cells}"#));
    let grouped = SheetMapping { grouping: Grouping::Row, ..mapping };
    for bytes in [line.as_bytes(), &workbook] {
        let amounts: Vec<Decimal> = documents(bytes, &grouped).iter().map(|read| whole(read).totals.payable).collect();
        assert_eq!(amounts, [dec!(1.12), dec!(1.12)]);
    }
}

/// Lines above the table are counted as an editor shows them, and Excel's line that names the delimiter is none of them.
#[test]
fn the_head_of_a_csv_is_found() {
    for (sheet, rows_above) in [
        ("Report of March\n\nSupplier,No,Date,Net,Text\nA,1,2026-03-01,1.00,\n", 2),
        ("\n\nSupplier,No,Date,Net,Text\nA,1,2026-03-01,1.00,\n", 2),
        ("\nSupplier,No,Date,Net,Text\nA,1,2026-03-01,1.00,\n", 0),
        ("sep=;\r\nSupplier;No;Date;Net;Text\r\nA;1;2026-03-01;1.00;a,b,c,d,e,f,g\r\n", 0),
        ("sep=\t\nabove\nSupplier\tNo\tDate\tNet\tText\nA\t1\t2026-03-01\t1.00\t\n", 1),
        ("Supplier,No,Date,Net,Text\rA,1,2026-03-01,1.00,\r", 0),
    ] {
        let read = documents(sheet.as_bytes(), &SheetMapping { rows_above, ..mapping() });
        assert_eq!(read.iter().map(|one| whole(one).totals.payable).collect::<Vec<_>>(), [dec!(1)], "{sheet}");
    }
}

fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(*name, SimpleFileOptions::default()).expect("a file begins");
        zip.write_all(bytes).expect("a file is written");
    }
    zip.finish().expect("a zip").into_inner()
}

/// The least that is a workbook: text in its cells, a date as the number of days that programs write, a formula's value.
fn workbook(rows: &str) -> Vec<u8> {
    let styles = r#"<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>"#;
    let sheet = format!(
        r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>"#
    );
    let files: [(&str, &str); 6] = [
        (
            "_rels/.rels",
            r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
        ),
        ("[Content_Types].xml", r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>"#),
        (
            "xl/workbook.xml",
            r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="March" sheetId="1" r:id="rId1"/></sheets></workbook>"#,
        ),
        (
            "xl/_rels/workbook.xml.rels",
            r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#,
        ),
        ("xl/styles.xml", styles),
        ("xl/worksheets/sheet1.xml", &sheet),
    ];
    zipped(&files.map(|(name, text)| (name, text.as_bytes())))
}

fn text_cell(place: &str, text: &str) -> String {
    format!(r#"<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>"#)
}

#[test]
fn a_workbook_is_read_cell_by_cell_with_fifteen_digits_of_its_numbers() {
    let head: String =
        [("A1", "Supplier"), ("B1", "No"), ("C1", "Date"), ("D1", "Net"), ("E1", "Text")].map(|(p, t)| text_cell(p, t)).concat();
    let rows = format!(
        r#"<row r="1">{head}</row><row r="3">{}<c r="B3"><v>1900058791</v></c><c r="C3" s="1"><v>46082</v></c><c r="D3"><f>0.1+0.2</f><v>0.30000000000000004</v></c></row>"#,
        text_cell("A3", "Gas Ltd")
    );
    let (format, open) = opened(&workbook(&rows), &mapping()).expect("a workbook");
    let read = open.read(IMPORT, 0, 9);
    assert_eq!((format, read[0].row), (SheetFormat::Xlsx, 3));
    let invoice = whole(&read[0]);
    assert_eq!(
        (invoice.number.as_str(), invoice.issue_date.to_string().as_str(), invoice.totals.payable),
        ("1900058791", "2026-03-01", dec!(0.3))
    );
    let other = SheetMapping { sheet: Some("April".to_owned()), ..mapping() };
    assert_eq!(opened(&workbook(&rows), &other).err().map(|r| r.code), Some("sheet_unknown"));
}

#[test]
fn hostile_files_are_refused_before_they_grow() {
    let wide = ",".repeat(1_000_000);
    let many = "a\n".repeat(super::table::ROWS_MAX + 2);
    let unclosed = format!("Supplier,No,Date,Net,Text\nA,\"1,{}", "x".repeat(40_000));
    let bomb = zipped(&[("xl/workbook.xml", b"<workbook/>"), ("xl/sharedStrings.xml", &vec![b' '; (256 << 20) + 1])]);
    assert!(bomb.len() < 1 << 20, "the bomb itself is small: {}", bomb.len());
    let far = workbook(
        r#"<row r="1"><c r="A1" t="inlineStr"><is><t>Supplier</t></is></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>"#,
    );
    let only_a = SheetMapping { fields: [(SheetField::Number, FieldSource::Column("a".to_owned()))].into(), ..SheetMapping::default() };
    let first =
        SheetMapping { fields: [(SheetField::Number, FieldSource::Column("Supplier".to_owned()))].into(), ..SheetMapping::default() };
    let cases: [(&[u8], &SheetMapping, &str); 9] = [
        (wide.as_bytes(), &only_a, "sheet_too_large"),
        (many.as_bytes(), &only_a, "sheet_too_large"),
        (unclosed.as_bytes(), &mapping(), "sheet_unreadable"),
        (&bomb, &only_a, "sheet_too_large"),
        (&far, &first, "sheet_too_large"),
        (b"", &only_a, "sheet_unreadable"),
        (b"a,a\n1,2\n", &only_a, "column_repeated"),
        (b"b\n1\n", &only_a, "column_unknown"),
        (b"PK\x03\x04nonsense", &only_a, "sheet_unreadable"),
    ];
    for (bytes, mapping, code) in cases {
        assert_eq!(opened(bytes, mapping).err().map(|r| r.code), Some(code), "{:?}", &bytes[..bytes.len().min(20)]);
    }
    assert_eq!(OpenSheet::open(Arc::from(&b"a\n1\n"[..]), None).err().map(|r| r.code), Some("mapping_missing"));
}

#[test]
fn what_is_too_long_for_a_key_is_set_aside() {
    let long = "x".repeat(201);
    let sheet = format!("Supplier,No,Date,Net,Text\n{long},1,2026-03-01,1,\nA,{long},2026-03-01,1,\nA,2,2026-03-01,1,\"a\0b\"\n");
    let read = documents(sheet.as_bytes(), &mapping());
    assert_eq!(read.iter().map(code).collect::<Vec<_>>(), [("text_too_long", 2), ("text_too_long", 3), ("text_invalid", 4)]);
}

#[test]
fn a_zip_of_documents_is_read_one_by_one() {
    let invoice = include_bytes!("../../../api/samples/muster-2026-0117.ubl.xml");
    let zip = zipped(&[("a/one.xml", invoice), ("readme.txt", b"no document"), ("two.xml", b"<Order/>")]);
    let (format, open) = OpenSheet::open(Arc::from(zip), None).expect("a zip");
    let read = open.read(IMPORT, 0, 9);
    assert_eq!((format, open.documents(), read.len()), (SheetFormat::Zip, 2, 2));
    assert!(whole(&read[0]).totals.payable > Decimal::ZERO);
    assert!(matches!(&read[1].reading, Reading::Faulty(fault) if fault.row == 2), "another kind of document");
    assert_eq!(open.read(IMPORT, 1, 9).len(), 1);
}

/// An inch sign at the start of a cell would take the rows behind it for its text.
#[test]
fn a_quote_that_is_never_closed_takes_no_rows_with_it() {
    let row = |number: u32, text: &str| format!("Gas,{number},2026-03-01,{number}.00,{text}\n");
    let sheet = |rows: &[String]| format!("Supplier,No,Date,Net,Text\n{}", rows.concat());
    let open = row(2, "\"19 inch rack");
    let behind = [row(3, "x"), row(4, "\"a, b\"")];
    for broken in [[&[row(1, "x"), open.clone()], &behind[..]].concat(), vec![open.clone(), row(3, "x")]] {
        let refusal = opened(sheet(&broken).as_bytes(), &mapping()).err().expect("a refusal");
        let line = broken.iter().position(|row| *row == open).expect("it is in it") + 2;
        assert!(refusal.code == "sheet_unreadable" && refusal.detail.contains(&format!("line {line} ")), "{refusal:?}");
    }
    let sound = [row(1, "\"two\nlines, \"\"quoted\"\"\""), row(2, "19\" rack"), row(3, "\"a\" b")];
    assert_eq!(documents(sheet(&sound).as_bytes(), &mapping()).len(), 3, "what stays within its row harms nobody");
    let cut_off = sheet(&[row(1, "x"), row(2, "\"19 inch rack")]);
    assert_eq!(opened(cut_off.as_bytes(), &mapping()).err().expect("a refusal").code, "sheet_unreadable", "nobody knows what is missing");
    let heading = "Supplier,No,Date,Net,\"Text\nGas,1,2026-03-01,1.00,x\n";
    assert_eq!(opened(heading.as_bytes(), &mapping()).err().expect("a refusal").code, "sheet_unreadable");
}

/// One whose number no key could hold would stand in the way of all behind it.
#[test]
fn a_zip_sets_aside_what_could_not_be_found_again() {
    let invoice = include_str!("../../../api/samples/muster-2026-0117.ubl.xml");
    let changed = |from: &str, to: &str| {
        assert!(invoice.contains(from), "{from}");
        invoice.replace(from, to).into_bytes()
    };
    let long = "x".repeat(5_000);
    let (number, seller) = (changed("2026-0117", &long), changed("Muster Metallbau GmbH", &long));
    let country = changed("<cbc:IdentificationCode>DE<", &format!("<cbc:IdentificationCode>{long}<"));
    let zip = zipped(&[("1.xml", &number), ("2.xml", &seller), ("3.xml", &country), ("4.xml", invoice.as_bytes())]);
    let (_, open) = OpenSheet::open(Arc::from(zip), None).expect("a zip");
    let read = open.read(IMPORT, 0, 9);
    assert_eq!(read[..3].iter().map(code).collect::<Vec<_>>(), [("text_too_long", 1), ("text_too_long", 2), ("text_too_long", 3)]);
    assert!(whole(&read[3]).totals.payable > Decimal::ZERO);
}

/// A Mac's shadows are no documents, and a zip inside is not passed over in silence.
#[test]
fn a_zip_with_folders_and_junk_counts_its_documents() {
    let invoice = include_bytes!("../../../api/samples/muster-2026-0117.ubl.xml");
    let inner = zipped(&[("hidden.xml", invoice)]);
    let junk: [(&str, &[u8]); 5] = [
        ("March/One.XML", invoice),
        ("__MACOSX/March/._One.XML", b"\0"),
        ("March/._One.XML", b"\0"),
        (".DS_Store", b"\0"),
        ("more.zip", &inner),
    ];
    let (_, open) = OpenSheet::open(Arc::from(zipped(&junk)), None).expect("a zip");
    let read = open.read(IMPORT, 0, 9);
    assert_eq!(read.len(), 2);
    assert!(whole(&read[0]).totals.payable > Decimal::ZERO);
    assert!(matches!(&read[1].reading, Reading::Faulty(fault) if fault.detail.contains("more.zip")), "the zip inside is named");
}

#[test]
fn sheets_of_other_programs_are_told_apart() {
    let opendocument = zipped(&[("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", b"<office/>")]);
    let binary = zipped(&[("[Content_Types].xml", b"<Types/>"), ("xl/workbook.bin", b"")]);
    let old: &[u8] = &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, 0, 0];
    for bytes in [&opendocument[..], &binary, old] {
        let refusal = opened(bytes, &mapping()).err().expect("a refusal");
        assert!(refusal.code == "sheet_unreadable" && refusal.detail.contains("save it as XLSX"), "{refusal:?}");
    }
}

/// Days before and beyond any calendar, as a broken program writes them.
#[test]
fn dates_of_a_workbook_that_are_no_days_are_set_aside() {
    let head = [("A1", "Supplier"), ("B1", "No"), ("C1", "Date"), ("D1", "Net"), ("E1", "Text")].map(|(p, t)| text_cell(p, t)).concat();
    for days in ["1e300", "-1", "-1e18", "1e9", "0"] {
        let texts = [("A2", "Gas"), ("B2", "1")].map(|(p, t)| text_cell(p, t)).concat();
        let row = format!(r#"<row r="2">{texts}<c r="C2" s="1"><v>{days}</v></c><c r="D2"><v>1</v></c></row>"#);
        let read = documents(&workbook(&format!(r#"<row r="1">{head}</row>{row}"#)), &mapping());
        assert_eq!(code(&read[0]), ("date_unreadable", 2), "{days}");
    }
}
