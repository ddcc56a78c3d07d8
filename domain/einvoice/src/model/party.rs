//! Parties: seller (BG-4), buyer (BG-7), payee (BG-10), tax representative (BG-11), the place delivered to (BG-13).

use crate::outline::Element;
use crate::term::Terms;
use crate::value::Text;

/// Term numbers are those of the seller; the other parties have the same terms under numbers of their own.
#[derive(Clone, Debug, Default)]
pub struct Party<'d> {
    pub at: Option<Element<'d>>,
    /// BT-27: the full legal name. For UBL the registration name; for a payee and a tax representative their only name.
    pub name: Terms<'d, Text>,
    /// BT-28.
    pub trading_name: Terms<'d, Text>,
    /// BT-29, with `schemeID`.
    pub identifiers: Terms<'d, Text>,
    /// BT-30, with `schemeID`.
    pub legal_registration: Terms<'d, Text>,
    /// BT-33.
    pub legal_form: Terms<'d, Text>,
    /// BT-31 and BT-32.
    pub tax_registrations: Vec<TaxRegistration<'d>>,
    /// BT-34, with `schemeID`.
    pub electronic_address: Terms<'d, Text>,
    /// BG-5.
    pub address: Address<'d>,
    /// BG-6.
    pub contact: Contact<'d>,
}

#[derive(Clone, Debug)]
pub struct TaxRegistration<'d> {
    pub at: Element<'d>,
    pub id: Terms<'d, Text>,
    pub kind: TaxRegistrationKind,
    /// What the document says the number belongs to: `VAT`, `VA`, `FC`, `TAX` ...
    pub scheme: Option<&'d str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaxRegistrationKind {
    /// BT-31, BT-48, BT-63.
    Vat,
    /// BT-32.
    Local,
}

/// BG-5, BG-8, BG-12, BG-15.
#[derive(Clone, Debug, Default)]
pub struct Address<'d> {
    pub at: Option<Element<'d>>,
    /// BT-35.
    pub line_1: Terms<'d, Text>,
    /// BT-36.
    pub line_2: Terms<'d, Text>,
    /// BT-162.
    pub line_3: Terms<'d, Text>,
    /// BT-37.
    pub city: Terms<'d, Text>,
    /// BT-38.
    pub post_code: Terms<'d, Text>,
    /// BT-39.
    pub subdivision: Terms<'d, Text>,
    /// BT-40.
    pub country: Terms<'d, Text>,
}

/// BG-6, BG-9.
#[derive(Clone, Debug, Default)]
pub struct Contact<'d> {
    pub at: Option<Element<'d>>,
    /// BT-41: the person or the department.
    pub name: Terms<'d, Text>,
    /// CII may name person and department beside each other.
    pub department: Terms<'d, Text>,
    /// BT-42.
    pub telephone: Terms<'d, Text>,
    /// BT-43.
    pub email: Terms<'d, Text>,
}

impl<'d> Party<'d> {
    /// Whether the document has the group at all.
    pub fn is_present(&self) -> bool {
        self.at.is_some()
    }

    pub fn tax_ids(&self, kind: TaxRegistrationKind) -> impl Iterator<Item = &'d str> + '_ {
        self.tax_registrations
            .iter()
            .filter(move |registration| registration.kind == kind)
            .filter_map(|registration| registration.id.text())
    }

    /// BT-31, BT-48 or BT-63.
    pub fn vat_id(&self) -> Option<&'d str> {
        self.tax_ids(TaxRegistrationKind::Vat).next()
    }
}
