//! The sandbox: on the first start a tenant with people, a vendor, an order, a receipt and e-invoices of our own making,
//! so that there is something to look at. Its key is kept beside the database, for this machine's user only.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;

use anyhow::Context as _;
use quittance_application::approval::SubmitInvoice;
use quittance_application::bank_booking::AddCompanyAccount;
use quittance_application::goods_receipt::PostReceipt;
use quittance_application::invoice::ImportInvoice;
use quittance_application::location::{location_id, locations_id};
use quittance_application::matching::MatchInvoice;
use quittance_application::purchase_order::PlaceOrder;
use quittance_application::single::Single;
use quittance_application::{Context, UseCase};
use quittance_domain::Currency;
use quittance_domain::bank_account::{BankAccount, Iban};
use quittance_domain::ids::{BankAccountId, GoodsReceiptId, InvoiceId, ItemId, PurchaseOrderId, TenantId, UserId, VendorId};
use quittance_domain::item::{Item, ItemCard, ItemCommand, ListPrice};
use quittance_domain::location::{LocationCard, LocationCommand, Locations};
use quittance_domain::purchase_order::{OrderLine, ReceivedLine};
use quittance_domain::role::Role;
use quittance_domain::tenant::CompanyAccount;
use quittance_infrastructure::documents::capture_document;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::cli::people::{add_user, create_tenant};
use crate::cli::words::readable;
use crate::system::System;

/// E-invoices that we made ourselves: UBL 2.1 and CII, EN 16931.
const SAMPLES: &[(&str, &str)] = &[
    ("muster-2026-0117.ubl.xml", include_str!("../samples/muster-2026-0117.ubl.xml")),
    ("atelier-f-884.cii.xml", include_str!("../samples/atelier-f-884.cii.xml")),
];

/// What the sandbox's owner needs to begin.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Sandbox {
    pub tenant: TenantId,
    pub key: String,
}

/// The sandbox of this state directory, made if it is not there.
pub async fn ready(system: &System) -> anyhow::Result<Sandbox> {
    let path = key_file(system);
    if let Ok(text) = std::fs::read_to_string(&path) {
        let known: Sandbox = serde_json::from_str(&text).context("the sandbox's key file cannot be read")?;
        let heads = system.database.heads().await?;
        if heads.iter().any(|(tenant, _)| *tenant == known.tenant) {
            return Ok(known);
        }
    }
    let sandbox = make(system).await?;
    keep(&path, &sandbox).with_context(|| format!("{} cannot be written", path.display()))?;
    Ok(sandbox)
}

fn key_file(system: &System) -> PathBuf {
    system.settings.state.join("sandbox.json")
}

fn keep(path: &PathBuf, sandbox: &Sandbox) -> anyhow::Result<()> {
    if let Some(directory) = path.parent() {
        std::fs::create_dir_all(directory)?;
    }
    let mut file = std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(&serde_json::to_vec(sandbox)?)?;
    Ok(())
}

async fn make(system: &System) -> anyhow::Result<Sandbox> {
    let tenant = create_tenant(system, "Sandbox Ltd", "owner@sandbox.example", Currency::EUR).await?;
    let (id, owner) = (tenant.id, tenant.admin);
    let clerk = add_user(system, id, "anna@sandbox.example", "Anna (clerk)", &[Role::ApClerk], None).await?;
    add_user(system, id, "bob@sandbox.example", "Bob (approver)", &[Role::Approver], None).await?;
    let treasurer = add_user(system, id, "tess@sandbox.example", "Tess (treasurer)", &[Role::Treasurer], None).await?;
    system.settled(id, treasurer.position).await?;
    let desk = Desk { system, tenant: id, owner, clerk: clerk.id };
    desk.company_account().await?;
    let invoices = desk.invoices().await?;
    desk.goods(invoices.1).await?;
    // The order came after the invoice that names it.
    desk.run(desk.clerk, &MatchInvoice { id: invoices.0 }).await?;
    let last = desk.run(desk.clerk, &SubmitInvoice { id: invoices.0 }).await?;
    system.settled(id, last).await?;
    Ok(Sandbox { tenant: id, key: tenant.secret })
}

