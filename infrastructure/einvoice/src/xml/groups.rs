//! What the groups of the model that may repeat cost in memory, so that a small file cannot ask for a large model.

/// Elements and about as many bytes as one of them takes, with what its capture takes beside it.
const COSTS: &[(&str, usize)] = &[
    ("cac:InvoiceLine", 2_000),
    ("cac:CreditNoteLine", 2_000),
    ("cac:SubInvoiceLine", 2_000),
    ("cac:OrderLine", 2_000),
    ("cac:DespatchLine", 2_000),
    ("ram:IncludedSupplyChainTradeLineItem", 2_000),
    ("cac:AllowanceCharge", 700),
    ("ram:SpecifiedTradeAllowanceCharge", 700),
    ("ram:AppliedTradeAllowanceCharge", 700),
    ("ram:SpecifiedLogisticsServiceCharge", 700),
    ("cac:TaxSubtotal", 700),
    ("ram:ApplicableTradeTax", 700),
    ("cac:PaymentMeans", 700),
    ("ram:SpecifiedTradeSettlementPaymentMeans", 700),
    ("cac:AdditionalDocumentReference", 500),
    ("ram:AdditionalReferencedDocument", 500),
    ("cac:PayeeFinancialAccount", 300),
    ("cac:PaymentTerms", 300),
    ("ram:SpecifiedTradePaymentTerms", 300),
    ("cac:PrepaidPayment", 300),
    ("ram:SpecifiedAdvancePayment", 300),
    ("cac:ClassifiedTaxCategory", 200),
    ("cac:InvoiceDocumentReference", 200),
    ("ram:InvoiceReferencedDocument", 200),
    ("cbc:Note", 200),
    ("ram:IncludedNote", 200),
    ("cac:PartyTaxScheme", 150),
    ("ram:SpecifiedTaxRegistration", 150),
    ("cac:AdditionalItemProperty", 150),
    ("ram:ApplicableProductCharacteristic", 150),
    ("cac:CommodityClassification", 150),
    ("ram:DesignatedProductClassification", 150),
];

pub(super) fn cost_of(name: &str) -> Option<usize> {
    COSTS.iter().find(|(group, _)| *group == name).map(|(_, cost)| *cost)
}
