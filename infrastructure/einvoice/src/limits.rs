//! How much a document may cost: whatever a file holds, reading it stays within these bounds.

/// Limits that every known real invoice passes with a wide margin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file as received.
    pub file_bytes: usize,
    /// Bytes of the XML, in a PDF after unpacking, and of its text in UTF-8.
    pub xml_bytes: usize,
    /// All bytes that streams of one PDF may unpack to.
    pub pdf_unpacked_bytes: usize,
    pub depth: usize,
    pub elements: usize,
    /// About what lines, allowances, taxes and other groups that may repeat take in the model: twenty thousand lines or so.
    pub model_bytes: usize,
    /// Attributes of the whole document.
    pub attributes: usize,
    pub attributes_per_element: usize,
    /// Namespace declarations in force at one place.
    pub namespaces: usize,
    /// Different names and paths.
    pub vocabulary: usize,
    /// Bytes of one name with its namespace: names stand in the path of every finding below them.
    pub name_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 24 << 20,
            xml_bytes: 12 << 20,
            pdf_unpacked_bytes: 16 << 20,
            depth: 100,
            elements: 400_000,
            model_bytes: 40 << 20,
            attributes: 400_000,
            attributes_per_element: 64,
            namespaces: 64,
            vocabulary: 20_000,
            name_bytes: 500,
        }
    }
}
