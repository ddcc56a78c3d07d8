//! Peppol's two processes of billing: the seller invoices, or the buyer does it for him. Each has names and types of its own.

use crate::model::Invoice;
use crate::specification::Specification;

pub(in crate::rules) struct Process {
    /// What BT-24 begins with.
    pub(super) specification: &'static str,
    /// What BT-23 begins with; the number of the process follows.
    pub(in crate::rules) name: &'static str,
    pub(super) invoice_types: &'static [&'static str],
    pub(super) credit_note_types: &'static [&'static str],
    /// No country has put its rules on self-billed invoices yet.
    pub(super) has_national_rules: bool,
}

pub(in crate::rules) static BILLING: Process = Process {
    specification: "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0",
    name: "urn:fdc:peppol.eu:2017:poacc:billing:",
    invoice_types: &[
        "71", "80", "82", "84", "102", "218", "219", "326", "331", "380", "382", "383", "384", "386", "388", "393", "395", "553", "575",
        "623", "780", "817", "870", "875", "876", "877",
    ],
    credit_note_types: &["381", "396", "81", "83", "532"],
    has_national_rules: true,
};

static SELF_BILLING: Process = Process {
    specification: "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:selfbilling:3.0",
    name: "urn:fdc:peppol.eu:2017:poacc:selfbilling:",
    invoice_types: &["389", "527"],
    credit_note_types: &["261"],
    has_national_rules: false,
};

impl Process {
    pub(super) fn of(invoice: &Invoice<'_>) -> &'static Self {
        if invoice.follows() == Specification::PeppolSelfBilling { &SELF_BILLING } else { &BILLING }
    }

    /// The two digits in the name of a process; what stands around the name is not looked at.
    pub(super) fn number_in<'n>(&self, process: &'n str) -> Option<&'n str> {
        let (number, release) = process.split_once(self.name)?.1.split_at_checked(2)?;
        (number.bytes().all(|byte| byte.is_ascii_digit()) && release.starts_with(":1.0")).then_some(number)
    }
}
