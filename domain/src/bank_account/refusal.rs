//! Why an identifier is refused; the codes are stable and never carry the refused value.

use thiserror::Error;

#[derive(Clone, Copy, Debug, Eq, Error, Hash, PartialEq)]
pub enum IdentifierRefusal {
    #[error("the IBAN has characters other than letters and digits")]
    IbanCharacters,
    #[error("the IBAN's country does not issue IBANs")]
    IbanCountry,
    #[error("the IBAN's length is not the one of its country")]
    IbanLength,
    #[error("the IBAN has letters or digits where its country has the other")]
    IbanStructure,
    #[error("the IBAN's check digits are wrong")]
    IbanChecksum,
    #[error("a BIC has 8 or 11 characters")]
    BicLength,
    #[error("the BIC has characters in the wrong places")]
    BicStructure,
    #[error("the BIC's country is unknown")]
    BicCountry,
    #[error("a US routing number has 9 digits")]
    AbaLength,
    #[error("the US routing number has characters other than digits")]
    AbaCharacters,
    #[error("the US routing number's first two digits are not assigned")]
    AbaRange,
    #[error("the US routing number's check digit is wrong")]
    AbaChecksum,
    #[error("a creditor reference has 5 to 25 characters")]
    CreditorReferenceLength,
    #[error("a creditor reference begins with RF, two digits, then letters and digits")]
    CreditorReferenceStructure,
    #[error("the creditor reference's check digits are wrong")]
    CreditorReferenceChecksum,
    #[error("an account number has 1 to 34 characters")]
    AccountNumberLength,
    #[error("the account number has characters other than letters, digits, '-', '/', '.', '+' and inner spaces")]
    AccountNumberCharacters,
    #[error("a mobile-money provider's name has 1 to 35 characters")]
    MobileMoneyProviderLength,
    #[error("the mobile-money provider's name has characters other than printable ASCII")]
    MobileMoneyProviderCharacters,
    #[error("a clearing system is named by its ISO 20022 code of 5 characters")]
    ClearingSystemCode,
    #[error("a clearing member id has 1 to 35 letters and digits")]
    ClearingMemberId,
    #[error("a purpose is named by its ISO 20022 code of 4 characters")]
    PurposeCode,
    #[error("the country is not an ISO 3166 code of two letters")]
    CountryCode,
    #[error("a payment reference has 1 to 35 characters")]
    PaymentReferenceLength,
    #[error("a payment reference has letters, digits, spaces and /-?:().,'+ only, and no slash at an end or twice in a row")]
    PaymentReferenceCharacters,
}

impl IdentifierRefusal {
    pub fn code(self) -> &'static str {
        match self {
            Self::IbanCharacters => "iban_characters",
            Self::IbanCountry => "iban_country",
            Self::IbanLength => "iban_length",
            Self::IbanStructure => "iban_structure",
            Self::IbanChecksum => "iban_checksum",
            Self::BicLength => "bic_length",
            Self::BicStructure => "bic_structure",
            Self::BicCountry => "bic_country",
            Self::AbaLength => "aba_length",
            Self::AbaCharacters => "aba_characters",
            Self::AbaRange => "aba_range",
            Self::AbaChecksum => "aba_checksum",
            Self::CreditorReferenceLength => "creditor_reference_length",
            Self::CreditorReferenceStructure => "creditor_reference_structure",
            Self::CreditorReferenceChecksum => "creditor_reference_checksum",
            Self::AccountNumberLength => "account_number_length",
            Self::AccountNumberCharacters => "account_number_characters",
            Self::MobileMoneyProviderLength => "mobile_money_provider_length",
            Self::MobileMoneyProviderCharacters => "mobile_money_provider_characters",
            Self::ClearingSystemCode => "clearing_system_code",
            Self::ClearingMemberId => "clearing_member_id",
            Self::PurposeCode => "purpose_code",
            Self::CountryCode => "country_code",
            Self::PaymentReferenceLength => "payment_reference_length",
            Self::PaymentReferenceCharacters => "payment_reference_characters",
        }
    }
}
