//! Payment instructions.

use chrono::NaiveDate;

use super::intake::Intake;
use super::terms::{StatedTerms, stated};
use super::text::{block, one_line, without_blanks};
use crate::canonical::{
    CanonicalAccount, CanonicalCard, CanonicalPayment, CanonicalPaymentMeans, CanonicalPrepayment, CanonicalThirdPartyPayment,
};
use crate::model::{Account, Invoice, Payment, PaymentMeans};
use crate::term::Terms;
use crate::value::Text;

pub(super) fn payment<'d>(intake: &mut Intake<'d>, invoice: &Invoice<'d>) -> CanonicalPayment {
    let payment = &invoice.payment;
    // Money of another currency, or that cannot be read, is told of as anywhere.
    for terms in &payment.terms {
        intake.amount("partial payment amount", &terms.amount);
    }
    let StatedTerms { instalments, discounts, unread } = stated(invoice);
    CanonicalPayment {
        reference: intake.decisive("BT-83", &payment.reference),
        terms: terms(payment),
        instalments,
        discounts,
        unread_terms: unread,
        means: payment.means.iter().map(|means| payment_means(intake, means)).collect(),
        mandate: intake.decisive("BT-89", &payment.mandate),
        creditor_identifier: intake.decisive("BT-90", &payment.creditor_identifier),
        third_party: payment.third_party.iter().filter_map(|payment| third_party(intake, payment)).collect(),
        prepayments: payment.prepaid.iter().filter_map(|payment| prepayment(intake, payment)).collect(),
    }
}

fn terms(payment: &Payment<'_>) -> Option<String> {
    let notes = payment.terms.iter().flat_map(|terms| terms.note.iter());
    let notes: Vec<_> = notes.map(|note| block(note.text())).filter(|note| !note.is_empty()).collect();
    (!notes.is_empty()).then(|| notes.join("\n"))
}

/// BT-9: the earliest date, so that nothing is paid late; what paying early is worth ends on a day of its own.
pub(super) fn due_date<'d>(intake: &mut Intake<'d>, invoice: &Invoice<'d>) -> Option<NaiveDate> {
    let mut dates = Vec::new();
    for (stated, of_discount) in all_due_dates(invoice) {
        dates.extend(intake.booked("BT-9", stated).map(|date| (of_discount, date)));
    }
    dates.into_iter().min().map(|(_, date)| date)
}

fn all_due_dates<'a, 'd>(invoice: &'a Invoice<'d>) -> impl Iterator<Item = (&'a Terms<'d, NaiveDate>, bool)> {
    let means = invoice.payment.means.iter().map(|means| (&means.due_date, false));
    let terms = invoice.payment.terms.iter().map(|terms| (&terms.due_date, !terms.discounts.is_empty()));
    std::iter::once((&invoice.due_date, false)).chain(means).chain(terms)
}

fn payment_means<'d>(intake: &mut Intake<'d>, means: &PaymentMeans<'d>) -> CanonicalPaymentMeans {
    let name_of_code = means.code.first().and_then(|code| code.attribute("name")).map(one_line).filter(|name| !name.is_empty());
    CanonicalPaymentMeans {
        code: intake.decisive("BT-81", &means.code),
        text: intake.text(&means.text).or(name_of_code),
        accounts: means.accounts.iter().map(|held| account(intake, held)).filter(|held| *held != CanonicalAccount::default()).collect(),
        card: means.card.as_ref().map(|card| CanonicalCard { number: intake.text(&card.number), holder: intake.text(&card.holder) }),
        debited_account: account_number(intake, "BT-91", &means.debited_account),
    }
}

fn account<'d>(intake: &mut Intake<'d>, account: &Account<'d>) -> CanonicalAccount {
    let id = account_number(intake, "BT-84", &account.id);
    CanonicalAccount {
        id: id.or_else(|| account_number(intake, "BT-84", &account.proprietary_id)),
        name: intake.text(&account.name),
        institution: account_number(intake, "BT-86", &account.institution),
    }
}

fn account_number<'d>(intake: &mut Intake<'d>, name: &str, terms: &Terms<'d, Text>) -> Option<String> {
    intake.decisive(name, terms).map(|number| without_blanks(&number))
}

fn third_party<'d>(intake: &mut Intake<'d>, payment: &crate::model::ThirdPartyPayment<'d>) -> Option<CanonicalThirdPartyPayment> {
    let amount = intake.amount("BT-DEX-002", &payment.amount);
    Some(CanonicalThirdPartyPayment {
        kind: intake.text(&payment.kind),
        amount: intake.demand(amount, "BT-DEX-002", payment.at, &payment.amount)?,
        description: intake.text(&payment.description),
    })
}

fn prepayment<'d>(intake: &mut Intake<'d>, payment: &crate::model::PrepaidPayment<'d>) -> Option<CanonicalPrepayment> {
    let amount = intake.amount("prepaid amount", &payment.amount);
    Some(CanonicalPrepayment {
        amount: intake.demand(amount, "prepaid amount", payment.at, &payment.amount)?,
        received: intake.date("prepayment date", &payment.received),
    })
}
