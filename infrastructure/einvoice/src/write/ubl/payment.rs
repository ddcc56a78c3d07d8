//! Payment means, terms, and money collected for others.

use chrono::NaiveDate;
use quittance_einvoice::CanonicalInvoice;
use quittance_einvoice::canonical::{CanonicalAccount, CanonicalCard, CanonicalPayment, CanonicalPaymentMeans, CanonicalThirdPartyPayment};

use super::document::amount;
use crate::write::node::{Node, group, leaf};
use crate::write::terms::structured;

/// UNTDID 4461: how to pay is not said. UBL cannot name a reference or a mandate without a code.
const NOT_DEFINED: &str = "1";

/// One element for each account; the due date where the document has no element of its own for it.
pub(super) fn means(invoice: &CanonicalInvoice, due_date: Option<NaiveDate>) -> Vec<Node> {
    let payment = &invoice.payment;
    let needs_one = payment.reference.is_some() || payment.mandate.is_some() || (due_date.is_some() && payment.instalments.is_empty());
    if payment.means.is_empty() && needs_one {
        return vec![one_means(payment, &CanonicalPaymentMeans::default(), None, due_date)];
    }
    let accounts = payment.means.iter().flat_map(|means| {
        let accounts: Vec<_> = match means.accounts.as_slice() {
            [] => vec![None],
            accounts => accounts.iter().map(Some).collect(),
        };
        accounts.into_iter().map(move |account| (means, account))
    });
    accounts.map(|(means, account)| one_means(payment, means, account, due_date)).collect()
}

fn one_means(
    payment: &CanonicalPayment,
    means: &CanonicalPaymentMeans,
    account: Option<&CanonicalAccount>,
    due_date: Option<NaiveDate>,
) -> Node {
    let code = leaf("cbc:PaymentMeansCode", means.code.as_deref().unwrap_or(NOT_DEFINED)).attribute_if("name", means.text.as_ref());
    group("cac:PaymentMeans")
        .child(code)
        .text_if("cbc:PaymentDueDate", due_date.as_ref())
        .text_if("cbc:PaymentID", payment.reference.as_ref())
        .child_if(means.card.as_ref().and_then(card))
        .child_if(account.map(self::account))
        .child(mandate(payment, means))
}

/// A card without a number cannot be written. The network is demanded and seldom known.
fn card(card: &CanonicalCard) -> Option<Node> {
    let number = card.number.as_ref()?;
    let start = group("cac:CardAccount").text("cbc:PrimaryAccountNumberID", number).text("cbc:NetworkID", "NA");
    Some(start.text_if("cbc:HolderName", card.holder.as_ref()))
}

fn account(account: &CanonicalAccount) -> Node {
    group("cac:PayeeFinancialAccount")
        .text_if("cbc:ID", account.id.as_ref())
        .text_if("cbc:Name", account.name.as_ref())
        .child(group("cac:FinancialInstitutionBranch").text_if("cbc:ID", account.institution.as_ref()))
}

/// BT-89 and BT-91. The mandate is the payment's, so it stands with every means of a direct debit.
fn mandate(payment: &CanonicalPayment, means: &CanonicalPaymentMeans) -> Node {
    let debits = means.debited_account.is_some() || matches!(means.code.as_deref(), None | Some("49" | "59"));
    let only = payment.means.len() < 2;
    let mandate = payment.mandate.as_ref().filter(|_| debits || only);
    let payer = group("cac:PayerFinancialAccount").text_if("cbc:ID", means.debited_account.as_ref());
    group("cac:PaymentMandate").text_if("cbc:ID", mandate).child(payer)
}

/// BT-20 first; instalments one by one behind it.
pub(super) fn terms(payment: &CanonicalPayment, currency: &str) -> Vec<Node> {
    let note = payment.terms.as_deref().map(|terms| group("cac:PaymentTerms").text("cbc:Note", structured(terms)));
    let instalments = payment.instalments.iter().map(|instalment| {
        group("cac:PaymentTerms")
            .child_if(instalment.amount.map(|part| amount("cbc:Amount", part, currency)))
            .text("cbc:PaymentDueDate", instalment.due_date.to_string())
    });
    note.into_iter().chain(instalments).collect()
}

/// BG-DEX-09.
pub(super) fn third_party(payment: &CanonicalPayment, currency: &str) -> Vec<Node> {
    let one = |collected: &CanonicalThirdPartyPayment| {
        group("cac:PrepaidPayment")
            .text_if("cbc:ID", collected.kind.as_ref())
            .child(amount("cbc:PaidAmount", collected.amount, currency))
            .text_if("cbc:InstructionID", collected.description.as_ref())
    };
    payment.third_party.iter().map(one).collect()
}
