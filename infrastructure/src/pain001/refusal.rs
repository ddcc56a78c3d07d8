//! Why a file is not written: stable codes, with a JSON pointer to the block or transaction at fault.

use thiserror::Error;

#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
pub enum Refusal {
    #[error("the file has no payment block")]
    NoBlocks,
    #[error("the block has no transaction")]
    NoTransactions,
    #[error("two blocks have the same id")]
    BlockIdRepeated,
    #[error("two transactions have the same end-to-end id")]
    EndToEndIdRepeated,
    #[error("the execution date or the creation time is not within the years 1 to 9999")]
    DateOutOfRange,
    #[error("the currency is unknown or has no minor unit to pay in")]
    CurrencyNotPayable,
    #[error("the amount is not positive")]
    AmountNotPositive,
    #[error("the amount has more decimals than its currency")]
    AmountPrecision,
    #[error("the amount is larger than the message allows")]
    AmountTooLarge,
    #[error("the sum of the amounts is larger than the message allows")]
    ControlSumTooLarge,
    #[error("SEPA transfers euros only")]
    SepaNeedsEuro,
    #[error("SEPA transfers between IBANs only")]
    SepaNeedsIban,
    #[error("the IBAN's country is outside the SEPA area")]
    IbanOutsideSepa,
    #[error("this version of the message carries SEPA transfers only")]
    VersionIsSepaOnly,
    #[error("the debtor's bank is named by no BIC or clearing number, which this version demands")]
    DebtorBankMissing,
    #[error("the creditor's bank is named by no BIC or clearing number, which this account or version demands")]
    CreditorBankMissing,
    #[error("the BIC has a form that this version of the message does not allow")]
    BicNotInVersion,
    #[error("a mobile-money account cannot be paid by bank file")]
    AccountNotPayableByFile,
    #[error("the name has no letter or digit that a bank could read")]
    NameIllegible,
    #[error("the name is too long")]
    NameTooLong,
    #[error("the address is too long")]
    AddressTooLong,
    #[error("an address needs a town and a country")]
    AddressIncomplete,
    #[error("the remittance text has no letter or digit that a bank could read")]
    RemittanceIllegible,
    #[error("the remittance text is too long")]
    RemittanceTooLong,
}

impl Refusal {
    pub fn code(self) -> &'static str {
        match self {
            Self::NoBlocks => "no_blocks",
            Self::NoTransactions => "no_transactions",
            Self::BlockIdRepeated => "block_id_repeated",
            Self::EndToEndIdRepeated => "end_to_end_id_repeated",
            Self::DateOutOfRange => "date_out_of_range",
            Self::CurrencyNotPayable => "currency_not_payable",
            Self::AmountNotPositive => "amount_not_positive",
            Self::AmountPrecision => "amount_precision",
            Self::AmountTooLarge => "amount_too_large",
            Self::ControlSumTooLarge => "control_sum_too_large",
            Self::SepaNeedsEuro => "sepa_needs_euro",
            Self::SepaNeedsIban => "sepa_needs_iban",
            Self::IbanOutsideSepa => "iban_outside_sepa",
            Self::VersionIsSepaOnly => "version_is_sepa_only",
            Self::DebtorBankMissing => "debtor_bank_missing",
            Self::CreditorBankMissing => "creditor_bank_missing",
            Self::BicNotInVersion => "bic_not_in_version",
            Self::AccountNotPayableByFile => "account_not_payable_by_file",
            Self::NameIllegible => "name_illegible",
            Self::NameTooLong => "name_too_long",
            Self::AddressTooLong => "address_too_long",
            Self::AddressIncomplete => "address_incomplete",
            Self::RemittanceIllegible => "remittance_illegible",
            Self::RemittanceTooLong => "remittance_too_long",
        }
    }
}

#[derive(Debug, Error)]
pub enum Pain001Error {
    #[error("{pointer}: {reason}")]
    Refused {
        /// JSON pointer into the file, as in `/blocks/0/transactions/12`; empty for the file itself.
        pointer: String,
        reason: Refusal,
    },
    #[error("the file could not be written to memory")]
    Unwritable(#[from] std::io::Error),
}

impl From<Refusal> for Pain001Error {
    fn from(reason: Refusal) -> Self {
        Self::Refused { pointer: String::new(), reason }
    }
}

impl Pain001Error {
    /// The same fault, seen from one level further out.
    pub(super) fn below(self, parent: &str, index: usize) -> Self {
        match self {
            Self::Refused { pointer, reason } => Self::Refused { pointer: format!("/{parent}/{index}{pointer}"), reason },
            unwritable @ Self::Unwritable(_) => unwritable,
        }
    }
}