/// The people at their desks.
struct Desk<'s> {
    system: &'s System,
    tenant: TenantId,
    owner: UserId,
    clerk: UserId,
}

impl Desk<'_> {
    async fn as_user(&self, user: UserId) -> anyhow::Result<Context> {
        self.system.context(self.tenant, user).await.map_err(readable)
    }

    async fn run<U: UseCase>(&self, user: UserId, use_case: &U) -> anyhow::Result<i64> {
        Ok(self.system.commands.run(&self.as_user(user).await?, use_case).await.map_err(readable)?.receipt.position)
    }

    async fn company_account(&self) -> anyhow::Result<()> {
        let iban = Iban::parse("DE02120300000000202051").map_err(|e| anyhow::anyhow!("{e}"))?;
        let account = CompanyAccount {
            id: BankAccountId(self.new_id()),
            name: "Main account".to_owned(),
            account: BankAccount::Iban { iban, bic: None },
            currency: Currency::EUR,
        };
        self.run(self.owner, &AddCompanyAccount { account, ledger_account: None }).await.map(drop)
    }

    /// Imports the samples; answers the first invoice and its vendor.
    async fn invoices(&self) -> anyhow::Result<(InvoiceId, VendorId)> {
        let mut first = None;
        for (name, text) in SAMPLES {
            let capture =
                capture_document(text.as_bytes(), Some((*name).to_owned())).map_err(|r| anyhow::anyhow!("{name}: {}", r.detail))?;
            let (id, vendor) = (InvoiceId(self.new_id()), VendorId(self.new_id()));
            let import = ImportInvoice { id, new_vendor: vendor, new_account: BankAccountId(self.new_id()), capture, beside: None };
            self.run(self.clerk, &import).await?;
            first = first.or(Some((id, vendor)));
        }
        first.context("there are no samples")
    }

    async fn goods(&self, vendor_id: VendorId) -> anyhow::Result<()> {
        let (code, name) = ("main".to_owned(), "Main warehouse".to_owned());
        let (register, location_id) = (locations_id(self.tenant), location_id(self.tenant, &code));
        let card = LocationCard { code, name, address: None };
        let warehouse = LocationCommand::Register { location_id, card, by: self.owner };
        self.run(self.owner, &Single::<Locations>::on(register, warehouse)).await?;
        let item_id = ItemId(self.new_id());
        let card = ItemCard {
            sku: "BRK-100".to_owned(),
            name: "Steel bracket".to_owned(),
            unit: "C62".to_owned(),
            conversions: vec![],
            reorder_level: Some(Decimal::from(20)),
            valuation: None,
            unit_weight: None,
            unit_volume: None,
            coding: None,
            group: None,
            list_price: Some(ListPrice { amount: Decimal::new(1250, 2), currency: Currency::EUR, base_quantity: Decimal::ONE }),
        };
        let create = ItemCommand::Create { card };
        self.system.commands.execute::<Item>(&self.as_user(self.clerk).await?, item_id, create).await.map_err(readable)?;
        let line = OrderLine::of(1, item_id, "Steel bracket", Decimal::from(100), Decimal::new(1250, 2));
        let order = PurchaseOrderId(self.new_id());
        let (number, currency, lines) = ("PO-2026-041".to_owned(), Currency::EUR, vec![line.into()]);
        let place = PlaceOrder { id: order, vendor_id, number, currency, lines, charges: vec![] };
        self.run(self.clerk, &place).await?;
        let receive = PostReceipt {
            id: GoodsReceiptId(self.new_id()),
            purchase_order_id: order,
            location: "main".to_owned(),
            effective_date: self.as_user(self.clerk).await?.today(),
            delivery_note: Some("LS-7731".to_owned()),
            lines: vec![ReceivedLine::of(1, Decimal::from(60), Decimal::ZERO)],
            over_receipt_allowed: false,
        };
        self.run(self.clerk, &receive).await?;
        Ok(())
    }

    fn new_id(&self) -> uuid::Uuid {
        self.system.commands.ports().edge.new_id()
    }
}
