//! A report in SVRL, the Schematron Validation Report Language (ISO/IEC 19757-3, annex D).

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use quittance_einvoice::rules::{Finding, Flag, Report};

const NAMESPACE: &str = "http://purl.oclc.org/dsdl/svrl";

/// The report as an SVRL document: an active pattern for each set of rules, a failed assertion for each finding.
pub fn svrl(report: &Report) -> std::io::Result<Vec<u8>> {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 1);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let root = BytesStart::new("svrl:schematron-output").with_attributes([("xmlns:svrl", NAMESPACE), ("schemaVersion", "iso")]);
    writer.write_event(Event::Start(root))?;
    for applied in &report.sets {
        let id: &str = applied.set.into();
        let name = format!("{id} {}", applied.version);
        let pattern = BytesStart::new("svrl:active-pattern").with_attributes([("id", id), ("name", &name)]);
        writer.write_event(Event::Empty(pattern))?;
        for finding in report.findings.iter().filter(|finding| finding.set == applied.set) {
            failed_assert(&mut writer, finding)?;
        }
    }
    writer.write_event(Event::End(BytesEnd::new("svrl:schematron-output")))?;
    Ok(writer.into_inner())
}

fn failed_assert(writer: &mut Writer<Vec<u8>>, finding: &Finding) -> std::io::Result<()> {
    let flag = match finding.flag {
        Flag::Fatal => "fatal",
        Flag::Warning => "warning",
    };
    // Our rules are no XPath: the id stands where Schematron has its test.
    let assertion = BytesStart::new("svrl:failed-assert").with_attributes([
        ("id", finding.rule.as_str()),
        ("flag", flag),
        ("location", finding.location.as_str()),
        ("test", finding.rule.as_str()),
    ]);
    writer.write_event(Event::Start(assertion))?;
    writer.write_event(Event::Start(BytesStart::new("svrl:text")))?;
    let difference = finding.difference.map(|d| format!(" (by {d})")).unwrap_or_default();
    writer.write_event(Event::Text(BytesText::new(&format!("[{}] {}{difference}", finding.rule, finding.message))))?;
    writer.write_event(Event::End(BytesEnd::new("svrl:text")))?;
    writer.write_event(Event::End(BytesEnd::new("svrl:failed-assert")))
}
