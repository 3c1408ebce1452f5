// Payments, refunds and pay channels; merged into en.ts.
export default {
  pay_channel_kind: { simulated: 'Simulated', wechat: 'WeChat Pay' },
  payment_purpose: { top_up: 'Wallet top-up', order: 'Order' },
  pay_scene: { scan: 'By a code', wechat: 'Inside WeChat' },
  pay_state: { created: 'Created', paying: 'To be paid', paid: 'Paid', closed: 'Closed', failed: 'Failed' },
  refund_kind: { top_up: 'Of a top-up', order: 'Of an order', excess: 'Paid twice' },
  refund_route: { source: 'To its source', hand: 'By hand' },
  refund_state: { applied: 'To be approved', approved: 'To be sent', submitted: 'Sent', processing: 'Under way', done: 'Refunded', failed: 'Failed', rejected: 'Rejected', cancelled: 'Given up' },
  payment_event: {
    created: 'Created', opened: 'Taken by the channel', refused: 'Refused by the channel', not_reached: 'Channel not reached', paid: 'Paid', paid_late: 'Paid after it was closed', amount_differs: 'The channel names another amount: not posted', excess: 'Paid twice, goes back by itself', closed: 'Closed', asked: 'Asked the channel', close_asked: 'To be closed',
    refund_created: 'Refund made', refund_applied: 'Refund applied for', refund_approved: 'Approved', refund_rejected: 'Rejected', refund_submitted: 'Sent to the channel', refund_processing: 'Taken by the channel', refund_done: 'Refunded', refund_failed: 'Failed', refund_again: 'Sent again', refund_asked: 'Asked the channel', refund_cancelled: 'Given up', refund_by_hand: 'Transferred by hand', refund_differs: 'The channel says otherwise than the books',
  },
  pay: {
    no: 'Payment', no_hint: 'The whole number, ours or the channel’s', state: 'State', amount: 'Amount', amount_yuan: 'Amount (yuan)', refunded: 'Refunded, under way', left: 'Can be refunded', purpose: 'For', scene: 'Paid', customer: 'Customer', customer_hint: 'Name or phone', order: 'Order', operator: 'Operator', channel: 'Pay channel', channel_no: 'Channel’s number', created: 'Created', paid_at: 'Paid at', expires: 'Valid until', message: 'Note',
    odd: 'Unusual', odd_yes: 'Paid late or twice', odd_no: 'Usual', excess: 'Paid twice', late: 'Paid late', sum: '{n} paid', empty_hint: 'Payments appear here when customers top up or pay an order in the app; or collect one yourself.',
    collect: 'Collect a payment', collect_go: 'Make the code', for_top_up: 'Wallet top-up', for_order: 'An order that is owed', order_no: 'Order', order_help: 'What is owed for the order is collected', scan: 'To be scanned by the customer, until {at}', open_cashier: 'Open the cashier', code: 'Code to scan', paid_told: 'It is paid', see: 'See the payment',
    facts: 'Payment', story: 'Timeline', by_system: 'System', check: 'Ask the channel', checked_told: 'The channel says: {state}', close: 'Close', ask_close: 'Close payment {no}? Nobody can pay it afterwards.', closed_told: 'The payment is closed',
  },
  refunds: {
    no: 'Refund', no_hint: 'Number of refund, payment or channel', kind: 'Kind', reason: 'Reason', route: 'Route', payment: 'Payment', created: 'Applied', staff: 'Applied by', ended: 'Ended', channel_no: 'Channel’s refund number', tries: 'Sent', stuck: 'Overdue', stuck_yes: 'More than 24 hours', sum: '{n} refunded, {reserved} under way', none: 'No refunds', empty_hint: 'Refunds appear here when they are made from a payment or a customer’s wallet.',
    make: 'Refund', note: 'Goes back to the account that it was paid from. The amount is reserved in the wallet or in what the operator has earned. Above the limit for one person somebody else approves; what was paid more than a year ago goes back by hand.', most: 'At most {most}', made_told: 'The refund was made', facts: 'Refund', decided: 'Decided by', submitted: 'First sent', paid: 'Was paid', proof: 'Proof', proof_help: 'Number of the transfer, to whom and when', why: 'Why', hand_note: 'It was paid more than a year ago, so that the channel takes nothing back: transfer it by hand, then note the proof.',
    approve: 'Approve', reject: 'Reject', cancel: 'Give up', by_hand: 'Note a transfer', again: 'Send again', ask_approve: '{who} applied for a refund of {amount}. Approve it?', approved_told: 'Approved', again_told: 'Sent under the same number', checked_told: 'The channel was asked', noted_told: 'Saved', to_source: 'Refund the balance', to_source_note: 'Goes back to its source, the oldest top-up first; it may become several refunds. Gifts are not refunded.', to_source_told: '{n} refunds were made',
  },
  pay_channels: {
    name: 'Name', kind: 'Kind', merchant: 'Merchant', whose: 'Owner', platform: 'Platform', state: 'State', on: 'On', last: 'Last test', last_at: 'Tested', changed: 'Changed', create: 'New pay channel', edit: 'Pay channel {name}', test: 'Test', works: '{name} works', saved: 'Pay channel {name} was saved', hint: 'Where customers pay; mail and webhooks are on the page of channels.', none: 'No pay channel yet', none_hint: 'Customers can pay online as soon as a pay channel is on.',
    whose_help: 'An operator’s own channel takes what its orders cost; wallets are topped up at the platform’s. Does not change later', notify: 'Our address', notify_help: 'Under which the channel reaches us; /pay/notices/ID is appended', url: 'Address', secret: 'Secret', appid: 'AppID', serial_no: 'Serial number of the merchant certificate', platform_serial: 'ID of the platform’s key or certificate', platform_key: 'Platform’s key or certificate', platform_key_help: 'The whole PEM text', api_v3_key: 'APIv3 key', api_v3_key_help: '32 letters or digits; kept sealed and never shown', private_key: 'Merchant’s private key', private_key_help: 'The whole of apiclient_key.pem; kept sealed and never shown', keep: 'Leave empty to keep what is there',
  },
}
