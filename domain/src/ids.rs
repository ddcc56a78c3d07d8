//! Ids are types, so that an invoice is never approved by a payment's id. All are UUIDs, version 7 where we make them.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
        #[cfg_attr(feature = "schema", schema(value_type = uuid::Uuid))]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }
    )+};
}

ids! {
    /// The unit of everything: order, consistency, proof, projection.
    TenantId,
    /// A person or program that acts within one tenant.
    UserId,
    /// An API key of a user.
    KeyId,
    VendorId,
    CustomerId,
    /// A bank account of a vendor or of the company itself.
    BankAccountId,
    ItemId,
    PurchaseOrderId,
    /// The document that a purchase order was made from.
    OrderDocumentId,
    GoodsReceiptId,
    DespatchAdviceId,
    InvoiceId,
    /// A saved way to read files of invoices.
    ImportMappingId,
    /// A template and its schedule.
    RecurringInvoiceId,
    /// One file of invoices, read one way.
    InvoiceImportId,
    /// One round of approval of one invoice.
    ApprovalId,
    PaymentId,
    /// Something that a person stopped an invoice for.
    HoldId,
    /// What we will not pay of an invoice before its vendor and we agree.
    DisputeId,
    /// A credit note, or a small difference, set off against an invoice.
    AllocationId,
    /// An account at a provider that moves money over HTTP.
    ProviderAccountId,
    /// A remittance advice that was asked to be sent.
    RemittanceAdviceId,
    /// A file that belongs to something.
    AttachmentId,
    CommentId,
    /// A message to or from a vendor.
    MessageId,
    /// Something that is kept sealed.
    SecretId,
    PaymentRunId,
    /// What a customer owes for an invoice of ours.
    ReceivableId,
    /// Money of a customer, as its receivable names it.
    CustomerRefundId,
    IncomingPaymentId,
    /// The numbers of the invoices that a company issues in a year, made from the tenant and the year.
    NumberSeriesId,
    /// A bounded part of a payment run.
    PaymentRunPageId,
    BankStatementId,
    /// A place of a company, made from the tenant and its code.
    LocationId,
    /// The tenant's register of locations.
    LocationsId,
    /// The stock of one item at one location.
    StockId,
    /// Made from the tenant and the terms' code.
    PaymentTermsId,
    /// Made from the company's account.
    ChequebookId,
    /// Made from the tenant and the tax's code.
    WithholdingTaxId,
    /// The tenant's approval policy.
    PolicyId,
    /// One person's leave for another to decide in their place.
    DelegationId,
    /// The tenant's register of delegations.
    DelegationsId,
    /// The tenant's register of who has had whose key in hand.
    VouchingId,
    /// A link that decides once.
    DecisionLinkId,
    /// The tenant's rules for booking bank lines.
    BankRulesId,
    /// The tenant's tolerances in matching.
    TolerancesId,
    /// The tenant's fiscal calendar.
    CalendarId,
    /// The tenant's chart of accounts.
    ChartId,
    /// The exchange rates of one unit in one year.
    ExchangeRatesId,
    /// An entry of the journal that a person made.
    JournalEntryId,
    /// Made from the tenant and the caller's `Idempotency-Key`.
    CommandId,
}
