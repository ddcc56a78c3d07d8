//! Namespaces: which prefix means what where, and one canonical prefix for each namespace of an invoice syntax.

use std::collections::HashMap;

use foldhash::fast::RandomState;

/// Canonical prefixes. ZUGFeRD 1 and Order-X say the same with older and newer namespaces; the root tells them apart.
const KNOWN: &[(&str, &str)] = &[
    ("urn:oasis:names:specification:ubl:schema:xsd:Invoice-2", "ubl"),
    ("urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2", "cn"),
    ("urn:oasis:names:specification:ubl:schema:xsd:Order-2", "order"),
    ("urn:oasis:names:specification:ubl:schema:xsd:DespatchAdvice-2", "advice"),
    ("urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2", "cac"),
    ("urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2", "cbc"),
    ("urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2", "ext"),
    ("urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100", "rsm"),
    ("urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100", "ram"),
    ("urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100", "udt"),
    ("urn:un:unece:uncefact:data:standard:QualifiedDataType:100", "qdt"),
    ("urn:un:unece:uncefact:data:SCRDMCCBDACIOMessageStructure:100", "rsm"),
    ("urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:128", "ram"),
    ("urn:un:unece:uncefact:data:standard:UnqualifiedDataType:128", "udt"),
    ("urn:un:unece:uncefact:data:standard:QualifiedDataType:128", "qdt"),
    ("urn:ferd:CrossIndustryDocument:invoice:1p0", "zf"),
    (RELEASE_CANDIDATE, "zf"),
    (ITS_PARTS, "ram"),
    ("urn:un:unece:uncefact:data:standard:UnqualifiedDataType:15", "udt"),
    ("urn:un:unece:uncefact:data:standard:QualifiedDataType:12", "qdt"),
    ("http://www.w3.org/2001/XMLSchema-instance", "xsi"),
    ("http://www.w3.org/XML/1998/namespace", "xml"),
];

/// The release candidate of ZUGFeRD 1 left the parts of its root without a namespace.
const RELEASE_CANDIDATE: &str = "urn:un:unece:uncefact:data:standard:CBFBUY:5";
const ITS_PARTS: &str = "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:12";

pub(super) const XML: &str = "http://www.w3.org/XML/1998/namespace";
pub(super) const XMLNS: &str = "http://www.w3.org/2000/xmlns/";

/// A namespace of this document; 0 is none.
pub(super) type SpaceId = usize;

pub(super) struct Namespaces {
    /// What names of each namespace begin with: `cac:`, `{urn:x}` or nothing.
    starts: Vec<String>,
    ids: HashMap<String, SpaceId, RandomState>,
    /// Innermost last: prefix, namespace, depth of the element that declares it.
    bindings: Vec<(String, SpaceId, usize)>,
}

impl Namespaces {
    pub(super) fn new() -> Self {
        let mut spaces = Self { starts: vec![String::new()], ids: HashMap::default(), bindings: Vec::new() };
        let xml = spaces.space(XML);
        spaces.bindings.push((String::new(), 0, 0));
        spaces.bindings.push(("xml".into(), xml, 0));
        spaces
    }

    pub(super) fn bind(&mut self, prefix: &str, uri: &str, depth: usize) {
        let space = self.space(uri);
        if uri == RELEASE_CANDIDATE && !prefix.is_empty() {
            let parts = self.space(ITS_PARTS);
            self.bindings.push((String::new(), parts, depth));
        }
        self.bindings.push((prefix.into(), space, depth));
    }

    /// Forgets what elements deeper than `depth` declared, and tells whether there was any.
    pub(super) fn leave(&mut self, depth: usize) -> bool {
        let before = self.bindings.len();
        while self.bindings.last().is_some_and(|binding| binding.2 > depth) {
            self.bindings.pop();
        }
        self.bindings.len() < before
    }

    /// Whether the element at this depth already declares the prefix.
    pub(super) fn declared_at(&self, prefix: &str, depth: usize) -> bool {
        self.bindings.iter().rev().take_while(|binding| binding.2 == depth).any(|binding| binding.0 == prefix)
    }

    /// How many namespaces the document has named so far.
    pub(super) fn known(&self) -> usize {
        self.starts.len()
    }

    pub(super) fn in_force(&self) -> usize {
        self.bindings.len()
    }

    pub(super) fn resolve(&self, prefix: &str) -> Option<SpaceId> {
        self.bindings.iter().rev().find(|binding| binding.0 == prefix).map(|binding| binding.1)
    }

    pub(super) fn start(&self, space: SpaceId) -> &str {
        &self.starts[space]
    }

    fn space(&mut self, uri: &str) -> SpaceId {
        if uri.is_empty() {
            return 0;
        }
        if let Some(&id) = self.ids.get(uri) {
            return id;
        }
        let known = KNOWN.iter().find(|(known, _)| *known == uri);
        self.starts.push(known.map_or_else(|| format!("{{{uri}}}"), |(_, prefix)| format!("{prefix}:")));
        self.ids.insert(uri.into(), self.starts.len() - 1);
        self.starts.len() - 1
    }
}
