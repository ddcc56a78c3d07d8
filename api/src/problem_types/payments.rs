//! What stands in the way of a payment: of runs and files, of providers, terms, cheques and withholding taxes.

use super::problem_rows;

problem_rows! { PAYMENTS:
    // Payments.
    already_planned 409: "Already planned", "The payment has been planned before.";
    own_payment 403: "Own payment", "Who planned a payment does not say that it failed or came back once the bank has it in a file.";
    self_authorisation 403: "Own payment", "Who planned a payment cannot authorise it.";
    no_items 422: "No items", "A payment needs at least one item.";
    item_repeated 422: "Repeated item", "A line and an invoice stand once in a payment.";
    invoice_repeated 422: "Repeated invoice", "An invoice stands once in a payment.";
    total_mismatch 422: "Wrong total", "The total is the sum of the items, in their one currency.";
    several_recipients 409: "Several recipients", "The payment pays several vendors: `vendor_id` says whose remittance advice, or proof, it is to be.";
    vendor_not_paid 409: "Vendor not paid", "The payment has no item of this vendor.";
    nothing_to_advise 409: "Nothing to advise of", "A transfer to the vendor failed or came back: nobody is told that it was paid.";
    recipient_invalid 422: "Invalid recipient", "A mail goes to one e-mail address, without a name.";
    recipient_missing 409: "No recipient", "The vendor has no contact for remittances or payments with an e-mail address. Add one, or say `to`.";
    advice_unknown 409: "Unknown advice", "The payment has no such remittance advice.";
    mail_not_set_up 409: "Mail not set up", "The server was given no mail server to send through: nothing was recorded, and nothing is sent.";
    nothing_to_prove 409: "Nothing to prove", "The payment has not been executed, or was voided: nothing of it has left, and what is only planned proves nothing.";
    run_already_proposed 409: "Already proposed", "The payment run has been proposed before.";
    nothing_to_pay 409: "Nothing to pay", "The payment run has no item left that could be paid.";
    in_another_run 409: "In another run", "Another run has just selected one of the invoices: `existing_id` is its page. Propose again.";
    run_page_listed 409: "Page listed", "The page of the payment run has been listed before.";
    run_page_moved_on 409: "Page moved on", "The page of the payment run has been planned or released meanwhile.";
    part_of_run 409: "Part of a run", "The payment leaves in the bank file of its payment run, not in one of its own.";
    wrong_method 409: "Other method", "The payment leaves by another method.";
    several_creditors 422: "Several creditors", "One transfer goes to one bank account of one vendor. Plan a payment for each.";
    provider_account_missing 409: "No provider account", "The payment names no account at a provider, or one that is not confirmed or is closed. Nothing was tried.";
    outcome_not_found 409: "Nothing found out", "Nobody has said what became of this transfer; say it before it is confirmed.";
    own_finding 403: "Own finding", "Who found out what became of a transfer cannot confirm it.";
    outcome_reference_missing 422: "Reference missing", "Money that left has a reference at the bank: name it.";
    outcome_reason_missing 422: "Reason missing", "What became of a transfer is said with a reason.";
    outcome_evidence_missing 422: "Evidence missing", "What became of a transfer is shown by at least one attachment of the payment.";
    outcome_evidence_unknown 422: "Evidence unknown", "The evidence is an attachment of this payment that has not been detached.";
    provider_account_open 409: "Provider account open", "As long as the provider account is open, what it has not been sent is sent: close it first.";
    transfer_undecided 409: "Transfer undecided", "Only the provider knows whether this transfer went through; by our word alone it might be paid twice.";
    transfer_under_way 409: "Transfer under way", "A provider's transfer is settled by its word or the bank's statement; else one person says what became of it, and another confirms it.";
    provider_account_unknown 404: "Unknown provider account", "There is no such account at a provider.";
    provider_account_exists 409: "Account exists", "The account has been opened before.";
    provider_account_closed 409: "Account closed", "A closed account is not opened again. Open another.";
    self_confirmation 403: "Own account", "Who opened a provider account cannot confirm it.";
    too_many_webhook_secrets 409: "Too many secrets", "Retire a webhook secret before another is added.";
    webhook_secret_unknown 409: "Unknown secret", "The account has no such webhook secret.";
    last_webhook_secret 409: "Last secret", "Add another webhook secret before this one is retired.";
    webhook_refused 401: "Message refused", "The message is not signed by a secret of this account, or not in time.";
    no_such_item 422: "Unknown item", "The payment has no such item.";
    item_not_in_flight 409: "Item not in flight", "The item's state does not allow this.";
    debtor_account_missing 422: "No debtor account", "A SEPA credit transfer leaves from one of the company's accounts that has an IBAN, an ACH credit from an American one.";
    ach_origination_missing 409: "ACH set-up missing", "Nobody has said what the account's bank wants to read in an ACH file: `POST /v1/company/ach-origination`.";
    ach_needs_dollars 422: "Not in US dollars", "An ACH credit is in US dollars.";
    ach_needs_us_account 422: "No American account", "An ACH credit goes to a routing number and an account number.";
    ach_entry_taken 409: "Entry known", "Another payment has sent an entry of this id. Plan the payment again.";
    bank_file_name_taken 409: "File name taken", "Another file of the day has this name. Try again.";
    too_many_files_today 409: "Too many files", "A bank tells 36 ACH files of a sender and day apart: put the payments into one run.";
    qr_reference_missing 422: "No QR reference", "A QR-IBAN (Switzerland, Liechtenstein) is paid by the QR reference of its bill, which the invoice states as its remittance.";
    creditor_address_incomplete 422: "No town or country", "Who is paid abroad has an address with its town and country.";
    instructions_not_taken 422: "No place for instructions", "Only an international credit transfer takes instructions to the bank.";
    transfer_needs_bank 422: "No bank", "An international credit transfer goes to an IBAN, or to an account whose bank has a BIC or a clearing number.";
    sepa_needs_euro 422: "Not in euros", "A SEPA credit transfer is in euros.";
    provider_pays_no_run 422: "Not in a run", "A run pays by bank file or by hand; a provider makes the transfers of single payments.";
    sepa_needs_iban 422: "No IBAN", "A SEPA credit transfer goes to an IBAN.";
    too_many_items 422: "Too many items", "A payment holds only so many items.";
    file_format_unknown 422: "Unknown file format", "The bank file's format is not one that is written: pain.001.001.09, pain.001.001.03, the Swiss pain.001.001.09.ch.03 and pain.001.001.03.ch.02, the German pain.001.003.03 and pain.001.002.03; for ACH credits nacha.";
    file_not_expressible 422: "Not expressible", "The payment cannot be said in this format.";
    // Payment terms.
    mapping_name_invalid 422: "Invalid name", "A saved mapping has a name of 1 to 60 letters, digits, spaces, dots, dashes or underscores.";
    import_mapping_missing 422: "Unknown mapping", "No mapping was saved under this name.";
    payment_terms_missing 422: "Unknown payment terms", "There are no payment terms of this code.";
    terms_code_invalid 422: "Invalid code", "A code has 1 to 20 letters, digits, dots, dashes or underscores.";
    instalments_incomplete 422: "Instalments incomplete", "The parts of all instalments make up 100 percent, each above zero.";
    discount_out_of_range 422: "Discount out of range", "A discount is above 0 and below 100 percent.";
    terms_too_long 422: "Too many parts", "Terms have at most 36 instalments and 5 discounts.";
    day_passed 422: "Day has passed", "A payment is planned for today or a day to come.";
    day_to_come 422: "Day has not come", "Money and goods moved today at the latest; a bank's value date lies at most seven days ahead, the day on which an invoice counts at most a year.";
    value_date_too_early 422: "Value date too early", "Money moves no sooner than the invoice counts or somebody paid it, and comes back no sooner than it left.";
    paid_otherwise 409: "Paid otherwise", "The document names a way of payment (BT-81) by which its vendor takes the money or has it already, such as direct debit or card: sending it would pay twice. Record how it was paid, or amend the document's way of payment.";
    discount_expired 409: "Discount expired", "The last day of the discount has passed: plan the payment anew.";
    exceeds_discount 409: "Not such a discount", "The terms grant less discount than this, or none any more.";
    // Cheques.
    chequebook_missing 409: "No chequebook", "Nobody has said with which number the account's cheques begin.";
    chequebook_opened 409: "Chequebook opened", "The account has a chequebook, which began with another number.";
    cheque_number_invalid 422: "Invalid cheque number", "A cheque's number has ten digits at most and is above zero.";
    cheque_number_not_next 409: "Not the next number", "Numbers are used in order; the problem's detail names the next.";
    cheque_numbers_used_up 409: "Numbers used up", "The chequebook has no number left.";
    cheque_number_taken 409: "Number taken", "A cheque of this account has this number already.";
    cheque_undrawable 422: "Not to be drawn", "A cheque is made out to one vendor, on one of the company's accounts.";
    cheque_is_whole 409: "Cheque is whole", "A cheque is cashed or voided whole.";
    cheque_currency 422: "Other currency", "A cheque is in the currency of the account that it is drawn on.";
    positive_pay_inexpressible 409: "No list can be written", "There is no cheque to list, the account is not an American one, or something does not fit into its column.";
    positive_pay_layout_invalid 422: "Invalid layout", "By a layout of positive pay lists a bank reads of each cheque its number and its amount, in columns that hold them.";
    // Withholding taxes.
    withholding_tax_missing 422: "Unknown withholding tax", "There is no withholding tax of this code.";
    withholding_code_invalid 422: "Invalid code", "A code has 1 to 20 letters, digits, dots, dashes or underscores.";
    withholding_rates_disordered 422: "Rates out of order", "A tax has 1 to 50 rates, each from a later day than the one before.";
    withholding_rate_out_of_range 422: "Rate out of range", "A rate is at least 0 and below 100 percent, to four decimals.";
}
