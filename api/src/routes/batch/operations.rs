//! The commands that a batch may hold, by operation id. Documents and secrets have routes of their own.

use quittance_application::ports::Later;
use quittance_application::{Commands, Context, Failure, UseCase, Work};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::BatchCommand;
use crate::auth::Caller;
use crate::order::read_value;
use crate::problem::Problem;
use crate::routes::bank::{booking, division as bank_division, ledger_account, lines as bank_lines, rules as bank_rules, withdrawal};
use crate::routes::cheque::{book, positive_pay};
use crate::routes::invoice::{allocate, coding, create as invoice, decide, discuss, dispute, hold, matching, namesake, refund, retain};
use crate::routes::payment::{life as payment, outcome as transfer_outcome, plan};
use crate::routes::payment_run::life as payment_run;
use crate::routes::vendor::bank_account;
use crate::routes::{
    accrual, attachment, calendar, chart, comment, company, customer, delegation, despatch_advice, exchange_rate, goods_receipt,
    import_mapping, invoice_import, item, journal, location, message, policy, provider, purchase_order, receivable, recurring_invoice,
    stock, terms, tolerance, user, vendor, vouching, withholding,
};

/// A command that is ready to run.
pub struct Step {
    pub about: Uuid,
    use_case: Box<dyn Attempt>,
}

/// A use case of any kind.
trait Attempt: Send + Sync {
    fn attempt<'a>(&'a self, work: &'a mut Work<'_>) -> Later<'a, Result<(), Failure>>;
}

impl<U: UseCase> Attempt for U {
    fn attempt<'a>(&'a self, work: &'a mut Work<'_>) -> Later<'a, Result<(), Failure>> {
        Box::pin(async move { UseCase::attempt(self, work).await.map(drop) })
    }
}

impl UseCase for Step {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        self.use_case.attempt(work).await
    }
}

/// One command of a batch on its way to become a step.
pub struct Slip<'a> {
    pub commands: &'a Commands,
    pub ctx: &'a Context,
    pub caller: &'a Caller,
    /// For what the command creates.
    pub new_id: Uuid,
    pub command: BatchCommand,
}

