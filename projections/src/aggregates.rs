//! The one list of aggregates: what is decoded, published and replayed from the log follows it.

/// Calls a macro with the name and the type of each.
macro_rules! every_aggregate {
    ($then:ident) => {
        $then! {
            Approval(quittance_domain::approval::Approval),
            Attachment(quittance_domain::attachment::Attachment),
            Delegation(quittance_domain::delegation::Delegations),
            Calendar(quittance_domain::calendar::FiscalCalendar),
            Chart(quittance_domain::chart::Chart),
            Comment(quittance_domain::comment::Comment),
            Customer(quittance_domain::customer::Customer),
            Message(quittance_domain::message::Message),
            ExchangeRates(quittance_domain::exchange_rate::ExchangeRates),
            BankRules(quittance_domain::bank_rules::BankRules),
            BankStatement(quittance_domain::bank_statement::BankStatement),
            GoodsReceipt(quittance_domain::goods_receipt::GoodsReceipt),
            ImportMapping(quittance_domain::import_mapping::ImportMapping),
            Invoice(quittance_domain::invoice::Invoice),
            InvoiceImport(quittance_domain::invoice_import::InvoiceImport),
            Item(quittance_domain::item::Item),
            Location(quittance_domain::location::Locations),
            JournalEntry(quittance_domain::journal::JournalEntry),
            DespatchAdvice(quittance_domain::despatch_advice::DespatchAdvice),
            OrderDocument(quittance_domain::order_document::OrderDocument),
            Chequebook(quittance_domain::chequebook::Chequebook),
            Payment(quittance_domain::payment::Payment),
            PaymentRun(quittance_domain::payment_run::PaymentRun),
            PaymentRunPage(quittance_domain::payment_run::PaymentRunPage),
            Policy(quittance_domain::policy::ApprovalPolicy),
            ProviderAccount(quittance_domain::provider::ProviderAccount),
            PaymentTerms(quittance_domain::terms::PaymentTerms),
            PurchaseOrder(quittance_domain::purchase_order::PurchaseOrder),
            NumberSeries(quittance_domain::receivable::NumberSeries),
            Receivable(quittance_domain::receivable::Receivable),
            RecurringInvoice(quittance_domain::recurring_invoice::RecurringInvoice),
            RefusedReaction(quittance_domain::refused_reaction::RefusedReaction),
            Stock(quittance_domain::stock::Stock),
            Tenant(quittance_domain::tenant::Tenant),
            Tolerances(quittance_domain::tolerance::Tolerances),
            User(quittance_domain::user::User),
            Vendor(quittance_domain::vendor::Vendor),
            Vouching(quittance_domain::vouching::Vouching),
            WithholdingTax(quittance_domain::withholding::WithholdingTax),
        }
    };
}

pub(crate) use every_aggregate;
