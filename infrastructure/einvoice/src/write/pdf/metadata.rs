//! The metadata by which a PDF says that it is Factur-X: properties of its own, and the schema that PDF/A wants for them.
//!
//! The PDF library writes standard metadata only. An update behind the file's end replaces them, as PDF lets any program do.

use memchr::memmem;
use quittance_einvoice::Specification;

use crate::write::WriteError;

/// What a profile is called in the metadata.
fn conformance_level(specification: Specification) -> &'static str {
    match specification {
        Specification::FacturXMinimum => "MINIMUM",
        Specification::FacturXBasicWl => "BASIC WL",
        Specification::FacturXBasic => "BASIC",
        Specification::FacturXExtended => "EXTENDED",
        Specification::XRechnung | Specification::XRechnungExtension | Specification::XRechnungVehicles => "XRECHNUNG",
        _ => "EN 16931",
    }
}

/// The name of the XML inside, the version of its standard, and the profile, as the metadata say them.
pub(super) struct Hybrid {
    pub(super) file_name: &'static str,
    pub(super) version: String,
    pub(super) level: &'static str,
}

impl Hybrid {
    /// XRechnung has a file name and versions of its own.
    pub(super) fn of(specification: Specification, identifier: &str) -> Self {
        let level = conformance_level(specification);
        if !specification.is_xrechnung() {
            return Self { file_name: "factur-x.xml", version: "1.0".into(), level };
        }
        let version = identifier.rsplit("xrechnung_").next().unwrap_or_default();
        let is_version = !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        let version = if is_version { version } else { "3.0" };
        Self { file_name: "xrechnung.xml", version: version.into(), level }
    }
}

const PROPERTIES: [(&str, &str); 4] = [
    ("DocumentFileName", "The name of the embedded XML document"),
    ("DocumentType", "The type of the hybrid document in capital letters, e.g. INVOICE or ORDER"),
    ("Version", "The actual version of the standard applying to the embedded XML document"),
    ("ConformanceLevel", "The conformance level of the embedded XML document"),
];

fn description(Hybrid { file_name, version, level }: &Hybrid) -> String {
    let property = |(name, what): &(&str, &str)| {
        format!(
            "<rdf:li rdf:parseType=\"Resource\"><pdfaProperty:name>{name}</pdfaProperty:name>\
             <pdfaProperty:valueType>Text</pdfaProperty:valueType><pdfaProperty:category>external</pdfaProperty:category>\
             <pdfaProperty:description>{what}</pdfaProperty:description></rdf:li>"
        )
    };
    let properties: String = PROPERTIES.iter().map(property).collect();
    format!(
        "<rdf:Description rdf:about=\"\" xmlns:fx=\"{FX}\"><fx:DocumentType>INVOICE</fx:DocumentType>\
         <fx:DocumentFileName>{file_name}</fx:DocumentFileName><fx:Version>{version}</fx:Version>\
         <fx:ConformanceLevel>{level}</fx:ConformanceLevel></rdf:Description>\
         <rdf:Description rdf:about=\"\" xmlns:pdfaExtension=\"http://www.aiim.org/pdfa/ns/extension/\" \
         xmlns:pdfaSchema=\"http://www.aiim.org/pdfa/ns/schema#\" xmlns:pdfaProperty=\"http://www.aiim.org/pdfa/ns/property#\">\
         <pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType=\"Resource\">\
         <pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>\
         <pdfaSchema:namespaceURI>{FX}</pdfaSchema:namespaceURI><pdfaSchema:prefix>fx</pdfaSchema:prefix>\
         <pdfaSchema:property><rdf:Seq>{properties}</rdf:Seq></pdfaSchema:property>\
         </rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>"
    )
}

const FX: &str = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#";

/// The file with an update that replaces its metadata.
pub(super) fn updated(mut pdf: Vec<u8>, hybrid: &Hybrid) -> Result<Vec<u8>, WriteError> {
    let update = update(&pdf, hybrid).ok_or(WriteError::Metadata)?;
    pdf.extend_from_slice(&update);
    Ok(pdf)
}

/// Nothing if the library should one day write files of another shape.
fn update(pdf: &[u8], hybrid: &Hybrid) -> Option<Vec<u8>> {
    let number = leading_number(after(pdf, b"/Metadata ")?)?;
    let object = after(pdf, format!("\n{number} 0 obj").as_bytes())?;
    let packet_at = memmem::find(object, b"<?xpacket begin")?;
    let packet = &object[packet_at..memmem::find(object, b"endstream")?];
    let end = memmem::rfind(packet, b"</rdf:RDF>")?;
    let metadata = [&packet[..end], description(hybrid).as_bytes(), packet[end..].trim_ascii_end()].concat();

    let previous = leading_number(&pdf[memmem::rfind(pdf, b"startxref")? + b"startxref".len()..])?;
    let trailer = &pdf[memmem::rfind(pdf, b"trailer")? + b"trailer".len()..memmem::rfind(pdf, b"startxref")?];
    let trailer = trailer.trim_ascii().strip_suffix(b">>")?;

    let mut update = Vec::from(if pdf.ends_with(b"\n") { "" } else { "\n" });
    let object_at = pdf.len() + update.len();
    let head = format!("{number} 0 obj\n<<\n  /Type /Metadata\n  /Subtype /XML\n  /Length {}\n>>\nstream\n", metadata.len());
    update.extend([head.as_bytes(), &metadata, b"\nendstream\nendobj\n"].concat());
    let table_at = pdf.len() + update.len();
    update.extend(format!("xref\n{number} 1\n{object_at:010} 00000 n\r\ntrailer\n").into_bytes());
    update.extend([trailer, format!("/Prev {previous}\n>>\nstartxref\n{table_at}\n%%EOF\n").as_bytes()].concat());
    Some(update)
}

fn after<'b>(bytes: &'b [u8], mark: &[u8]) -> Option<&'b [u8]> {
    memmem::find(bytes, mark).map(|at| &bytes[at + mark.len()..])
}

fn leading_number(bytes: &[u8]) -> Option<usize> {
    let bytes = bytes.trim_ascii_start();
    let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    std::str::from_utf8(&bytes[..digits]).ok()?.parse().ok()
}
