// What the back office does (handover and the like), part of en.ts; Chinese in office.zh-CN.ts.
export default {
  handover: {
    button: 'Hand over', title: 'Handover of {name}', to: 'Taken over by', to_help: 'Has the rights to go on with these things, and sees all that the account sees', note: 'Note', note_help: 'Keys, material, contacts and whatever else is outside the system, up to 500 characters', go: 'Hand over and stop the account',
    none: 'Nothing is open under this name; the account can simply be stopped.', open: 'Open things ({n})', more: '{n} more', ends: '{n} sessions and tokens end with the account', done: '{n} things of {name} were handed over, the account is stopped', stopped: 'The account of {name} is stopped', self: 'You cannot hand your own account over; ask another administrator', fleet: 'Fleet', what: 'All of it gets the name of whoever takes over, and the account is stopped at once; the audit log keeps what was moved. A request that waits for its second person still needs a third one after that.',
  },
  handover_kind: { feedback: 'Feedback in hand', settlement: 'Settlements that wait for a second person', wallet_change: 'Balance changes that wait for a second person', sharing_proposal: 'Revenue sharing that waits for a second person', tariff_plan: 'Tariff plans that have not begun', pile_batch: 'Batches that are running', order_import: 'Order imports not confirmed', export: 'Exports and their files' },
  block_state: { active: 'Holds', over: 'Over', lifted: 'Lifted' },
  block: {
    title: 'Put on the feedback blacklist', add: 'Blacklist', phone: 'Phone', customer: 'Customer', scope: 'Where', everywhere: 'Whole platform', reason: 'Reason', reason_help: 'The person reads this when they write again; be polite', until: 'Until', until_help: 'At most 366 days; it ends by itself', state: 'State', active: 'Holds', over: 'Over', lifted: 'Lifted', by: 'By', at: 'Since', from: 'For feedback', lift: 'Lift', lift_title: 'Lift: {phone}', lift_reason: 'Why it is lifted', done: 'On the blacklist until {until}', lifted_told: '{phone} may write again', note: 'Whoever is on the list can still call; what staff write down for them is taken.', empty: 'Nobody is on the list', lifted_by: 'Lifted by {by}: {reason}', sure: 'For harassment and advertising; a plain complaint is no reason.',
  },
  discount: { title: 'Discount', payable: 'To pay', of_level: '{level} · {n}% off the service fee', level_gone: 'Level deleted', borne: 'borne by {who}', sum: 'less {money}' },
  discount_kind: { member: 'Member discount' },
  discount_bearer: { operator: 'the operator', platform: 'the platform' },
}
