// What the back office does (handover and the like), part of en.ts; Chinese in office.zh-CN.ts.
export default {
  handover: {
    button: 'Hand over', title: 'Handover of {name}', to: 'Taken over by', to_help: 'Has the rights to go on with these things, and sees all that the account sees', note: 'Note', note_help: 'Keys, material, contacts and whatever else is outside the system, up to 500 characters', go: 'Hand over and stop the account',
    none: 'Nothing is open under this name; the account can simply be stopped.', open: 'Open things ({n})', more: '{n} more', ends: '{n} sessions and tokens end with the account', done: '{n} things of {name} were handed over, the account is stopped', stopped: 'The account of {name} is stopped', self: 'You cannot hand your own account over; ask another administrator', fleet: 'Fleet', what: 'All of it gets the name of whoever takes over, and the account is stopped at once; the audit log keeps what was moved. A request that waits for its second person still needs a third one after that.',
  },
  handover_kind: { feedback: 'Feedback in hand', settlement: 'Settlements that wait for a second person', wallet_change: 'Balance changes that wait for a second person', tariff_plan: 'Tariff plans that have not begun', pile_batch: 'Batches that are running', order_import: 'Order imports not confirmed', export: 'Exports and their files' },
}
