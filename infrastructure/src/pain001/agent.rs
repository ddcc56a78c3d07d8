//! Accounts and the banks that keep them.

use quittance_domain::bank_account::{Bank, BankAccount, Bic};

use super::charset::{bank_text, fitted, legible};
use super::file::{Overlong, Service};
use super::refusal::Refusal;
use super::xml::{Written, Xml};
use super::{Pain001Error, Version};

/// Whether an account can stand in a file with this service at all.
pub(super) fn check(account: &BankAccount, service: Service) -> Result<(), Refusal> {
    match (service, account) {
        (_, BankAccount::MobileMoney { .. }) => Err(Refusal::AccountNotPayableByFile),
        (Service::Sepa, BankAccount::Iban { iban, .. }) if iban.in_sepa() => Ok(()),
        (Service::Sepa, BankAccount::Iban { .. }) => Err(Refusal::IbanOutsideSepa),
        (Service::Sepa, _) => Err(Refusal::SepaNeedsIban),
        (Service::International { .. }, _) => Ok(()),
    }
}

/// The element `Id` of an account.
pub(super) fn write_account_id(xml: &mut Xml, account: &BankAccount) -> Written {
    match account {
        BankAccount::Iban { iban, .. } => xml.text(&["Id", "IBAN"], iban.as_str()),
        BankAccount::Us { account, .. } | BankAccount::Other { account, .. } => xml.text(&["Id", "Othr", "Id"], account.as_str()),
        BankAccount::MobileMoney { .. } => Err(Refusal::AccountNotPayableByFile.into()),
    }
}

/// The debtor's bank is mandatory; where the IBAN alone may name it, the rules have a word for that.
pub(super) fn write_debtor_agent(xml: &mut Xml, account: &BankAccount, version: Version) -> Written {
    if has_bank(account) {
        return write_agent(xml, "DbtrAgt", account, version);
    }
    if account.iban().is_some() && version.finds_debtor_bank_by_iban() {
        return xml.text(&["DbtrAgt", "FinInstnId", "Othr", "Id"], "NOTPROVIDED");
    }
    Err(Refusal::DebtorBankMissing.into())
}

pub(super) fn write_creditor_agent(xml: &mut Xml, account: &BankAccount, version: Version) -> Written {
    if has_bank(account) {
        return write_agent(xml, "CdtrAgt", account, version);
    }
    if account.iban().is_some() && version.finds_creditor_bank_by_iban() {
        return Ok(());
    }
    Err(Refusal::CreditorBankMissing.into())
}

fn has_bank(account: &BankAccount) -> bool {
    account.bic().is_some() || account.clearing().is_some()
}

fn write_agent(xml: &mut Xml, element: &str, account: &BankAccount, version: Version) -> Written {
    let bic = account.bic().map(|bic| bic_in(bic, version)).transpose()?;
    xml.element(element, |xml| {
        xml.element("FinInstnId", |xml| {
            if let Some(bic) = bic {
                xml.text(&[version.bic_element()], bic)?;
            }
            if let Some(bank) = account.clearing() {
                xml.element("ClrSysMmbId", |xml| {
                    xml.text(&["ClrSysId", "Cd"], bank.system.as_str())?;
                    xml.text(&["MmbId"], bank.member.as_str())
                })?;
            }
            // Our own bank knows its name.
            let bank = account.bank().filter(|_| element == "CdtrAgt");
            bank.map_or(Ok(()), |bank| write_bank(xml, bank, version))
        })
    })
}

/// A name that no bank could read is refused; one that is too long is cut, for the BIC or the number finds the bank.
fn write_bank(xml: &mut Xml, bank: &Bank, version: Version) -> Written {
    let name = bank_text(&bank.name);
    if !legible(&name) {
        return Err(Refusal::NameIllegible.into());
    }
    xml.text(&["Nm"], &fitted(name, version.bank_name_limit(), Overlong::Truncate, Refusal::NameTooLong)?)?;
    xml.element("PstlAdr", |xml| {
        if let Some(town) = bank.town.as_deref().map(bank_text).filter(|town| legible(town)) {
            xml.text(&["TwnNm"], &fitted(town, 35, Overlong::Truncate, Refusal::AddressTooLong)?)?;
        }
        xml.text(&["Ctry"], bank.country.as_str())
    })
}

fn bic_in(bic: &Bic, version: Version) -> Result<&str, Pain001Error> {
    if version.of_2019() || bic.fits_before_2019() { Ok(bic.as_str()) } else { Err(Refusal::BicNotInVersion.into()) }
}
