//! Whose statement it is: the account that a file names, or that the caller does.

use quittance_domain::RefusalKind;
use quittance_domain::bank_account::{BankAccount, Iban};
use quittance_domain::tenant::CompanyAccount;

use crate::bank_statement::StatementDraft;
use crate::failure::{Failure, Refused};

/// Who imports may say whose account a file tells of that does not say it; a whole IBAN says it.
pub(crate) fn named_by_caller<'c>(own: &'c CompanyAccount, draft: &StatementDraft) -> Result<&'c CompanyAccount, Failure> {
    let stated = draft.iban.as_deref().and_then(|stated| Iban::parse(stated).ok());
    match (own.account.iban(), stated) {
        (Some(own), Some(stated)) if *own != stated => {
            Err(refused("bank_account_differs", "the statement is of another account than the request says"))
        }
        _ => Ok(own),
    }
}

/// By IBAN, else by the number alone where the bank names no IBAN.
pub(crate) fn is_of(account: &BankAccount, draft: &StatementDraft) -> bool {
    match (account.iban(), &draft.iban, &draft.account_number) {
        (Some(own), Some(stated), _) => own.to_string() == *stated,
        (_, None, Some(number)) => account.is_numbered(number),
        _ => false,
    }
}

/// Of a file of several, which one it is, and whose: enough of the number to find it.
pub(crate) fn of_statement(failure: Failure, index: usize, draft: &StatementDraft, of: usize) -> Failure {
    if of < 2 {
        return failure;
    }
    let number = draft.iban.as_ref().or(draft.account_number.as_ref());
    let end = number.and_then(|number| number.get(number.len().saturating_sub(4)..));
    let whose = end.map(|end| format!(", of the account …{end}")).unwrap_or_default();
    failure.told(|refused| Refused { detail: format!("statement {} of the file{whose}: {}", index + 1, refused.detail), ..refused })
}

pub(crate) fn refused(code: &'static str, detail: &str) -> Failure {
    Refused::new(code, RefusalKind::Invalid, detail).at("/bank_account_id").into()
}
