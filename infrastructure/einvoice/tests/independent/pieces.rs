//! What the examples do not have, right and wrong: where it goes, and its text.

pub const UBL: &[(&str, &str)] = &[
    ("", "<cbc:UBLVersionID>2.0</cbc:UBLVersionID><cbc:TaxPointDate>2024-01-01</cbc:TaxPointDate><cbc:Note>#ZZY#x</cbc:Note>"),
    ("", "<cac:InvoicePeriod><cbc:DescriptionCode>35</cbc:DescriptionCode></cac:InvoicePeriod>"),
    ("", "<cac:PaymentMeans><cbc:PaymentMeansCode name='a'>30</cbc:PaymentMeansCode></cac:PaymentMeans>"),
    (
        "",
        "<cac:PaymentMeans><cbc:PaymentMeansCode name='b'>48</cbc:PaymentMeansCode><cac:CardAccount><cbc:PrimaryAccountNumberID>4111111111111111</cbc:PrimaryAccountNumberID></cac:CardAccount></cac:PaymentMeans>",
    ),
    (
        "",
        "<cac:AdditionalDocumentReference><cbc:ID schemeID='zz'>1</cbc:ID><cbc:DocumentTypeCode>130</cbc:DocumentTypeCode><cbc:DocumentDescription>no</cbc:DocumentDescription><cac:Attachment/></cac:AdditionalDocumentReference>",
    ),
    (
        "",
        "<cac:AdditionalDocumentReference><cbc:ID schemeID='AAA'>2</cbc:ID><cbc:DocumentTypeCode>130</cbc:DocumentTypeCode></cac:AdditionalDocumentReference>",
    ),
    ("", "<cac:AdditionalDocumentReference><cbc:ID schemeID='AAA'>3</cbc:ID></cac:AdditionalDocumentReference>"),
    (
        "",
        "<cac:AllowanceCharge><cbc:ChargeIndicator>true</cbc:ChargeIndicator><cbc:AllowanceChargeReason>a</cbc:AllowanceChargeReason><cbc:AllowanceChargeReason>b</cbc:AllowanceChargeReason><cbc:Amount currencyID='NOK'>1.125</cbc:Amount><cbc:BaseAmount currencyID='NOK'>1.125</cbc:BaseAmount><cac:TaxCategory><cbc:ID>L</cbc:ID><cbc:Percent>-1</cbc:Percent><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:TaxCategory></cac:AllowanceCharge>",
    ),
    (
        "",
        "<cac:AllowanceCharge><cbc:ChargeIndicator>true</cbc:ChargeIndicator><cbc:AllowanceChargeReasonCode>FC</cbc:AllowanceChargeReasonCode><cbc:Amount currencyID='NOK'>1</cbc:Amount><cac:TaxCategory><cbc:ID>O</cbc:ID><cbc:Percent>0</cbc:Percent><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:TaxCategory></cac:AllowanceCharge>",
    ),
    (
        "",
        "<cac:AllowanceCharge><cbc:ChargeIndicator>false</cbc:ChargeIndicator><cbc:AllowanceChargeReasonCode>95</cbc:AllowanceChargeReasonCode><cbc:Amount currencyID='NOK'>1</cbc:Amount><cbc:BaseAmount currencyID='NOK'>1.125</cbc:BaseAmount><cac:TaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>25</cbc:Percent><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:TaxCategory></cac:AllowanceCharge>",
    ),
    (
        "cac:AccountingSupplierParty/cac:Party",
        "<cac:PartyTaxScheme><cbc:CompanyID>a</cbc:CompanyID><cac:TaxScheme><cbc:ID>TAX</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme><cac:PartyTaxScheme><cbc:CompanyID>b</cbc:CompanyID><cac:TaxScheme><cbc:ID>TAX</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>",
    ),
    (
        "cac:AccountingSupplierParty/cac:Party",
        "<cac:PartyIdentification><cbc:ID schemeID='SEPA'>a</cbc:ID></cac:PartyIdentification><cac:PartyIdentification><cbc:ID schemeID='sepa'>b</cbc:ID></cac:PartyIdentification>",
    ),
    (
        "cac:InvoiceLine",
        "<cac:AllowanceCharge><cbc:ChargeIndicator>true</cbc:ChargeIndicator><cbc:AllowanceChargeReason>a</cbc:AllowanceChargeReason><cbc:Amount currencyID='NOK'>1.125</cbc:Amount><cbc:BaseAmount currencyID='NOK'>1.125</cbc:BaseAmount></cac:AllowanceCharge>",
    ),
    (
        "cac:InvoiceLine",
        "<cac:AllowanceCharge><cbc:ChargeIndicator>false</cbc:ChargeIndicator><cbc:AllowanceChargeReason>a</cbc:AllowanceChargeReason><cbc:Amount currencyID='NOK'>1.125</cbc:Amount><cbc:BaseAmount currencyID='NOK'>1.125</cbc:BaseAmount></cac:AllowanceCharge>",
    ),
];

