//! What stands in the way of an invoice of ours, and of what a customer paid.

use super::problem_rows;

problem_rows! { RECEIVABLES:
    receivable_unknown 422: "Unknown receivable", "There is no such receivable for this tenant.";
    already_drafted 409: "Already drafted", "The receivable has been drafted before.";
    lines_missing 422: "Lines missing", "An invoice has at least one line.";
    sold_quantity_not_positive 422: "Quantity not positive", "What leaves a stock is more than nothing.";
    tax_category_unfit 422: "Tax category unfit", "An invoice of ours states a category of EN 16931 with a rate that it can have: S above zero, Z, E, AE, K, G and O none.";
    nothing_asked_for 422: "Nothing asked for", "An invoice asks for an amount above zero.";
    amounts_too_large 422: "Amounts too large", "The amounts are too large to add up.";
    before_issue 422: "Before the invoice", "Nothing happens to a receivable before the day from which it counts.";
    before_payment 422: "Too early", "Nothing is taken back, given up or paid back before there is anything of it.";
    incoming_payment_unknown 422: "Unknown payment", "The receivable has no such payment; its `payments` name them.";
    payments_stand 409: "Payments stand", "A receivable of which something was paid is not cancelled: take the payments back first.";
    credit_notes_stand 409: "Credit notes stand", "A receivable of which something was credited is not cancelled: credit what is left of it.";
    credited_line_unknown 422: "Unknown line", "A credit note names lines of its receivable, each once.";
    exceeds_line_quantity 422: "More than was sold", "A credit note takes back no more of a line than is left of its quantity.";
    exceeds_line_amount 422: "More than was asked for", "A credit note takes back no more of a line than is left of its net amount.";
    exceeds_adjustment 422: "More than was given or asked for", "A credit note takes back each allowance and charge of the receivable once, and no more than is left.";
    nothing_credited 422: "Nothing credited", "A credit note takes back an amount above zero.";
    exceeds_receivable 409: "More than the invoice", "A credit note takes back no more than is left of what the receivable asked for.";
    goods_not_left 409: "Goods not left", "The goods of the receivable have not left: none come back.";
    before_hand_over 422: "Before the hand-over", "No goods come back before the day on which they left.";
    nothing_owed_back 409: "Nothing owed", "The customer is owed nothing of this receivable.";
    exceeds_owed_back 409: "More than is owed", "A customer has no more back than is owed.";
    refund_unknown 422: "Unknown refund", "The receivable has no such refund; its `refunds` name them.";
    payment_on_statement 409: "On a statement", "The line of a bank statement tells of this payment: take that match back.";
    incoming_payment_matched 409: "Payment matched", "Another line tells of this payment already.";
    receivables_untranslated 409: "Receivables untranslated", "Some of what customers owe waits for the exchange rate of its own day. State it, then revalue.";
    goods_left 409: "Goods have left", "What the receivable sells has left our stocks: it is not cancelled.";
    no_goods 409: "No goods", "The receivable sells nothing that lies in a stock of ours.";
    series_exhausted 409: "Series exhausted", "The year's series of numbers has none left.";
}
