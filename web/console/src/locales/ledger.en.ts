// Words of the books, wallets and payments, merged into en.ts; Chinese in ledger.zh-CN.ts.
export default {
  account_kind: { principal: 'Principal', gift: 'Gift', receivable: 'Receivable', fleet: 'Fleet account', revenue: 'Payable to operator', channel: 'Channel clearing', promotion: 'Cost of gifts', write_off: 'Written off' },
  account_told: { principal: 'what customers have paid in', gift: 'given to customers, for charging only', receivable: 'what customers owe for sessions', fleet: 'what fleets have paid in; below zero, what they owe', revenue: 'earned by sessions, to be paid to the operator', channel: 'taken in and paid out by hand', promotion: 'what gifts cost', write_off: 'what will never be paid' },
  posting_code: { electricity: 'Electricity', service: 'Service fee', top_up: 'Top-up', gift_grant: 'Gift', deduction: 'Deduction', refund: 'Refund', write_off: 'Write-off' },
  paid_state: { open: 'Not settled', paid: 'Paid', owed: 'Owed', part_refunded: 'Refunded in part', refunded: 'Refunded', written_off: 'Written off' },
  pay_way: { wallet: 'Wallet', fleet: 'Fleet', later: 'Later' },
  payment_state: { open: 'Not billed yet', posted: 'Posted', void: 'Nothing to pay' },
  wallet_change_kind: { top_up: 'Top-up', gift_grant: 'Gift', principal_deduction: 'Deduct from principal', gift_deduction: 'Deduct from gift' },
  wallet_change_state: { proposed: 'Awaits second person', approved: 'In effect', rejected: 'Rejected' },
  books: { even: 'Debits equal credits', uneven: 'Debits differ from credits' },
  ledger: {
    at: 'Time', code: 'Kind', amount: 'Amount', amount_yuan: 'Amount (yuan)', debit: 'Debit', credit: 'Credit', order: 'Order', staff: 'By', reason: 'Reason', id: 'Number', key: 'Business key', account: 'Account', accounts: 'Accounts', balance: 'Balance', sum: 'Sum', none: 'Nothing has moved',
    trial_title: 'Trial balance', trial_note: 'Each posting is a debit of one account and a credit of another, so that the sums are the same. The nightly check adds up every account anew.',
    wallet: 'Wallet', fleet_account: 'Fleet account', principal: 'Principal', gift: 'Gift', held: 'Held', available: 'Available', owed: 'Owed', limit: 'Credit', limit_yuan: 'Credit (yuan)', limit_help: 'How far below zero the account may go; 0 for not at all',
    pay_way: 'Pays by', pay_set: 'Set how to pay', pay_default: 'As the parameter says', pay_help: 'From the next start on. The parameter is “Wallets by default”.', pay_told: 'Saved; it holds from the next start on', fleet_pays: 'Who pays for drivers', fleet_pays_yes: 'The fleet', fleet_pays_no: 'The drivers',
    change: 'Top up / deduct', change_note: 'Above the “limit of changing wallets alone” a second person has to agree first. What is held cannot be deducted.', changes: 'Changes by staff', kind: 'Change', changed_told: 'The balance was changed', waits_told: 'Proposed; a second person has to agree', approve: 'Agree', reject: 'Reject', ask_approve: '{who} proposes: {kind}, {amount}. Agree?', rejected_told: 'Rejected', decided_by: 'decided by {who}', own_note: 'Waits for a second person',
    why_write: 'Your account may not top up or deduct', payment: 'Payment', bill: 'Bill', most_held: 'Held at most', held_now: 'Held', paid_gift: 'From the gift', paid_principal: 'From the principal', paid_fleet: 'From the fleet account', paid_owed: 'Owed', refunded: 'Given back', written_off: 'Written off', free: 'Nobody pays for this order, or it is older than the books', not_yet: 'Nothing is held; the bill is posted at the end as its payer pays', exhausted: 'The payer had nothing more to hold, and the session was stopped for it',
    refund: 'Refund', refund_help: 'At most {most}. It goes back the way it came: what is owed first, then principal, then gift.', refund_told: 'Given back', write_off: 'Write off', ask_write_off: 'What is still owed for this order is then not asked for any more. This cannot be undone.', write_off_told: 'Written off',
  },
}
