// Words of the pages about planned tariff changes, part of en.ts; Chinese is in plans.zh-CN.ts.
export default {
  tariff_plan: { scheduled: 'Scheduled', effective: 'In effect', withdrawn: 'Withdrawn' },
  tariff_match: { same: 'Same', different: 'Different', unknown: 'Not told', not_needed: 'Not needed' },
  delivery: { not_needed: 'Not needed', scheduled: 'Not due', offline: 'Off line', charging: 'Charging', waiting: 'To be sent', sent: 'Sent', confirmed: 'Confirmed', refused: 'Refused', superseded: 'Superseded', own: 'Own tariff' },
  delivery_told: {
    not_needed: 'the platform bills; nothing is sent', own: 'has a tariff of its own, which this plan does not touch', scheduled: 'sent when the time has come', offline: 'sent by itself once it is back and idle', charging: 'sent by itself when the session has ended', waiting: 'sent within seconds', sent: 'its answer is awaited', confirmed: 'the pile uses this version', refused: 'tried again later by itself', superseded: 'another version came after it',
  },
  batch_deed: { enable: 'Enable', disable: 'Disable', move: 'Move to another station', tariff_assign: 'Own tariff', reset_soft: 'Soft reset', clock_set: 'Set the clock', tariff_set: 'Send tariff', firmware_update: 'Update the firmware' },
  batch_state: { running: 'Running', done: 'Ended', halted: 'Halted' },
  batch_row: { waiting: 'Not begun', running: 'Running', done: 'Done', failed: 'Failed', cut: 'Cut off' },
  batch: {
    button: 'Batch ({n})', title: 'Batch on {n} piles', deed: 'Action', to_station: 'Station to move to', go: 'Run on {n}', retry: 'Retry the rest ({n})', halt: 'Halt the rest', leave: 'The server does it pile by pile: this page can be left, and the outcome is found under “Batches”',
    begun: 'Begun on {n} piles', no: 'No.', heading: 'Batch #{id} · {deed}', state: 'State', piles: 'Piles', outcome: 'Outcome', note: 'Note', staff: 'By', created: 'Begun', ended: 'Ended', done_n: '{n} done', failed_n: '{n} failed', cut_n: '{n} cut off', none: 'No batches yet', none_hint: 'Choose piles in the list of piles, then “Batch”', halted_told: 'The rest is not done', again_told: 'Trying {n} again',
    note_enable: 'Charging can be started.', note_disable: 'Nothing new can be started; what runs ends as usual.', note_move: 'Past orders stay with their station; later ones are billed by the new station’s tariff.', note_tariff_assign: 'A tariff of its own goes before that of the station, for new orders from now on; what runs is not changed, and 云快充 piles get it once they are idle.', note_reset_soft: 'Soft reset: the pile ends its sessions first.', note_clock_set: 'Only 云快充 piles can be told the time.', note_tariff_set: 'Only 云快充 piles take a tariff; for one that is off line or charging it is queued.', note_firmware_update: 'OCPP piles only. Each gets an address of its own to fetch it from, and installs it and starts anew when it is idle. Done is what the pile has agreed to; how far it is stands on the page of the firmware and of the pile.', to_firmware: 'Choose the firmware to update to',
  },
  pile_row: { existing: 'Registered' },
  pile_file: {
    rule: 'Bring XLSX or CSV: it is checked and shown first, and taken when you agree. All rows are taken or none; registered numbers stay as they are, so that the same file twice adds nothing. A station is given by its name or number; the first one when empty.',
    checking: 'Checking', fresh: 'New', created: 'Added', existing: 'Registered, unchanged', wrong: 'Wrong', mend: '{n} rows are wrong. Mend them in the file and choose it again; nothing has been written', nothing_new: 'All piles of the file are registered already', confirm: 'Import {n} piles',
    column_code: 'Number', column_name: 'Name', column_station: 'Station', column_kind: 'Kind', column_protocol: 'Protocol', column_rated_power_w: 'Rated power W', column_connector_count: 'Connectors', column_password: 'Password',
  },
  plan: {
    no: 'No.', title: 'Tariff change #{id}', state: 'State', effective: 'Takes effect', tariff: 'Tariff version', stations: 'Stations', progress: 'Piles', reason: 'Reason', staff: 'Made by', created: 'Made', create: 'Plan a change', save: 'Save the plan',
    none: 'No tariff changes', none_hint: 'Plan a change: stations take another tariff from a moment on', unfinished_yes: 'Some piles to do', unfinished_no: 'All piles done', comma: ', ', stations_more: '{names} and others, {n} in all', nothing_to_send: 'Nothing to send', refused_n: '{n} refused',
    in_moments: 'any moment', in_minutes: 'in {n} min', in_hours: 'in {n} h', in_days: 'in {n} days',
    when: 'When', later: 'At a time', now: 'At once', effective_none: 'Choose when it takes effect', effective_past: 'This moment has passed; choose one to come', effective_choose: 'Date and time', beijing: 'Beijing time', now_help: 'Takes effect when it is saved', now_warning: 'New orders at {n} stations take the new prices as soon as this is saved',
    stations_choose: 'Choose one or more stations', stations_none: 'Choose at least one station', concerns: '{stations} stations, {piles} piles', add_older: 'Add the {n} that use an older version', reason_help: 'Shown with the plan and in the timeline of the stations, for example “summer prices”', created_told: 'Tariff change #{id} is saved and takes effect by itself', effective_told: 'Tariff change #{id} is in effect and on its way to the piles', rule_orders: 'Orders that begin afterwards have the new prices; what runs keeps those it began with.',
    delivery: 'Delivery', has: 'In the pile', not_told: 'not told', has_none: 'none', attempts: 'Attempts', sent_at: 'Sent', answered_at: 'Answered', note: 'Note', next_try: 'Tried again at {at}.', retry: 'Retry', retry_all: 'Retry all ({n})', retried: '{sent} sent, {queued} queued', retried_none: 'No pile needs it', not_yet: '云快充 piles are told one by one when the time has come; OCPP piles are billed by the platform.', no_piles: 'No such piles',
    rule_bill: 'A pile that has not got it can be used all the same: the tariff of the platform counts, and an order on which the pile has another amount is held for a person.', rule_block: 'Nothing new begins at a pile that has not got it (parameter “No start with another tariff”), until it has; what runs is not affected.',
    withdraw: 'Withdraw', withdraw_reason: 'Why it is withdrawn', ask_withdraw: 'Withdraw tariff change #{id}? At {at} nothing will change; {n} stations keep what they have.', withdrawn_told: 'Tariff change #{id} is withdrawn', withdrawn_by: 'Withdrawn', shows_now: 'Tariff now',
    timeline: 'Prices over time', of_station: 'Tariff changes of this station', from_beginning: 'always', no_tariff: 'No tariff', holds_now: 'now', set_at_once: 'set at once', next: '{at}: {tariff} version {n}', upcoming: 'Changes to come',
  },
  ykc: {
    work_parameters: 'Working parameters', ground_lock: 'Ground lock', offline_cards: 'Offline cards',
    operative: 'Operation', work: 'May work', locked: 'Stopped, the pile is locked', operative_help: 'For the whole pile; locked, nothing can be started there. What the platform has enabled stays as it is',
    power: 'Highest power', power_help: '30 % to 100 % of the rated power', connector: 'Connector', connector_no: 'Connector {n}', lock_act: 'Action', raise: 'Raise', lower: 'Lower',
    card_act: 'Action', card_add: 'Add (for use off line)', card_remove: 'Remove', card_find: 'Look whether they are there', cards: 'Card numbers', cards_help: 'One on a line; cards to add must be registered and accepted, 11 at once; to remove or look for, 23', cards_many: 'At most {n} cards at once; do it in turns', cards_bad: 'The card number {card} is wrong: at most 16 hexadecimal digits',
    there: 'is there', not_there: 'is not there', removed: 'removed', not_removed: 'could not be removed',
  },
}
