//! The engine without its REST layer: commands on a real event store.

use std::sync::Arc;

use quittance_application::ports::{BankFile, BankFileRefusal, BankFiles, FileMoment, Ports};
use quittance_application::{Channel, Commands, Context};
use quittance_domain::ids::{TenantId, UserId};
use quittance_domain::item::ItemCard;
use quittance_domain::party::{Address, Party};
use quittance_domain::payment::PaymentPlan;
use quittance_domain::time_zone::TimeZone;
use quittance_domain::{Currency, Money};
use quittance_infrastructure::ach_files::NachaFiles;
use quittance_infrastructure::database::Database;
use quittance_infrastructure::directory::UserDirectory;
use quittance_infrastructure::edge::SystemEdge;
use quittance_infrastructure::event_store::{Committer, PostgresLog};
use quittance_infrastructure::invoice_sheets::KeptSheets;
use quittance_infrastructure::lookalikes::FingerprintLookalikes;
use quittance_infrastructure::positive_pay_files::PositivePayLists;
use uuid::Uuid;

pub struct Store {
    pub database: Database,
    pub committer: Committer,
    pub commands: Arc<Commands>,
}

impl Store {
    pub fn on(database: Database, lanes: usize) -> Self {
        let committer = Committer::start(&database.committer(), lanes);
        let ports = Ports {
            log: Arc::new(PostgresLog::new(database.clone(), committer.clone())),
            directory: Arc::new(UserDirectory(database.clone())),
            lookalikes: Arc::new(FingerprintLookalikes(database.clone())),
            bank_files: Arc::new(NoBankFiles),
            ach_files: Arc::new(NachaFiles),
            positive_pay: Arc::new(PositivePayLists),
            sheets: Arc::new(KeptSheets::new(database.clone())),
            edge: Arc::new(SystemEdge),
        };
        Self { database, committer, commands: Commands::new(ports, 64 << 20) }
    }

    /// A new tenant with an empty log.
    pub async fn tenant(&self) -> TenantId {
        let tenant = TenantId(self.new_id());
        self.commands.ports().log.open_tenant(tenant).await.expect("a log opens");
        tenant
    }

    pub fn new_id(&self) -> Uuid {
        self.commands.ports().edge.new_id()
    }

    pub fn context(&self, tenant: TenantId) -> Context {
        let edge = &self.commands.ports().edge;
        Context::new(tenant, UserId(Uuid::from_u128(1)), edge.now(), TimeZone::default(), Channel::Rest, edge.new_id())
    }
}

struct NoBankFiles;

impl BankFiles for NoBankFiles {
    fn write(&self, _: Uuid, _: &[&PaymentPlan], _: FileMoment, format: &str) -> Result<BankFile, BankFileRefusal> {
        Err(BankFileRefusal::UnknownFormat(format.to_owned()))
    }
}

pub fn eur(amount: &str) -> Money {
    Money::exact(amount.parse().expect("a decimal"), Currency::EUR).expect("whole cents")
}

pub fn party(name: &str) -> Party {
    Party { name: name.to_owned(), address: Address { country: Some("DE".to_owned()), ..Address::default() }, ..Party::default() }
}

/// Counted in pieces, without anything that may be left out.
pub fn item_card(sku: &str, name: &str) -> ItemCard {
    ItemCard {
        sku: sku.to_owned(),
        name: name.to_owned(),
        unit: "C62".to_owned(),
        conversions: vec![],
        reorder_level: None,
        valuation: None,
        unit_weight: None,
        unit_volume: None,
        coding: None,
        group: None,
        list_price: None,
    }
}
