//! `quittance tenant …` and `quittance user …`: where scripts and tests begin.

use anyhow::{Context as _, bail};
use chrono::{DateTime, Utc};
use clap::{ArgAction, Args, Subcommand};
use quittance_application::UseCase;
use quittance_application::tenant::CreateTenant;
use quittance_application::user::AddUser;
use quittance_application::vouching::VouchForUser;
use quittance_domain::Currency;
use quittance_domain::bank_account::Country;
use quittance_domain::ids::{KeyId, TenantId, UserId};
use quittance_domain::party::Address;
use quittance_domain::role::Role;
use quittance_domain::tenant::{BankChangeControl, Tenant, TenantCommand as Company};
use quittance_domain::user::{User, UserCommand as UserDecision};
use quittance_infrastructure::identity::new_key;
use serde_json::json;

use super::words::{counted, readable, refusal};
use super::{confirmation, holders, identity};
use crate::auth::Caller;
use crate::limits;
use crate::settings::Settings;
use crate::system::System;

#[derive(Subcommand)]
pub enum TenantCommand {
    /// Create a tenant; prints its id and its administrator's API key (shown once).
    Create(CreateArguments),
    /// List tenants with their names and the number of their events.
    List {
        /// One JSON object a tenant.
        #[arg(long)]
        json: bool,
    },
    /// Confirm, for who works alone, the looser control over changes of bank accounts that was proposed over REST.
    ConfirmBankChangeControl(ControlArguments),
    /// Confirm, for who works alone, a version of the approval policy: who adopted it decides under it from then on.
    ConfirmApprovalPolicy(confirmation::PolicyArguments),
    /// Confirm, for who works alone, a version of the tolerances: who adopted it approves what passes by it from then on.
    ConfirmTolerances(confirmation::TolerancesArguments),
    /// Say who the company is in law: name, tax ids, registration, address. What is not said stays.
    Identify(identity::Arguments),
}

/// What waits is said again, so that nothing else is confirmed.
#[derive(Args)]
pub struct ControlArguments {
    /// Whose control.
    #[arg(long)]
    tenant: TenantId,
    /// Whether somebody else than who changes an account approves it, from now on.
    #[arg(long, action = ArgAction::Set)]
    second_person: bool,
    /// Days for which a changed account waits, from now on.
    #[arg(long)]
    cooling_off_days: u16,
}

#[derive(Args)]
pub struct CreateArguments {
    /// The company's name.
    #[arg(long)]
    name: String,
    /// Its first user: owner and administrator.
    #[arg(long)]
    admin_email: String,
    /// The currency of the books (ISO 4217).
    #[arg(long, default_value = "EUR")]
    currency: Currency,
    /// Whose days are the company's, by its name in the IANA database, such as Asia/Phnom_Penh.
    #[arg(long, default_value = "UTC")]
    time_zone: String,
    #[command(flatten)]
    place: Place,
    /// Ids and key as one JSON object.
    #[arg(long)]
    json: bool,
}

/// Where the company is: its country decides which tax codes it begins with and whether discounts reduce its input tax.
#[derive(Args, Default)]
pub struct Place {
    /// The company's country (ISO 3166-1 alpha-2, such as DE).
    #[arg(long)]
    pub(super) country: Option<Country>,
    /// Its town, which banks abroad ask for.
    #[arg(long)]
    pub(super) city: Option<String>,
    #[arg(long)]
    pub(super) postal_code: Option<String>,
    /// Street and number.
    #[arg(long)]
    pub(super) street: Option<String>,
}

impl From<Place> for Address {
    fn from(Place { country, city, postal_code, street }: Place) -> Self {
        Self { lines: street.into_iter().collect(), city, postal_code, subdivision: None, country: country.map(|c| c.to_string()) }
    }
}

#[derive(Subcommand)]
pub enum UserCommand {
    /// Add a user; prints their API key (shown once).
    Add(AddArguments),
    /// List users with their keys.
    List(holders::ListArguments),
    /// Issue another API key for a user.
    Key(KeyArguments),
    /// Take a key away: it stops working within a second.
    RevokeKey(holders::RevokeArguments),
    /// Deactivate a user: their keys stop working. An owner is deactivated by another owner, over REST.
    Deactivate(holders::DeactivateArguments),
    /// Vouch that a user is another person than who added them over REST or issued a key for them.
    Vouch(VouchArguments),
}

#[derive(Args)]
pub struct AddArguments {
    /// Where they work.
    #[arg(long)]
    tenant: TenantId,
    /// By which they are known in the tenant; nobody else may have it.
    #[arg(long)]
    email: String,
    /// How they are called; the e-mail address where absent.
    #[arg(long)]
    name: Option<String>,
    /// owner, admin, ap_clerk, approver, treasurer, analyst, auditor or viewer; may be given more than once.
    #[arg(long = "role", required = true)]
    roles: Vec<Role>,
    /// When the key expires (RFC 3339); never where absent.
    #[arg(long)]
    expires_at: Option<DateTime<Utc>>,
    /// Id and key as one JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub struct KeyArguments {
    /// Where they work.
    #[arg(long)]
    tenant: TenantId,
    /// Whose key.
    #[arg(long)]
    user: UserId,
    /// When the key expires (RFC 3339); never where absent.
    #[arg(long)]
    expires_at: Option<DateTime<Utc>>,
    /// Id and key as one JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub struct VouchArguments {
    /// Where they work.
    #[arg(long)]
    tenant: TenantId,
    /// For whom.
    #[arg(long)]
    user: UserId,
}