const HEADER: &str = "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement";
const AGREEMENT: &str = "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement";
const SELLER: &str = "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/ram:SellerTradeParty";
const LINE: &str = "rsm:SupplyChainTradeTransaction/ram:IncludedSupplyChainTradeLineItem/ram:SpecifiedLineTradeSettlement";
const LINE_AGREEMENT: &str = "rsm:SupplyChainTradeTransaction/ram:IncludedSupplyChainTradeLineItem/ram:SpecifiedLineTradeAgreement";
const PRODUCT: &str = "rsm:SupplyChainTradeTransaction/ram:IncludedSupplyChainTradeLineItem/ram:SpecifiedTradeProduct";

pub const CII: &[(&str, &str)] = &[
    (SELLER, "<ram:SpecifiedTaxRegistration><ram:ID schemeID='VA'>NO1</ram:ID></ram:SpecifiedTaxRegistration>"),
    ("rsm:ExchangedDocument", "<ram:IncludedNote><ram:Content>x</ram:Content><ram:SubjectCode>AAI</ram:SubjectCode></ram:IncludedNote>"),
    (HEADER, "<ram:TaxCurrencyCode>SEK</ram:TaxCurrencyCode>"),
    (
        HEADER,
        "<ram:BillingSpecifiedPeriod><ram:StartDateTime><udt:DateTimeString format='102'>20240201</udt:DateTimeString></ram:StartDateTime><ram:EndDateTime><udt:DateTimeString format='102'>20240131</udt:DateTimeString></ram:EndDateTime></ram:BillingSpecifiedPeriod><ram:BillingSpecifiedPeriod/>",
    ),
    (
        HEADER,
        "<ram:SpecifiedTradeSettlementPaymentMeans><ram:TypeCode>58</ram:TypeCode><ram:Information>a</ram:Information><ram:ApplicableTradeSettlementFinancialCard><ram:ID>4111111111111111</ram:ID></ram:ApplicableTradeSettlementFinancialCard><ram:PayeePartyCreditorFinancialAccount><ram:IBANID/></ram:PayeePartyCreditorFinancialAccount></ram:SpecifiedTradeSettlementPaymentMeans>",
    ),
    (
        HEADER,
        "<ram:SpecifiedTradeSettlementPaymentMeans><ram:TypeCode>48</ram:TypeCode><ram:Information>b</ram:Information></ram:SpecifiedTradeSettlementPaymentMeans>",
    ),
    (
        HEADER,
        "<ram:ApplicableTradeTax><ram:CalculatedAmount>0</ram:CalculatedAmount><ram:TypeCode>VAT</ram:TypeCode><ram:ExemptionReason>why</ram:ExemptionReason><ram:ExemptionReasonCode>VATEX-EU-IC</ram:ExemptionReasonCode><ram:BasisAmount>1</ram:BasisAmount><ram:CategoryCode>K</ram:CategoryCode><ram:DueDateTypeCode>5</ram:DueDateTypeCode><ram:RateApplicablePercent>0</ram:RateApplicablePercent></ram:ApplicableTradeTax>",
    ),
    (
        HEADER,
        "<ram:ApplicableTradeTax><ram:CalculatedAmount>9</ram:CalculatedAmount><ram:TypeCode>VAT</ram:TypeCode><ram:BasisAmount>1</ram:BasisAmount><ram:CategoryCode>L</ram:CategoryCode><ram:TaxPointDate><udt:DateString format='102'>20240131</udt:DateString></ram:TaxPointDate><ram:DueDateTypeCode>29</ram:DueDateTypeCode><ram:RateApplicablePercent>7</ram:RateApplicablePercent></ram:ApplicableTradeTax>",
    ),
    (
        HEADER,
        "<ram:ApplicableTradeTax><ram:CalculatedAmount>9</ram:CalculatedAmount><ram:TypeCode>VAT</ram:TypeCode><ram:BasisAmount>1</ram:BasisAmount><ram:CategoryCode>M</ram:CategoryCode><ram:RateApplicablePercent>7</ram:RateApplicablePercent></ram:ApplicableTradeTax>",
    ),
    (
        HEADER,
        "<ram:SpecifiedTradeAllowanceCharge><ram:ChargeIndicator><udt:Indicator>true</udt:Indicator></ram:ChargeIndicator><ram:BasisAmount>1.125</ram:BasisAmount><ram:ActualAmount>1.125</ram:ActualAmount><ram:ReasonCode>FC</ram:ReasonCode><ram:CategoryTradeTax><ram:TypeCode>VAT</ram:TypeCode><ram:CategoryCode>S</ram:CategoryCode><ram:RateApplicablePercent>-7</ram:RateApplicablePercent></ram:CategoryTradeTax></ram:SpecifiedTradeAllowanceCharge>",
    ),
    (
        HEADER,
        "<ram:SpecifiedTradeAllowanceCharge><ram:ChargeIndicator><udt:Indicator>false</udt:Indicator></ram:ChargeIndicator><ram:BasisAmount>1.125</ram:BasisAmount><ram:ActualAmount>1.125</ram:ActualAmount><ram:ReasonCode>95</ram:ReasonCode><ram:CategoryTradeTax><ram:TypeCode>VAT</ram:TypeCode><ram:CategoryCode>S</ram:CategoryCode><ram:RateApplicablePercent>-1</ram:RateApplicablePercent><ram:ExemptionReason>x</ram:ExemptionReason><ram:ExemptionReasonCode>VATEX-EU-O</ram:ExemptionReasonCode></ram:CategoryTradeTax><ram:RateApplicablePercent>1</ram:RateApplicablePercent><ram:RateApplicablePercent>1</ram:RateApplicablePercent></ram:SpecifiedTradeAllowanceCharge>",
    ),
    (
        "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/ram:SpecifiedTradeSettlementHeaderMonetarySummation",
        "<ram:TotalPrepaidAmount>0.001</ram:TotalPrepaidAmount><ram:RoundingAmount>0.001</ram:RoundingAmount>",
    ),
    (
        AGREEMENT,
        "<ram:AdditionalReferencedDocument><ram:IssuerAssignedID>a</ram:IssuerAssignedID><ram:TypeCode>130</ram:TypeCode><ram:ReferenceTypeCode>AAA</ram:ReferenceTypeCode></ram:AdditionalReferencedDocument><ram:AdditionalReferencedDocument><ram:IssuerAssignedID>b</ram:IssuerAssignedID><ram:TypeCode>130</ram:TypeCode></ram:AdditionalReferencedDocument>",
    ),
    (
        AGREEMENT,
        "<ram:AdditionalReferencedDocument><ram:IssuerAssignedID>c</ram:IssuerAssignedID><ram:TypeCode>50</ram:TypeCode></ram:AdditionalReferencedDocument><ram:AdditionalReferencedDocument><ram:IssuerAssignedID>d</ram:IssuerAssignedID><ram:TypeCode>50</ram:TypeCode></ram:AdditionalReferencedDocument>",
    ),
    (
        AGREEMENT,
        "<ram:AdditionalReferencedDocument><ram:IssuerAssignedID>e</ram:IssuerAssignedID><ram:URIID>u</ram:URIID><ram:TypeCode>916</ram:TypeCode><ram:Name>n</ram:Name><ram:AttachmentBinaryObject mimeCode='image/png' filename='f'>AA==</ram:AttachmentBinaryObject></ram:AdditionalReferencedDocument><ram:AdditionalReferencedDocument><ram:IssuerAssignedID>f</ram:IssuerAssignedID><ram:TypeCode>916</ram:TypeCode><ram:Name>n</ram:Name><ram:AttachmentBinaryObject mimeCode='image/png' filename='f'>AA==</ram:AttachmentBinaryObject></ram:AdditionalReferencedDocument>",
    ),
    (
        AGREEMENT,
        "<ram:ContractReferencedDocument><ram:IssuerAssignedID schemeName='a' schemeAgencyName='b' schemeDataURI='c' schemeURI='d'>g</ram:IssuerAssignedID><ram:FormattedIssueDateTime/></ram:ContractReferencedDocument>",
    ),
    (
        "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/ram:SellerTradeParty",
        "<ram:DefinedTradeContact><ram:PersonName>p</ram:PersonName><ram:DepartmentName>d</ram:DepartmentName></ram:DefinedTradeContact><ram:URIUniversalCommunication><ram:URIID schemeID='EM'>a@b.c</ram:URIID></ram:URIUniversalCommunication>",
    ),
    (
        "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/ram:BuyerTradeParty",
        "<ram:ID>1</ram:ID><ram:GlobalID schemeID='0088'>1</ram:GlobalID><ram:DefinedTradeContact><ram:PersonName>p</ram:PersonName><ram:DepartmentName>d</ram:DepartmentName></ram:DefinedTradeContact>",
    ),
    (
        "rsm:SupplyChainTradeTransaction",
        "<ram:ApplicableHeaderTradeDelivery><ram:ShipToTradeParty><ram:ID>1</ram:ID><ram:GlobalID schemeID='0088'>1</ram:GlobalID><ram:PostalTradeAddress><ram:CountryID>NO</ram:CountryID></ram:PostalTradeAddress></ram:ShipToTradeParty></ram:ApplicableHeaderTradeDelivery>",
    ),
    (
        HEADER,
        "<ram:PayeeTradeParty><ram:ID>1</ram:ID><ram:GlobalID schemeID='0088'>1</ram:GlobalID><ram:Name>payee</ram:Name></ram:PayeeTradeParty>",
    ),
    (
        LINE,
        "<ram:BillingSpecifiedPeriod><ram:StartDateTime><udt:DateTimeString format='102'>20240201</udt:DateTimeString></ram:StartDateTime><ram:EndDateTime><udt:DateTimeString format='102'>20240131</udt:DateTimeString></ram:EndDateTime></ram:BillingSpecifiedPeriod><ram:BillingSpecifiedPeriod/>",
    ),
    (
        LINE,
        "<ram:SpecifiedTradeAllowanceCharge><ram:ChargeIndicator><udt:Indicator>true</udt:Indicator></ram:ChargeIndicator><ram:BasisAmount>1.125</ram:BasisAmount><ram:ActualAmount>1.125</ram:ActualAmount><ram:Reason>r</ram:Reason></ram:SpecifiedTradeAllowanceCharge>",
    ),
    (
        LINE,
        "<ram:SpecifiedTradeAllowanceCharge><ram:ChargeIndicator><udt:Indicator>false</udt:Indicator></ram:ChargeIndicator><ram:BasisAmount>1.125</ram:BasisAmount><ram:ActualAmount>1.125</ram:ActualAmount><ram:Reason>r</ram:Reason></ram:SpecifiedTradeAllowanceCharge>",
    ),
    (
        LINE,
        "<ram:AdditionalReferencedDocument><ram:IssuerAssignedID>a</ram:IssuerAssignedID><ram:TypeCode>130</ram:TypeCode></ram:AdditionalReferencedDocument><ram:AdditionalReferencedDocument><ram:IssuerAssignedID>b</ram:IssuerAssignedID><ram:TypeCode>130</ram:TypeCode></ram:AdditionalReferencedDocument>",
    ),
    (
        LINE,
        "<ram:ApplicableTradeTax><ram:TypeCode>VAT</ram:TypeCode><ram:CategoryCode>S</ram:CategoryCode><ram:BasisAmount currencyID='NOK' currencyCodeListVersionID='1'>1</ram:BasisAmount><ram:TaxPointDate/><ram:DueDateTypeCode>5</ram:DueDateTypeCode><ram:RateApplicablePercent>25</ram:RateApplicablePercent></ram:ApplicableTradeTax>",
    ),
    (
        LINE_AGREEMENT,
        "<ram:GrossPriceProductTradePrice><ram:ChargeAmount>1</ram:ChargeAmount><ram:BasisQuantity unitCode='C62'>1</ram:BasisQuantity></ram:GrossPriceProductTradePrice>",
    ),
    (
        PRODUCT,
        "<ram:GlobalID schemeID='0160'>1</ram:GlobalID><ram:DesignatedProductClassification><ram:ClassCode listID='STI'>1</ram:ClassCode></ram:DesignatedProductClassification><ram:OriginTradeCountry><ram:ID>NO</ram:ID></ram:OriginTradeCountry>",
    ),
];
