//! Every type of problem, as data: what its code means and what to do. Codes are stable and never reworded.

mod kind;
mod payments;

pub use kind::ProblemType;
use payments::PAYMENTS;

/// `$list` of rows, one a line.
macro_rules! problem_rows {
    ($list:ident: $($code:ident $status:literal : $title:literal, $about:literal;)+) => {
        pub(super) const $list: &[crate::problem_types::ProblemType] = &[
            $(crate::problem_types::ProblemType { code: stringify!($code), status: $status, title: $title, about: $about }),+
        ];
    };
}
use problem_rows;

/// All of them.
pub fn problem_types() -> impl Iterator<Item = &'static ProblemType> {
    GENERAL.iter().chain(PAYMENTS)
}

problem_rows! { GENERAL:
    // The request as such.
    malformed_request 400: "Malformed request", "The request cannot be read: not JSON, a broken header, an unknown query parameter, a body that was cut.";
    last_event_id_invalid 400: "Not an event's id", "`Last-Event-ID` is the position of the last event that the consumer has: a whole number, 0 or more.";
    credential_invalid 401: "Not authenticated", "The API key is missing, unknown, revoked or expired, or its user is deactivated.";
    not_found 404: "Not found", "There is nothing here for you: unknown, or another tenant's.";
    invalid_field 422: "Invalid field", "A field breaks a rule; `errors` has its JSON pointer.";
    read_model_stopped 503: "Read model stopped", "What this reads stands still before `min_position`, at an event that it cannot take; it is tried again by itself. Without `min_position` it answers as far as it came, and says so in `Quittance-Stopped`.";
    not_yet_readable 503: "Not yet readable", "The read models have not reached `min_position` yet. Try again after `Retry-After`.";
    internal 500: "Internal defect", "A defect of ours. The request id finds it in our log.";
    role_missing 403: "Role missing", "None of the caller's roles may do this; the detail lists the roles that may.";
    other_origin 403: "Sent from another site", "The console's forms are taken from its own pages only.";
    method_not_allowed 405: "Method not allowed", "The `Allow` header lists the methods of this route.";
    not_acceptable 406: "Not acceptable", "The answer's media type is none that `Accept` allows; the detail names it.";
    content_type_unsupported 415: "Unsupported content type", "The body's media type is not one of this operation; the detail names them.";
    text_too_long 422: "Text too long", "A text has more characters than its field takes; `errors` has the field and its limit.";
    text_invalid 422: "Text invalid", "A text contains the character NUL, which neither databases nor documents can hold.";
    number_out_of_range 422: "Number out of range", "A number is larger or finer than what is reckoned with; `errors` has the field and the limit.";
    number_inexact 422: "Number inexact", "A decimal is sent as a string: a JSON number with a point passes through a float in many libraries.";
    body_too_large 413: "Body too large", "The detail states the limit.";
    body_too_slow 408: "Body too slow", "The body did not arrive in time.";
    idempotency_key_missing 400: "Idempotency-Key missing", "Where money, stock or bank details move, a repeat must be recognisable: send an `Idempotency-Key`.";
    idempotency_key_reused 422: "Idempotency-Key reused", "The key was used before, for another method, path or body.";
    version_mismatch 412: "The version has moved on", "`If-Match` names another version than the current one, which `current_version` states.";
    contended 409: "Lost the race", "Others kept changing the same thing; nothing was done. Try again.";
    too_many_requests 429: "Too many requests", "The key makes more requests a second than it may. Try again after `Retry-After`, with the same Idempotency-Key.";
    overloaded 503: "Overloaded", "More is waiting than can be done in time; nothing was done. Try again after `Retry-After`.";
    unavailable 503: "Unavailable", "Something this needs is not available. Try again with the same `Idempotency-Key`.";
    // Amounts and texts of a request.
    totals_do_not_hold 422: "Totals do not hold", "A stated amount is not what its parts give; `errors` states both. Amounts may be left out: then they are computed.";
    below_minor_unit 422: "Finer than the currency", "An amount has more decimals than its currency has minor units.";
    // Documents.
    document_incomplete 422: "Incomplete document", "Business terms are missing or unreadable; `errors` names them.";
    currency_unknown 422: "Unknown currency", "The document's currency is not in ISO 4217.";
    empty 422: "Empty document", "There are no bytes.";
    unknown_format 422: "Unknown format", "The document is neither UBL, CII nor a PDF with an embedded invoice.";
    too_large 422: "Document too large", "The document is larger than what is read.";
    unsupported_encoding 422: "Unsupported encoding", "The document's character encoding is not supported.";
    wrong_encoding 422: "Wrong encoding", "The bytes are not in the encoding that the document states.";
    malformed 422: "Malformed XML", "The document is not well-formed.";
    doctype_forbidden 422: "DTD forbidden", "A document with a document type declaration is never read.";
    entity_forbidden 422: "Entity forbidden", "Only the five predefined XML entities are allowed.";
    limit_exceeded 422: "Limit exceeded", "The document is deeper, wider or longer than what is read.";
    not_an_invoice 422: "Not an invoice", "The XML is another kind of document.";
    pdf_unreadable 422: "Unreadable PDF", "The PDF's structure is broken.";
    pdf_encrypted 422: "Encrypted PDF", "An encrypted PDF is not read.";
    pdf_stream_too_large 422: "PDF stream too large", "An embedded file unpacks to more than what is read.";
    not_an_order 422: "Not an order", "The document is another kind; changes of orders, answers to them and cancellations are none.";
    sheet_unreadable 422: "Unreadable file", "The file cannot be read as CSV, XLSX, NDJSON or zip.";
    sheet_too_large 422: "File too large", "The file has more rows, more columns or more in it than what is read.";
    sheet_unknown 422: "Sheet unknown", "The workbook has no sheet of this name.";
    column_unknown 422: "Column unknown", "The mapping names a column that the file does not have.";
    column_repeated 422: "Column repeated", "The mapping names a column that the file has more than once.";
    mapping_missing 422: "Mapping missing", "CSV, XLSX and NDJSON are read by a mapping.";
    not_a_despatch_advice 422: "Not a despatch advice", "The XML is another kind of document.";
    unknown_document 422: "Unknown document", "The XML is no invoice, order or despatch advice.";
    order_not_expressible 422: "Order not expressible", "A line has no exact price of one, is part of another line, names no line of its order or has a number beyond what is counted; `errors` names each.";
    order_missing 422: "Order missing", "A despatch advice names the order that it answers to.";
    several_orders 422: "Several orders", "A despatch advice is taken for one order: its goods are received against one.";
    pdf_without_order 422: "PDF without order", "The PDF holds no embedded order.";
    pdf_without_despatch_advice 422: "PDF without despatch advice", "The PDF holds no embedded despatch advice.";
    pdf_without_document 422: "PDF without document", "The PDF holds no embedded invoice, order or despatch advice.";
    pdf_without_invoice 422: "PDF without invoice", "The PDF holds no embedded invoice.";
    // Bank statements and status reports.
    statement_format_unknown 422: "Unknown statement format", "The file is no camt.052, .053 or .054, MT940, MT942, BAI2 or OFX; a CSV needs its mapping.";
    statement_unreadable 422: "Unreadable statement", "The statement is not well-formed; the detail names place and reason.";
    statement_date_missing 422: "Date missing", "A booked entry has neither a booking nor a value date.";
    bank_account_unmatched 422: "Whose account?", "The statement names none of the company's accounts: add the account, or name it in the request.";
    bank_account_differs 422: "Another account", "The statement is of another of the company's accounts than the request says.";
    bank_entry_known 409: "Entry known", "An earlier statement of the account has brought the entry.";
    payment_item_matched 409: "Payment matched", "Another line tells of this item's leaving or coming back already.";
    bank_line_unknown 422: "No such line", "The statement has no line of this number.";
    bank_line_matched 409: "Line matched", "Something else explains the line already.";
    bank_line_not_matched 409: "Line not matched", "Nothing explains the line, so nothing can be taken back.";
    match_moved_payment 409: "The bank did it", "The line tells of money that came back, or its payment has gone on since: the match is not taken back.";
    bank_line_booked 409: "Line booked", "A person booked the line to accounts: that is taken back before it is explained otherwise.";
    bank_line_not_booked 409: "Line not booked", "Nobody has booked the line, so nothing can be taken back.";
    part_invalid 422: "Part invalid", "A part of a booking is in the line's currency, and not zero.";
    booking_unbalanced 422: "Booking unbalanced", "The parts are together what moved, the other way round.";
    ledger_account_missing 409: "No account in the books", "No account of the books moves with the bank account, or not yet on that day: assign one.";
    bank_account_opened 409: "Opened already", "An opening entry of the bank account stands: reverse it before another.";
    opening_balance_unknown 409: "Opening balance unknown", "No statement says what the bank account held before its first line.";
    nothing_to_open 409: "Nothing to open", "The books have what the bank states already.";
    explanation_missing 422: "Explanation missing", "An explanation says in words what the line is.";
    bank_amount_differs 422: "Amounts differ", "The items named are not worth the line's amount.";
    payment_not_sent 409: "Payment not sent", "The payment has not left, or its item has failed or come back already.";
    ach_answer_unreadable 422: "Unreadable ACH file", "The file is no NACHA file or breaks its rules; the detail names the first line and rule.";
    ach_amount_differs 409: "Another amount", "More or less came back than the entry was of.";
    ach_entry_unknown 409: "No such entry", "The payment has sent no entry of this id.";
    nothing_corrected 409: "Nothing corrected", "The notification says of the account what the entry said already.";
    status_report_unreadable 422: "Unreadable report", "The file is no readable pain.002 report; the detail names the reason.";
    // Invoices.
    already_received 409: "Already received", "The invoice has been received before.";
    duplicate_invoice 409: "The invoice is already here", "The vendor's number is taken by a live invoice of at most 366 days' distance: `existing_id`.";
    wrong_state 409: "Wrong state", "The thing is in a state that does not allow this; the detail names the state that is needed.";
    in_exception 409: "In exception", "The invoice's exceptions must be resolved first.";
    payment_in_progress 409: "Payment in progress", "A payment or an allocation has taken part of the invoice; void or return, or reverse it, first.";
    self_resolution 403: "Own exceptions", "Who entered or last changed an invoice cannot resolve its exceptions.";
    version_changed 409: "Not what was approved", "What was approved is not what the invoice says now.";
    exceeds_open_amount 409: "Exceeds the open amount", "The amount is more than what is open and not claimed by a payment.";
    amount_not_positive 422: "Amount not positive", "A payment's amount must be above zero.";
    currency_mismatch 422: "Currencies differ", "All amounts of one payment are in one currency, the invoice's.";
    credit_note_not_payable 422: "Credit note", "A credit note is not paid; it reduces what is owed.";
    next_run_not_later 422: "Next run not later", "The next payment run must be after this one.";
    hurdle_rate_negative 422: "Negative rate", "The yearly rate from which a discount is worth taking cannot be below zero.";
    cash_limit_negative 422: "Negative limit", "A cash limit cannot be below zero.";
    cash_limit_repeated 422: "Limit repeated", "A payment run has one cash limit a currency at most.";
    duplicate_not_suspected 409: "Not suspected", "The invoice is not suspected of duplicating the one that is named: there is nothing to dismiss.";
    no_document 409: "No document", "The invoice did not come in as an electronic document: there is nothing to hold against rules.";
    on_hold 409: "On hold", "A person has stopped the invoice; its `placed_holds` say who and why. It goes on when each was let go.";
    already_disputed 409: "Disputed already", "One dispute of an invoice at a time: resolve the one that is open.";
    not_disputed 409: "Not disputed", "No dispute of the invoice is open.";
    disputed 409: "Disputed", "The amount is more than what is open, unclaimed and undisputed.";
    hold_overdue 422: "In the past", "The day by which a hold is to be let go has passed.";
    exception_unknown 409: "No such exception", "Nothing of this kind is open on the invoice; `GET /v1/exceptions` lists what is.";
    owner_unknown 422: "Unknown person", "An exception is seen to by an active user.";
    hold_unknown 409: "No such hold", "Nothing of this kind holds the invoice: `GET /v1/invoices/{id}/match` lists what does.";
    bank_account_missing 409: "No bank account", "The invoice has no bank account to pay to.";
    number_missing 422: "Number missing", "The document needs a number.";
    // Attachments.
    attachment_exists 409: "Attachment exists", "The attachment has been added before, as another file.";
    file_empty 422: "Empty file", "The file has no bytes.";
    file_too_large 422: "File too large", "A file has at most 20 MiB.";
    file_name_missing 422: "File name missing", "Name the file: in the form, in `Content-Disposition`, or as `file_name`.";
    media_type_invalid 422: "No media type", "The file's declared type is no media type, such as `application/pdf`.";
    // Comments and messages.
    comment_exists 409: "Comment exists", "The comment has been written before, otherwise.";
    too_many_mentions 422: "Too many mentions", "A comment calls at most 50 people.";
    not_mentioned 403: "Not mentioned", "Only who is mentioned in a comment has it to read.";
    message_exists 409: "Message exists", "The message has been written before, otherwise.";
    author_invalid 422: "No author", "What a vendor wrote names the e-mail address of who wrote it.";
    message_of_reader 409: "One's own message", "A message is read by the side that it is for, not by the one that wrote it.";
    // Recurring invoices.
    recurring_invoice_exists 409: "Recurring invoice exists", "The recurring invoice has been arranged before, otherwise.";
    day_invalid 422: "Invalid day", "A day of the month is 1 to 31, the last where the month is shorter; weeks have none.";
    schedule_empty 422: "Empty schedule", "Nothing is ever due by this schedule.";
    recurring_invoice_ended 409: "Recurring invoice ended", "What has ended does not go on: arrange it anew.";
    // Approvals.
    already_requested 409: "Already requested", "This approval has been requested before.";
    not_running 409: "Approval has ended", "The approval is granted, denied or withdrawn.";
    approval_stuck 409: "Approval stuck", "Nobody is left who may decide this stage; an administrator resolves the approvers again.";
    rate_missing 409: "Exchange rate missing", "What the invoice comes to decides who approves it. State the rate; the round goes on by itself.";
    self_approval 403: "Own invoice", "Who entered or changed an invoice cannot approve it.";
    not_vouched_for 403: "Not vouched for", "The user may be one person with somebody who has had a hand in it: who added them or issued a key for them has had that key in hand. An administrator who has not vouches for the user (`/v1/users/{id}/vouch`), or the operator does.";
    self_vouching 403: "Vouching for oneself", "Who has had a user's key in hand, or may be the same person as the user, does not vouch for them.";
    handed_key_in_force 409: "A handed key is in force", "A key of the user that somebody else has had in hand still opens something. The user issues their own with it, it is revoked, and then somebody vouches.";
    vendor_editor 403: "Changed the vendor", "Who changed what the vendor is paid by does not approve its invoices.";
    bank_account_editor 403: "Changed the bank account", "Who changed the vendor's bank account neither approves its invoices nor lets its payments go.";
    goods_receiver 403: "Received the goods", "The policy keeps who received the goods from approving the invoice for them.";
    already_acted 403: "Decided before", "One person decides one stage only, and has one voice in it, whosever place it is in.";
    not_delegated 403: "Not delegated", "Nobody who may decide the open stage has let this person decide in their place.";
    already_eligible 409: "May decide already", "The person may decide the open stage already.";
    reassignment_of_another 403: "Another's decision", "Only who is asked, or an administrator, lets another decide, and never the administrator themselves.";
    text_missing 422: "Text missing", "A message needs a text.";
    nothing_asked 409: "Nothing asked", "Nobody asked this person anything about the running round.";
    person_unknown 422: "Unknown person", "There is no such active user of this tenant.";
    link_outdated 409: "Link out of date", "The round of approval that the link was made for is over.";
    link_expired 410: "Link expired", "The link's time is over; who is asked makes another.";
    link_used 409: "Link used", "A decision link decides once, and this one has.";
    delegate_unknown 422: "Unknown person", "There is no such active user of this tenant.";
    delegation_exists 409: "Delegation exists", "The same people have a delegation for the same time, with another scope.";
    self_delegation 422: "Own delegate", "Nobody delegates to themselves.";
    self_granted 403: "In one's own favour", "Nobody grants themselves what another may decide.";
    delegation_empty 422: "Empty delegation", "A delegation ends after it starts, and the amount of its scope is above zero.";
    delegation_cycle 422: "Circle of delegations", "The delegation would come back to who grants it.";
    delegation_chain_too_long 422: "Chain too long", "At most three delegations follow one another.";
    delegation_of_another 403: "Another's delegation", "Only who grants a delegation, or an administrator, grants and ends it.";
    immaterial_change_invalid 422: "Invalid immaterial change", "A change is immaterial up to 0 to 100 percent or an amount that is not below zero.";
    window_invalid 422: "Window out of range", "The window of the splitting check has 1 to 366 days.";
    deadlines_invalid 422: "Deadlines out of order", "A stage has one entry of deadlines, with at least one of them, each later than the one before.";
    not_eligible 403: "Not an approver", "The policy does not name this person for the open stage.";
    stage_not_current 409: "Another stage decides", "The stage is not the one that decides now.";
    reason_missing 422: "Reason missing", "A denial needs a reason.";
    no_matching_rule 409: "No rule matches", "No rule of the approval policy matches this invoice: nothing is approved by nobody.";
    no_rules 422: "Policy without rules", "A policy needs at least one rule.";
    no_steps 422: "Rule without steps", "A rule needs at least one step: nothing is approved by nobody.";
    quorum_impossible 422: "Impossible quorum", "A quorum is at least 1 and at most the number of named approvers.";
    band_empty 422: "Empty band", "A rule's band begins below its end and not below zero.";
    // Coding.
    coding_line_unknown 422: "Unknown line", "The invoice has no line of this id, has two of it, or the request names it twice.";
    coding_unbalanced 422: "Parts do not come to the line", "Amounts are taken off first; percentages share what is left and come to 100; a part with neither takes the rest.";
    coded_by_order 409: "Coded by its order", "The invoice bills an order: it is posted against what was received.";
    tax_code_unfit 422: "Tax code does not fit", "A tax code takes tax of its own category and rate only; the detail names the line's.";
    // Credits.
    not_set_off 422: "Not to be set off", "A credit note is set off against an invoice; the request names two of one kind.";
    other_vendors_document 422: "Another vendor's document", "Only documents of one vendor, or of vendors that are one party, are set off against each other.";
    retention_over 422: "No time to keep", "What is kept back is kept back beyond the day on which that begins.";
    retention_not_due 409: "Kept back still", "The day from which it may be released has not come.";
    not_a_prepayment 422: "No prepayment", "The document named is not an invoice of type 386: nothing was paid before with it.";
    prepayment_not_coded 409: "Prepayment", "A prepayment is spent on nothing yet; the invoices that it is applied to are coded.";
    exceeds_prepaid 409: "Exceeds what was paid", "The amount is more than what was paid of the prepayment and not applied yet.";
    allocation_too_early 422: "Too early", "Nothing is settled before the day from which the document counts, nor undone before it was settled.";
    allocation_unknown 422: "Unknown allocation", "The document has no such allocation; its `allocations` name them.";
    write_off_too_large 409: "Too much to write off", "More is open than the tolerances let be written off in this currency.";
    // Vendors and the company.
    vendor_unknown 422: "Unknown vendor", "There is no such vendor for this tenant.";
    vendor_exists 409: "Vendor exists", "A vendor with one of these official ids, or this name, is registered: `existing_id`.";
    name_missing 422: "Name missing", "A name is needed.";
    bank_account_exists 409: "Account exists", "The vendor already has this account.";
    replaced_account_unknown 422: "Unknown old account", "The account to be replaced is not one of the vendor's.";
    bank_account_unverified 409: "Account unverified", "No money goes to an account that a second person has not approved.";
    bank_account_cooling_off 409: "Account cooling off", "The account was changed lately; the detail says from when it may be paid to.";
    bank_account_replaced 409: "Account replaced", "Another account has taken this one's place: amend the invoice, and it is approved anew.";
    bank_account_not_proposed 409: "Account not proposed", "The account is not waiting for a decision.";
    account_not_american 422: "Not an American account", "ACH files leave from an account with a routing number and an account number.";
    ach_origination_invalid 422: "ACH set-up invalid", "A text is empty, too long for its field in the file's headers, or holds characters that banks do not read.";
    cooling_off_too_long 422: "Cooling off too long", "A changed account waits at most 90 days.";
    answer_time_outlandish 422: "No time to answer", "A time to answer is between an hour and a quarter of a year.";
    time_zone_unknown 422: "Unknown time zone", "A time zone is named as in the IANA database, such as Asia/Phnom_Penh.";
    self_verification 403: "Own vendor", "Who registered or changed a vendor or its accounts cannot verify it.";
    vendor_blocked 409: "Vendor blocked", "No money goes to a blocked vendor.";
    vendor_change_unconfirmed 409: "Vendor change unconfirmed", "What the vendor is paid by was changed, and nobody else than who changed it has confirmed it (`verify`) yet.";
    vendor_unverified 409: "Vendor unverified", "No money goes to a vendor that nobody has verified.";
    tenant_exists 409: "Tenant exists", "The tenant has been created before.";
    account_exists 409: "Account exists", "The account is already one of the company's.";
    company_account_unknown 422: "Unknown company account", "There is no such account of the company.";
    vat_id_invalid 422: "Invalid VAT identifier", "The VAT identifier has not the form of its country's.";
    vendor_number_invalid 422: "Invalid vendor number", "A vendor's number has at least one letter or digit.";
    vendor_number_taken 409: "Vendor number taken", "Another vendor has this number: `existing_id`.";
    // Goods.
    item_unknown 422: "Unknown item", "There is no such item for this tenant.";
    item_exists 409: "Item exists", "The item has been created before.";
    sku_missing 422: "SKU missing", "An item needs a SKU with at least one letter or digit.";
    sku_taken 409: "SKU taken", "Another item has this SKU: `existing_id`.";
    reorder_level_negative 422: "Negative reorder level", "A reorder level cannot be below zero.";
    unit_fixed 422: "Unit is fixed", "The unit of an item never changes: quantities already count in it.";
    purchase_order_unknown 422: "Unknown purchase order", "There is no such purchase order for this tenant.";
    purchase_order_exists 409: "Order exists", "The purchase order has been placed before.";
    number_taken 409: "Number taken", "Another purchase order has this number: `existing_id`.";
    no_lines 422: "No lines", "At least one line is needed.";
    line_repeated 422: "Repeated line", "A line stands once.";
    line_amounts 422: "Line amounts", "A quantity must be above zero and a price not below.";
    line_unknown 422: "Unknown line", "The order has no such line.";
    quantity_exceeds_order 422: "More than ordered", "More was received than ordered; allow it with `over_receipt_allowed`.";
    purchase_order_not_open 409: "Order not open", "The purchase order is closed or cancelled.";
    charge_unsound 422: "Charge unsound", "A charge of an order stands once and is not below zero.";
    line_in_use 409: "Line in use", "A line that goods or invoices refer to stays, with its item and unit, and not below what came in.";
    purchase_order_not_approved 409: "Order not approved", "The tenant takes goods only against approved orders; somebody else than who agreed it approves it.";
    own_order 403: "Own order", "Who agreed an order's lines cannot approve them.";
    order_invoiced 409: "Order invoiced", "Invoices have come in against the order; close it instead.";
    goods_received 409: "Goods received", "Goods have come in against the order; close it instead.";
    duplicate_order 409: "The order is already here", "An order was made of this very document: `existing_id`.";
    order_document_exists 409: "Document kept", "The order's document has been kept before.";
    item_unidentified 422: "Unidentified item", "A line of the document has no number that says what is ordered.";
    unit_differs 422: "Other unit", "The document's quantity is in another unit than the one that the item is counted in.";
    import_empty 422: "Nothing to import", "The file has no rows.";
    mapping_incomplete 422: "Mapping incomplete", "The mapping does not say where a field stands that every invoice needs.";
    chunk_inconsistent 422: "Chunk inconsistent", "A chunk of an import does not account for all that is in it.";
    other_vendor 422: "Another vendor", "The despatch advice comes from another vendor than its order's.";
    despatch_advice_exists 409: "Advice exists", "The despatch advice has been announced before.";
    despatch_advice_received 409: "Received already", "The goods of this despatch advice have been received.";
    duplicate_despatch_advice 409: "The advice is already here", "The vendor has announced under this number before: `existing_id`.";
    nothing_despatched 422: "Nothing despatched", "No line of the despatch advice has a quantity.";
    goods_receipt_exists 409: "Receipt exists", "The goods receipt has been posted before.";
    goods_receipt_unknown 404: "Unknown goods receipt", "There is no such goods receipt for this tenant.";
    receipt_line_unknown 422: "Unknown line of the receipt", "The goods receipt has no such line.";
    not_waiting_for_inspection 409: "Not waiting for inspection", "More is judged than waits for inspection.";
    return_exceeds_receipt 409: "More than is here", "More goes back than what was accepted of this receipt and is still here.";
    tolerance_negative 422: "Negative tolerance", "A tolerance cannot be below zero.";
    rule_repeated 422: "Repeated rule", "One rule is for one thing.";
    location_missing 422: "Location missing", "A stock movement names the place where the goods lie.";
    insufficient_stock 409: "Not enough stock", "More is wanted than is on hand.";
    stock_reserved 409: "Stock reserved", "More is wanted than nobody has reserved: issue it under its reference, or release the reservation.";
    reservation_unknown 409: "Reservation unknown", "Nothing of this stock is reserved under the reference.";
    reservation_exceeded 409: "More than reserved", "More is wanted than is reserved under the reference.";
    reference_missing 422: "Reference missing", "A reservation says whom the goods are for.";
    too_many_reservations 409: "Too many reservations", "The stock has as many reservations as it may have: use or release some.";
    no_goods_to_bear_cost 422: "No goods to bear the cost", "Nothing was accepted of these receipts, or it has no value or weight to spread by.";
    values_not_comparable 422: "Values not comparable", "The goods were bought in several currencies: spread the cost by quantity or weight.";
    unit_weight_unknown 422: "Weight unknown", "What a unit weighs is not known of every item: set its `unit_weight`, or spread by value or quantity.";
    same_place 422: "The same place", "Goods go from one place to another one.";
    unit_weight_not_positive 422: "Weight not above zero", "What a unit weighs is above zero; leave it out where it is not known.";
    quantity_not_positive 422: "Quantity not positive", "A quantity must be above zero.";
    no_difference 422: "No difference", "An adjustment must change something.";
    count_negative 422: "Negative count", "A count cannot be below zero.";
    quantity_too_large 422: "Quantity too large", "The quantity is larger than any stock.";
    // The books.
    chart_unknown 409: "No chart", "The company has no chart of accounts.";
    chart_exists 409: "Chart exists", "The company has a chart of accounts already.";
    account_repeated 422: "Repeated account", "An account stands once in a plan.";
    account_unknown 422: "Unknown account", "The chart has no such account.";
    account_inactive 409: "Inactive account", "Nothing new is posted to an inactive account.";
    account_holds_no_money 422: "Account holds no money", "A bank account is an asset, or a liability.";
    account_kind_fixed 422: "Kind is fixed", "The kind of an account never changes: its balance already counts as that.";
    account_in_use 409: "Account in use", "The account determination or a tax code uses the account; assign another one first.";
    account_controlled 422: "Controlled account", "The account is the sum of documents: only they move it.";
    tax_category_missing 422: "Tax category missing", "A tax code names a category of UNTDID 5305.";
    tax_rates_invalid 422: "Invalid tax rates", "Rates begin on rising days and lie between 0 and 100; a code of reverse charge needs one.";
    posting_role_missing 422: "Role without account", "Every role of the account determination needs an account.";
    cost_centre_unknown 422: "Unknown cost centre", "There is no such cost centre.";
    project_unknown 422: "Unknown project", "There is no such project.";
    tax_code_unknown 422: "Unknown tax code", "There is no such tax code.";
    journal_entry_exists 409: "Entry exists", "The journal entry has been posted before.";
    too_few_lines 422: "Too few lines", "An entry has at least two lines.";
    amount_zero 422: "Amount of zero", "A line of an entry moves something.";
    entry_unbalanced 422: "Unbalanced entry", "Debits and credits of an entry are equal in every currency and in the books' own; the detail names the difference.";
    already_reversed 409: "Reversed already", "An entry is reversed once.";
    reversal_too_early 422: "Reversal too early", "A reversal does not count before its entry.";
    base_amount_missing 422: "Base amount missing", "A line in another currency also states its amount in the books' currency.";
    base_amount_differs 422: "Base amount differs", "An amount in the books' currency is its own base amount.";
    period_closed 409: "Period closed", "The day lies in a period that is closed; the detail names it. Take a later day, or have it reopened.";
    period_not_over 409: "Period not over", "A period closes after its last day.";
    soft_close_first 409: "Soft close first", "A period closes softly before it closes hard, so that what is under way comes to its end.";
    period_open 409: "Period open", "The period is not closed.";
    postings_under_way 409: "Postings under way", "What was accepted before the soft close is still on its way into the books. Try again.";
    closing_rate_unknown 409: "Closing rate unknown", "No exchange rate of a currency in which something is owed is known on the day. State it, then revalue.";
    payables_untranslated 409: "Payables untranslated", "Some of what is owed waits for the exchange rate of its own day. State it, then revalue.";
    nothing_to_revalue 409: "Nothing to revalue", "Everything that is owed in other currencies is carried at the day's closing rates already.";
    checklist_incomplete 409: "Checklist incomplete", "Something that blocks a hard close is left; the period's checklist says what.";
    month_invalid 422: "Invalid month", "A month is a number from 1 to 12.";
    holiday_outside_year 422: "Holiday outside the year", "Every declared holiday lies in the declared year.";
    source_missing 422: "Source missing", "A rate says where it comes from.";
    currencies_equal 422: "Same currency", "A currency has no rate in itself.";
    rate_not_positive 422: "Rate not positive", "A rate is above zero.";
    rate_outside_year 422: "Rate outside the year", "A rate lies in the year of its sheet.";
    rates_unreadable 422: "Rates unreadable", "The file is not one of the ECB's reference rates; the detail names the line.";
    // Users.
    user_exists 409: "User exists", "The user has been added before.";
    email_invalid 422: "Invalid e-mail address", "The address is not one.";
    email_taken 409: "Address taken", "Another user has this address: `existing_id`.";
    no_roles 422: "No roles", "A user needs at least one role.";
    user_deactivated 409: "User deactivated", "A deactivated user gets no keys.";
    self_promotion 403: "Own roles", "Nobody changes their own roles or limits.";
    manager_cycle 422: "Circle of managers", "The manager is this person, or works under them.";
    manager_unknown 422: "Unknown manager", "There is no such user of this tenant.";
    limit_not_positive 422: "Limit not positive", "An approval limit must be above zero.";
    rights_lacking 403: "Rights lacking", "Nobody gives away, or issues a key for, rights that they lack: an owner gives all, an admin what an admin may do.";
    key_in_force 403: "Key in force", "Who has a key issues the next one themselves.";
    key_revoker 403: "Took the key away", "Who took a person's key away does not issue the next one: somebody else does.";
    owner_left 403: "Owner", "An owner is deactivated, or loses the role, by another owner's hand only: so one is always left.";
    api_key_taken 409: "Key taken", "Another user has this key.";
}

#[cfg(test)]
mod tests;