/// A tenant that was just made.
pub struct NewTenant {
    pub id: TenantId,
    pub admin: UserId,
    pub secret: String,
    pub position: i64,
}

/// A user or key that was just made.
pub struct NewUser {
    pub id: UserId,
    pub secret: String,
    pub position: i64,
}

pub async fn tenant(settings: Settings, command: TenantCommand) -> anyhow::Result<()> {
    // Whoever only asks begins no database.
    let system = match &command {
        TenantCommand::List { .. } => System::open_kept(settings).await?,
        _ => System::open(settings).await?,
    };
    let done = match command {
        TenantCommand::Create(arguments) => create_and_print(&system, arguments).await,
        TenantCommand::List { json } => list(&system, json).await,
        TenantCommand::ConfirmBankChangeControl(arguments) => confirm_and_print(&system, arguments).await,
        TenantCommand::ConfirmApprovalPolicy(arguments) => arguments.carried_out(&system).await.map(|told| println!("{told}")),
        TenantCommand::ConfirmTolerances(arguments) => arguments.carried_out(&system).await.map(|told| println!("{told}")),
        TenantCommand::Identify(arguments) => arguments.carried_out(&system).await.map(|told| println!("{told}")),
    };
    system.close().await;
    done
}

async fn create_and_print(system: &System, arguments: CreateArguments) -> anyhow::Result<()> {
    system.start_workers().await?;
    let CreateArguments { name, admin_email, currency, time_zone, place, json } = arguments;
    let tenant = create_tenant_in(system, Some(time_zone), place.into(), &name, &admin_email, currency).await?;
    system.settled(tenant.id, tenant.position).await?;
    if json {
        println!("{}", json!({ "tenant_id": tenant.id, "user_id": tenant.admin, "api_key": tenant.secret }));
    } else {
        println!("tenant   {}\nuser     {}\nAPI key  {}   (shown once)", tenant.id, tenant.admin, tenant.secret);
    }
    Ok(())
}

async fn list(system: &System, as_json: bool) -> anyhow::Result<()> {
    for (tenant, head) in system.database.heads().await? {
        let (state, _) = system.commands.state_of::<Tenant>(tenant, tenant.0).await.map_err(readable)?;
        let name = state.company().map(|company| company.name.clone()).unwrap_or_default();
        if as_json {
            println!("{}", json!({ "tenant_id": tenant, "name": name, "position": head }));
        } else {
            println!("{tenant}  {:>12}  {name}", counted(head, "event"));
        }
    }
    Ok(())
}

async fn confirm_and_print(system: &System, arguments: ControlArguments) -> anyhow::Result<()> {
    let ControlArguments { tenant, second_person, cooling_off_days } = arguments;
    let control = BankChangeControl { second_person, cooling_off_days };
    system.knows(tenant).await?;
    system.start_workers().await?;
    let position = confirm_bank_change_control(system, tenant, control).await?;
    system.settled(tenant, position).await?;
    let asked = if second_person { "a second person approves a changed account" } else { "nobody else approves a changed account" };
    println!("tenant   {tenant}   {asked}, which waits {}", counted(i64::from(cooling_off_days), "day"));
    Ok(())
}

/// The operator is another person than whoever has proposed it.
pub async fn confirm_bank_change_control(system: &System, tenant: TenantId, control: BankChangeControl) -> anyhow::Result<i64> {
    let (state, _) = system.commands.state_of::<Tenant>(tenant, tenant.0).await.map_err(readable)?;
    let proposed = state.company().ok().and_then(|company| company.bank_change_control_loosening.as_ref());
    // The event says that it was the operator; the log wants to know for whom.
    let actor = proposed.map_or(UserId(tenant.0), |proposed| proposed.by);
    let ctx = system.context(tenant, actor).await.map_err(readable)?;
    let confirm = Company::ConfirmBankChangeControl { control, by: None };
    Ok(system.commands.execute::<Tenant>(&ctx, tenant, confirm).await.map_err(readable)?.position)
}

/// Opens the log and creates the tenant with its administrator.
pub async fn create_tenant(system: &System, name: &str, email: &str, currency: Currency) -> anyhow::Result<NewTenant> {
    create_tenant_in(system, None, Address::default(), name, email, currency).await
}