impl Slip<'_> {
    pub async fn step(self) -> Result<Step, Problem> {
        match self.command.operation.clone().as_str() {
            "register_vendor" => self.begins(vendor::register),
            "change_vendor" => self.given(vendor::change),
            "add_vendor_bank_account" => self.given(bank_account::add_account),
            "approve_vendor_bank_account" => self.given(bank_account::approve_account),
            "reject_vendor_bank_account" => self.given(bank_account::reject_account),
            "remove_vendor_bank_account" => self.given(bank_account::remove_account),
            "describe_vendor" => self.given(vendor::describe),
            "verify_vendor" => self.given(vendor::verify),
            "block_vendor" => self.given(vendor::block),
            "unblock_vendor" => self.given(vendor::unblock),
            "merge_vendor" => self.given(vendor::merge::merge),
            "register_customer" => self.begins(customer::register),
            "change_customer" => self.given(customer::change),
            "block_customer" => self.given(customer::block),
            "unblock_customer" => self.given(customer::unblock),
            "merge_customer" => self.given(customer::merge),
            "adopt_payment_terms" => self.implied(terms::adopt),
            "open_chequebook" => self.implied(book::open),
            "void_cheque_number" => self.given(book::void_number),
            "agree_positive_pay_layout" => self.given(positive_pay::agreed),
            "adopt_withholding_tax" => self.implied(withholding::adopt),
            "save_import_mapping" => self.implied(import_mapping::save),
            "create_item" => self.begins(item::create),
            "change_item" => self.given(item::change),
            "register_location" => self.implied(location::register),
            "change_location" => self.given(location::change),
            "close_location" => self.given(location::close),
            "reopen_location" => self.given(location::reopen),
            "place_purchase_order" => self.begins(purchase_order::place),
            "amend_purchase_order" => self.given(purchase_order::amend),
            "approve_purchase_order" => self.given(purchase_order::approve),
            "close_purchase_order" => self.given(purchase_order::close),
            "cancel_purchase_order" => self.given(purchase_order::cancel),
            "post_goods_receipt" => self.begins(goods_receipt::post),
            "inspect_goods_receipt" => self.given(goods_receipt::inspect),
            "return_goods" => self.given(goods_receipt::send_back),
            "adopt_tolerances" => self.implied(tolerance::adopt),
            "confirm_tolerances" => self.implied(tolerance::confirm),
            "match_invoice" => self.given(matching::again),
            "hold_invoice" => self.given(hold::hold),
            "release_invoice_hold" => self.given(hold::release),
            "assign_exception" => self.given(hold::assign),
            "dispute_invoice" => self.given(dispute::open),
            "resolve_dispute" => self.given(dispute::resolve),
            "receive_despatch_advice" => {
                let receipt = self.new_id.into();
                self.given(|advice, body, ctx: &Context| despatch_advice::receive(receipt, advice, body, ctx))
            }
            "create_invoice" => self.create_invoice().await,
            "cancel_import" => self.given(invoice_import::cancel),
            "amend_invoice" => self.amend_invoice().await,
            "receive_namesake" => self.receive_namesake().await,
            "code_invoice" => self.given(coding::code),
            "apply_credit" => self.given(allocate::apply),
            "apply_prepayment" => self.given(allocate::apply_paid),
            "retain_part" => self.given(retain::retain),
            "release_retention" => self.given(retain::release),
            "record_refund" => self.given(refund::record),
            "write_off_invoice" => self.given(allocate::write_off),
            "reverse_allocation" => self.given(allocate::reverse),
            "draft_receivable" => self.begins(receivable::draft::draft),
            "revise_receivable" => self.given(receivable::draft::revise),
            "issue_receivable" => self.given(receivable::draft::issue),
            "record_incoming_payment" => self.given(receivable::payment::record),
            "take_incoming_payment_back" => self.given(receivable::payment::take_back),
            "credit_receivable" => self.given(receivable::credit::credit),
            "refund_customer" => self.given(receivable::credit::refund),
            "take_customer_refund_back" => self.given(receivable::credit::take_refund_back),
            "hand_over_goods" => self.given(receivable::ending::hand_over),
            "write_off_receivable" => self.given(receivable::ending::write_off),
            "reinstate_receivable" => self.given(receivable::ending::reinstate),
            "cancel_receivable" => self.given(receivable::ending::cancel),
            "arrange_recurring_invoice" => self.begins(recurring_invoice::arrange),
            "pause_recurring_invoice" => self.given(recurring_invoice::pause),
            "resume_recurring_invoice" => self.given(recurring_invoice::resume),
            "end_recurring_invoice" => self.given(recurring_invoice::end),
            "submit_invoice" => self.given(decide::submit),
            "resolve_invoice_exceptions" => self.given(decide::resolve_exceptions),
            "approve_invoice" => self.given(decide::approve),
            "reject_invoice" => self.given(decide::reject),
            "dismiss_invoice_duplicate" => self.given(decide::dismiss_duplicate),
            "resolve_invoice_approvers" => self.given(decide::resolve_approvers),
            "reassign_invoice_approver" => {
                let caller = self.caller;
                self.given(|id, body, _: &Context| discuss::reassign(id, body, caller))
            }
            "comment_on_approval" => self.given(discuss::comment),
            "ask_about_invoice" => self.given(discuss::ask),
            "answer_about_invoice" => self.given(discuss::answer),
            "write_comment" => self.begins(comment::write),
            "mark_comment_read" => self.given(comment::mark_read),
            "write_message" => self.begins(message::write),
            "record_message" => self.begins(message::record),
            "mark_message_read" => self.given(message::mark_read),
            "detach_file" => self.given(attachment::detach),
            "grant_delegation" => {
                let caller = self.caller;
                self.implied(|body, _: &Context| delegation::grant(body, caller))
            }
            "revoke_delegation" => {
                let caller = self.caller;
                self.given(|id, body, _: &Context| delegation::revoke(id, body, caller))
            }
            "void_invoice" => self.given(decide::void),
            "plan_payment" => self.begins(plan::plan),
            "authorise_payment" => self.given(payment::authorise),
            "execute_payment" => self.given(payment::execute),
            "record_payment" => self.given(payment::record),
            "settle_payment" => self.given(payment::settle),
            "fail_payment" => self.given(payment::fail),
            "find_transfer_outcome" => self.given(transfer_outcome::find),
            "confirm_transfer_outcome" => self.given(transfer_outcome::confirm),
            "return_payment" => self.given(payment::take_back),
            "void_payment" => self.given(payment::void),
            "confirm_provider_account" => self.given(provider::account::confirm),
            "close_provider_account" => self.given(provider::account::close),
            "remove_payment_run_item" => self.given(payment_run::remove),
            "authorise_payment_run" => self.given(payment_run::authorise),
            "execute_payment_run" => self.given(payment_run::execute),
            "write_payment_run_file" => self.given(payment_run::write_file),
            "cancel_payment_run" => self.given(payment_run::cancel),
            "match_bank_line" => self.given(bank_lines::match_line),
            "unmatch_bank_line" => self.given(bank_lines::unmatch_line),
            "divide_bank_line" => self.given(bank_division::divide_line),
            "withdraw_bank_statement" => self.given(withdrawal::withdraw),
            "book_bank_line" => self.given(booking::book_line),
            "unbook_bank_line" => self.given(booking::unbook_line),
            "adopt_bank_rules" => self.implied(bank_rules::adopt),
            "book_bank_statement" => self.given(bank_rules::book_statement),
            "assign_ledger_account" => self.given(ledger_account::assign),
            "issue_stock" => self.implied(stock::issue),
            "adjust_stock" => self.implied(stock::adjust),
            "count_stock" => self.implied(stock::count),
            "reserve_stock" => self.implied(stock::reserve),
            "release_stock" => self.implied(stock::release),
            "spread_landed_cost" => self.implied(stock::landed_cost),
            "transfer_stock" => self.implied(stock::transfer),
            "add_company_bank_account" => self.implied(company::add_account),
            "set_bank_change_control" => self.implied(company::set_control),
            "confirm_bank_change_control" => self.implied(company::confirm_control),
            "decline_bank_change_control" => self.implied(company::decline_control),
            "set_stock_rules" => self.implied(company::stock_rules),
            "set_ach_origination" => self.implied(company::ach_origination),
            "set_answer_times" => self.implied(company::answer_times),
            "set_time_zone" => self.implied(company::time_zone),
            "change_company_identity" => self.implied(company::identity),
            "set_discount_tax" => self.implied(company::discount_tax),
            "define_account" => self.implied(chart::account),
            "define_cost_centre" => self.implied(chart::cost_centre),
            "define_project" => self.implied(chart::project),
            "define_tax_code" => self.implied(chart::tax_code),
            "assign_posting_accounts" => self.implied(chart::posting_accounts),
            "post_journal_entry" => self.begins(journal::post),
            "reverse_journal_entry" => self.given(journal::reverse),
            "accrue_costs" => self.begins(accrual::accrue),
            "set_fiscal_year" => self.implied(calendar::year),
            "declare_holidays" => self.implied(calendar::holidays),
            "close_period" => self.implied(calendar::close),
            "reopen_period" => self.implied(calendar::reopen),
            "quote_exchange_rates" => self.implied(exchange_rate::quote),
            "change_user_roles" => self.given(user::change_roles),
            "set_user_authority" => self.given(user::set_authority),
            "deactivate_user" => self.given(user::deactivate),
            "revoke_key" => self.given(user::revoke),
            "vouch_for_user" => self.given(vouching::vouch),
            "adopt_approval_policy" => self.implied(policy::adopt),
            "confirm_approval_policy" => self.implied(policy::confirm),
            other => Err(Problem::invalid("/operation", format!("{other} is not an operation of a batch"))),
        }
    }

    /// A command that creates something.
    fn begins<I, B, U>(self, command: impl FnOnce(I, B, &Context) -> Result<U, Problem>) -> Result<Step, Problem>
    where
        I: From<Uuid>,
        B: DeserializeOwned,
        U: UseCase + 'static,
    {
        self.without_id()?;
        self.about(self.new_id, command)
    }

    /// A command about what the caller names.
    fn given<I, B, U>(self, command: impl FnOnce(I, B, &Context) -> Result<U, Problem>) -> Result<Step, Problem>
    where
        I: From<Uuid>,
        B: DeserializeOwned,
        U: UseCase + 'static,
    {
        self.about(self.id()?, command)
    }

    fn about<I, B, U>(&self, id: Uuid, command: impl FnOnce(I, B, &Context) -> Result<U, Problem>) -> Result<Step, Problem>
    where
        I: From<Uuid>,
        B: DeserializeOwned,
        U: UseCase + 'static,
    {
        let use_case = command(id.into(), self.body()?, self.ctx).map_err(in_body)?;
        Ok(Step { about: id, use_case: Box::new(use_case) })
    }

    /// A command about what its body names, or about the one that a tenant has.
    fn implied<I, B, U>(self, command: impl FnOnce(B, &Context) -> Result<(I, U), Problem>) -> Result<Step, Problem>
    where
        I: Into<Uuid>,
        B: DeserializeOwned,
        U: UseCase + 'static,
    {
        self.without_id()?;
        let (about, use_case) = command(self.body()?, self.ctx).map_err(in_body)?;
        Ok(Step { about: about.into(), use_case: Box::new(use_case) })
    }

    async fn create_invoice(self) -> Result<Step, Problem> {
        self.without_id()?;
        let create = invoice::create(self.new_id.into(), self.body()?, self.commands, self.ctx).await.map_err(in_body)?;
        Ok(Step { about: self.new_id, use_case: Box::new(create) })
    }

    async fn amend_invoice(self) -> Result<Step, Problem> {
        let id = self.id()?;
        let amend = invoice::amend(id.into(), self.body()?, self.commands, self.ctx).await.map_err(in_body)?;
        Ok(Step { about: id, use_case: Box::new(amend) })
    }

    async fn receive_namesake(self) -> Result<Step, Problem> {
        let (beside, id) = (self.id()?, self.new_id);
        let receive = namesake::receive(beside.into(), id.into(), self.body()?, self.commands, self.ctx).await.map_err(in_body)?;
        Ok(Step { about: id, use_case: Box::new(receive) })
    }

    fn id(&self) -> Result<Uuid, Problem> {
        self.command.id.ok_or_else(|| Problem::invalid("/id", "this operation is about something: its id is needed"))
    }

    fn without_id(&self) -> Result<(), Problem> {
        match self.command.id {
            Some(_) => Err(Problem::invalid("/id", "this operation has no id of its own")),
            None => Ok(()),
        }
    }

    fn body<B: DeserializeOwned>(&self) -> Result<B, Problem> {
        read_value(self.command.body.as_ref()).map_err(in_body)
    }
}

/// Fields of a command stand in its body.
fn in_body(problem: Problem) -> Problem {
    problem.below("/body")
}
