//! What a bank statement, a line of it, a rule for its lines, or a bank's answer to a file is refused for.

use super::problem_rows;

problem_rows! { BANK:
    statement_format_unknown 422: "Unknown statement format", "The file is no camt.052, .053 or .054, MT940, MT942, BAI2 or OFX; a CSV needs its mapping.";
    statement_unreadable 422: "Unreadable statement", "The statement is not well-formed; the detail names place and reason.";
    statement_date_missing 422: "Date missing", "A booked entry has neither a booking nor a value date.";
    bank_account_unmatched 422: "Whose account?", "The statement names none of the company's accounts: add the account, or name it in the request.";
    bank_account_differs 422: "Another account", "The statement is of another of the company's accounts than the request says.";
    bank_statement_known 409: "Statement known", "Another statement has told what moved on the account between these balances of the day: its lines would count twice.";
    bank_entry_known 409: "Entry known", "An earlier statement of the account has brought the entry.";
    refund_matched 409: "Refund matched", "Another line tells of this refund already.";
    payment_item_matched 409: "Payment matched", "Another line tells of this item's leaving or coming back already.";
    bank_entry_corrected 409: "Entry corrected", "The file corrects an entry that an earlier statement of the account has brought: that is booked or matched by hand.";
    bank_statement_withdrawn 409: "Statement withdrawn", "The statement was withdrawn: its lines are none of the account's.";
    bank_statement_in_use 409: "Statement in use", "A line of the statement is matched or booked: that is taken back before the statement is withdrawn.";
    bank_statement_read_otherwise 409: "Read otherwise", "The file was imported before by a mapping that reads it otherwise: that statement is withdrawn first, or stands.";
    bank_line_unknown 422: "No such line", "The statement has no line of this number.";
    bank_line_matched 409: "Line matched", "Something else explains the line already.";
    bank_line_not_matched 409: "Line not matched", "Nothing explains the line, so nothing can be taken back.";
    match_moved_payment 409: "The bank did it", "The line tells of money that came back, or its payment has gone on since: the match is not taken back.";
    division_of_one 422: "Nothing divided", "A line is divided into two parts or more.";
    division_differs 422: "Parts differ from the line", "What a line is divided into is worth together what the line is, to the cent.";
    bank_line_booked 409: "Line booked", "The line is booked to accounts: that is taken back before it is explained otherwise.";
    bank_line_not_booked 409: "Line not booked", "Nobody has booked the line, so nothing can be taken back.";
    part_invalid 422: "Part invalid", "A part of a booking is in the line's currency, and not zero.";
    booking_unbalanced 422: "Booking unbalanced", "The parts are together what moved, the other way round.";
    bank_rule_unnamed 422: "Rule unnamed", "A rule has a name, and the reason of what it books, of 1 to 140 characters each.";
    bank_rule_too_wide 422: "Rule too wide", "A rule names a transaction code, a counterparty or words; a direction alone is every line.";
    bank_rule_pattern_invalid 422: "Nothing to look for", "Words to look for have 3 to 140 characters without spaces, an account has 6 at least.";
    bank_rule_limit_invalid 422: "No limit", "The amount up to which a rule books is above zero.";
    bank_rule_parts_invalid 422: "Parts of the rule invalid", "Each part but one has a percentage, together below 100; that one takes what is left.";
    ledger_account_missing 409: "No account in the books", "No account of the books moves with the bank account, or not yet on that day: assign one.";
    bank_account_opened 409: "Opened already", "An opening entry of the bank account stands: reverse it before another.";
    opening_balance_unknown 409: "Opening balance unknown", "No statement says what the bank account held before its first line.";
    nothing_to_open 409: "Nothing to open", "The books have what the bank states already.";
    explanation_missing 422: "Explanation missing", "An explanation says in words what the line is.";
    other_account 422: "Other account", "The payment left in a file that names another of the company's accounts: it is on the statement of that one.";
    bank_amount_differs 422: "Amounts differ", "The items named are not worth the line's amount.";
    payment_not_sent 409: "Payment not sent", "The payment has not left, or its item has failed or come back already.";
    ach_answer_unreadable 422: "Unreadable ACH file", "The file is no NACHA file or breaks its rules; the detail names the first line and rule.";
    ach_amount_differs 409: "Another amount", "More or less came back than the entry was of.";
    ach_entry_unknown 409: "No such entry", "The payment has sent no entry of this id.";
    nothing_corrected 409: "Nothing corrected", "The notification says of the account what the entry said already.";
    status_report_unreadable 422: "Unreadable report", "The file is no readable pain.002 report; the detail names the reason.";
}