async fn create_tenant_in(
    system: &System,
    time_zone: Option<String>,
    address: Address,
    name: &str,
    email: &str,
    currency: Currency,
) -> anyhow::Result<NewTenant> {
    let ports = system.commands.ports();
    let (id, admin) = (TenantId(ports.edge.new_id()), UserId(ports.edge.new_id()));
    let key = new_key(KeyId(ports.edge.new_id()), None)?;
    let create = CreateTenant {
        name: name.to_owned(),
        base_currency: currency,
        address,
        time_zone,
        admin,
        admin_email: email.to_owned(),
        key: key.key,
    };
    within_limits(&[("--name", name), ("--admin-email", email)])?;
    create.check().map_err(readable)?;
    ports.log.open_tenant(id).await.map_err(quittance_application::Failure::from)?;
    let position = carry_out(system, id, admin, &create).await?;
    Ok(NewTenant { id, admin, secret: key.secret, position })
}

pub async fn user(settings: Settings, command: UserCommand) -> anyhow::Result<()> {
    let system = System::open_kept(settings).await?;
    let done = match command {
        UserCommand::Add(arguments) => add_and_print(&system, arguments).await,
        UserCommand::List(arguments) => arguments.carried_out(&system).await.map(|told| println!("{told}")),
        UserCommand::Key(arguments) => issue_and_print(&system, arguments).await,
        UserCommand::RevokeKey(arguments) => arguments.carried_out(&system).await.map(|told| println!("{told}")),
        UserCommand::Deactivate(arguments) => arguments.carried_out(&system).await.map(|told| println!("{told}")),
        UserCommand::Vouch(VouchArguments { tenant, user }) => vouch_and_print(&system, tenant, user).await,
    };
    system.close().await;
    done
}

async fn add_and_print(system: &System, arguments: AddArguments) -> anyhow::Result<()> {
    system.start_workers().await?;
    let name = arguments.name.as_deref().unwrap_or(&arguments.email);
    let user = add_user(system, arguments.tenant, &arguments.email, name, &arguments.roles, arguments.expires_at).await?;
    print_user(system, arguments.tenant, &user, arguments.json).await
}

pub async fn add_user(
    system: &System,
    tenant: TenantId,
    email: &str,
    name: &str,
    roles: &[Role],
    expires_at: Option<DateTime<Utc>>,
) -> anyhow::Result<NewUser> {
    let edge = &system.commands.ports().edge;
    let id = UserId(edge.new_id());
    let key = new_key(KeyId(edge.new_id()), expires_at)?;
    within_limits(&[("--email", email), ("--name", name)])?;
    let add = AddUser { id, email: email.to_owned(), name: name.to_owned(), roles: roles.to_vec(), key: key.key };
    let position = carry_out(system, tenant, id, &add).await?;
    Ok(NewUser { id, secret: key.secret, position })
}

async fn issue_and_print(system: &System, arguments: KeyArguments) -> anyhow::Result<()> {
    system.start_workers().await?;
    let key = new_key(KeyId(system.commands.ports().edge.new_id()), arguments.expires_at)?;
    let ctx = system.context(arguments.tenant, arguments.user).await.map_err(readable)?;
    let issue = UserDecision::IssueKey { key: key.key, at: ctx.now };
    let receipt = system.commands.execute::<User>(&ctx, arguments.user, issue).await.map_err(readable)?;
    let user = NewUser { id: arguments.user, secret: key.secret, position: receipt.position };
    print_user(system, arguments.tenant, &user, arguments.json).await
}

async fn vouch_and_print(system: &System, tenant: TenantId, user: UserId) -> anyhow::Result<()> {
    system.start_workers().await?;
    carry_out(system, tenant, user, &VouchForUser { user_id: user, by_operator: true }).await?;
    println!("user     {user}   is a person of their own");
    Ok(())
}

async fn print_user(system: &System, tenant: TenantId, user: &NewUser, as_json: bool) -> anyhow::Result<()> {
    system.settled(tenant, user.position).await?;
    if as_json {
        println!("{}", json!({ "user_id": user.id, "api_key": user.secret }));
    } else {
        println!("user     {}\nAPI key  {}   (shown once)", user.id, user.secret);
    }
    Ok(())
}

/// What REST would not take, the command line does not either.
pub(super) fn within_limits(texts: &[(&str, &str)]) -> anyhow::Result<()> {
    for (name, text) in texts {
        limits::check_text(name, text).map_err(|problem| refusal(&problem.code, &format!("{name}: {}", problem.detail)))?;
    }
    Ok(())
}

pub(super) async fn carry_out<U: UseCase>(system: &System, tenant: TenantId, actor: UserId, use_case: &U) -> anyhow::Result<i64> {
    let ctx = system.context(tenant, actor).await.map_err(readable)?;
    let done = system.commands.run(&ctx, use_case).await.map_err(readable)?;
    Ok(done.receipt.position)
}

/// The holder of the key in `QUITTANCE_API_KEY` (or `--api-key`): who acts by a key is asked for each operation whether they may.
pub async fn key_holder(system: &System, secret: Option<&str>) -> anyhow::Result<Caller> {
    let secret = secret.context("an API key is needed: --api-key or QUITTANCE_API_KEY")?;
    match system.identity.authenticate(secret, system.commands.ports().edge.now()).await? {
        Some(holder) => Ok(holder.into()),
        None => bail!("the API key is unknown, revoked or expired"),
    }
}
