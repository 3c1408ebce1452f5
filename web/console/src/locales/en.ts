import type zh from '@/locales/zh-CN'
import system from '@/locales/system.en'


const en: typeof zh = {
  product: { name: 'EV Charging Operations Platform', short: 'Charging operations' },
  section: { home: 'Home', base: 'Assets', operation: 'Operations', customer: 'Customers', system: 'System' },
  page: {
    home: 'Home', piles: 'Piles', pile: 'Pile', stations: 'Stations', orders: 'Orders', order: 'Order', tariffs: 'Tariffs',
    cards: 'Cards', unknown_piles: 'Unregistered devices', staff: 'Staff', roles: 'Roles', audit: 'Audit log', log_ins: 'Log-ins', sign_in: 'Sign in', denied: 'No permission', missing: 'Page not found',
  },
  act: { cancel: 'Cancel', save: 'Save', copy: 'Copy', copied: 'Copied', retry: 'Try again', reset: 'Clear filters', close: 'Close', create: 'New', edit: 'Edit', view: 'View', more: 'More' },
  layout: { skip: 'Skip to content', menu: 'Main menu', fold: 'Collapse', unfold: 'Expand menu', password: 'Change password', sign_out: 'Sign out' },
  theme: { title: 'Theme', light: 'Light', dark: 'Dark', auto: 'As the system' },
  language: { title: 'Switch to Chinese', other: '中文' },
  live: { off: 'Not connected', connecting: 'Connecting', on: 'Live', lost: 'Live link lost, reconnecting', heard: 'Last message {at}' },
  problem: {
    link: 'The server cannot be reached. Check the network and try again; what you typed is still here.', signed_out: 'You are no longer signed in. Please sign in again.', denied: 'Your account has no permission for this. Ask the system administrator.',
    not_found: 'This does not exist, or is outside the data you may see.', limited: 'Too many tries. Please wait a moment.', unavailable: 'The service is not available at the moment. This is not your mistake; please try again shortly.',
    fault: 'A fault of the system, not a mistake of yours. Please try again later.', unexpected: 'Something unexpected happened on this page. Reload and try again.',
  },
  form: { required: 'Please fill in: {label}', too_long: '{label}: at most {n} characters', choose: 'Choose', find: 'Type a name to search', leave_title: 'Discard what you typed?', leave_text: 'What you typed and did not save will be lost.', leave: 'Discard' },
  password: { current: 'Current password', new: 'New password', again: 'New password again', rule: '10 to 128 characters of at least three kinds (lower case, upper case, digits, other), without the account name', length: 'A password has 10 to 128 characters; this one has {n}', kinds: 'A password has at least three kinds of: lower case, upper case, digits, other characters', account: 'A password must not contain the account name', differs: 'The two new passwords differ', done: 'Password changed' },
  sign_in: {
    account: 'Account', password: 'Password', go: 'Sign in', account_missing: 'Enter your account', password_missing: 'Enter your password', caps: 'Caps Lock is on',
    again: 'You are signed out', again_text: 'Nothing was done for a long time, or you signed out elsewhere. Sign in again to stay on this page; what you have typed is kept.', other: 'Other account',
    promise: 'Every kilowatt-hour accounted for', promise_more: 'From plug-in to bill: live on screen, checked segment by segment', foot: 'PileOps · Chrome 109 or later recommended',
  },
  list: {
    all: 'All', refresh: 'Refresh', density: 'Row height', columns: 'Choose columns', columns_reset: 'Back to default', actions: 'Actions', no_match: 'Nothing matches these filters', no_match_hint: 'Try fewer filters or a shorter text', empty: 'Nothing here yet',
    total: '{total} in total', total_unknown: 'Many rows; not counted', first: 'First', previous: 'Previous', next: 'Next', page: 'Page {page}', per_page: '{n} / page', size: 'Rows per page', paging: 'Paging', range_named: 'A number is looked for at any time', chip_remove: 'Remove the filter: {label}', stale: 'This is what was read last.', sum: 'Total of {n} orders',
  },
  range: { today: 'Today', yesterday: 'Yesterday', days7: 'Last 7 days', this_month: 'This month', last_month: 'Last month', all: 'Any time', from: 'From', to: 'To' },
  connector: {
    available: 'Available', preparing: 'Plugged in', charging: 'Charging', suspended: 'Suspended', suspended_ev: 'Suspended by car', suspended_evse: 'Suspended by pile', finishing: 'Finishing', reserved: 'Reserved', unavailable: 'Out of service', faulted: 'Faulted', offline: 'Offline', unknown: 'Unknown',
  },
  lifecycle: { inactive: 'Not yet seen', enabled: 'Enabled', disabled: 'Disabled', retired: 'Retired' },
  link: { online: 'Online', offline: 'Offline' },
  kind: { dc: 'DC', ac: 'AC', ac_dc: 'AC + DC' },
  protocol: { 'ocpp1_6': 'OCPP 1.6J', 'ykc1_5': 'YKC 1.5', 'ykc1_6': 'YKC 1.6' },
  order: {
    starting: 'Starting', charging: 'Charging', stopping: 'Stopping', unsettled: 'Unsettled', completed: 'Completed', failed: 'Failed to start', abnormal: 'Held for review',
  },
  start_mode: { console: 'Console', app: 'App', card: 'Card', offline_card: 'Offline card', vin: 'Plug & charge', pile: 'At the pile' },
  abnormality: {
    no_record: 'No final record', amount_differs: 'Amounts differ', zero_baseline: 'Zero first reading', meter_backwards: 'Meter went backwards', power_exceeded: 'Above rated power', time_implausible: 'Implausible time', meter_mismatch: 'Meter mismatch', unannounced: 'Unannounced session',
    token_refused: 'Card not authorised', no_tariff: 'No tariff', connector_taken: 'Connector taken', period_mismatch: 'Periods do not add up', connector_unknown: 'No such connector',
  },
  stop_class: { normal: 'Completed', start_failed: 'Failed to start', balance: 'Balance used up', fault: 'Fault', emergency: 'Emergency stop', safety: 'Safety', unknown: 'Unknown' },
  period: { sharp: 'Sharp', peak: 'Peak', flat: 'Flat', valley: 'Valley' },
  card: { accepted: 'Accepted', blocked: 'Blocked', expired: 'Expired' },
  role: { admin: 'Administrator', operations: 'Operations', finance: 'Finance', service: 'Customer service', technician: 'Technician', viewer: 'Viewer' },
  outcome: { yes: 'Done', no: 'Failed' },
  command: {
    queued: 'Waiting', accepted: 'Accepted', refused: 'Refused', unsupported: 'Not supported', timed_out: 'No answer', link_lost: 'Link lost', waiting: 'Waiting for the pile, {seconds} s',
    summary: 'Command', state: 'Outcome', message: 'Message', staff: 'By', created: 'Sent at', took: 'Took', none: 'No command was sent to this pile yet',
  },
  command_told: { queued: 'no answer yet; see the command history', accepted: 'done by the pile', refused: 'refused by the pile', unsupported: 'not supported by this pile', timed_out: 'the pile did not answer in time', link_lost: 'the link went before the pile answered' },
  verdict: { applied: 'Applied', duplicate: 'Duplicate', rejected: 'Rejected', quarantined: 'Held', sent: 'Sent' },
  direction: { up: 'Up', down: 'Down' },
  curve: { title: 'Charge curve', power: 'Power', soc: 'SOC', voltage: 'Voltage', current: 'Current', energy: 'Energy', temperature: 'Temperature', choose: 'Choose a curve above', none: 'No readings yet' },
  frame: { kind: 'Kind', direction: 'Direction', shown: '{shown} shown of {loaded} loaded', none: 'No frames', older: 'Older frames', newer: 'Later frames', raw: 'Raw', answer: 'Answer', bytes: '{n} bytes' },
  frame_kind: {
    '0x01': 'Log-in', '0x02': 'Log-in answer', '0x03': 'Heartbeat', '0x04': 'Heartbeat answer', '0x05': 'Tariff check', '0x06': 'Check answer', '0x09': 'Tariff request', '0x0A': 'Tariff answer', '0x12': 'Read values', '0x13': 'Live values', '0x15': 'Handshake', '0x17': 'Parameters', '0x19': 'Charge end', '0x1B': 'Error', '0x1D': 'BMS abort', '0x21': 'Charger abort', '0x23': 'Demand and output', '0x25': 'BMS data',
    '0x31': 'Start asked', '0x32': 'Start answer', '0x33': 'Start result', '0x34': 'Remote start', '0x35': 'Stop result', '0x36': 'Remote stop', '0x3B': 'Transaction record', '0x40': 'Record confirmed', '0x41': 'Balance answer', '0x42': 'Balance update', '0x51': 'Settings answer', '0x52': 'Settings', '0x55': 'Clock answer', '0x56': 'Clock', '0x57': 'Tariff set answer', '0x58': 'Tariff set', '0x91': 'Restart answer', '0x92': 'Restart', '0x93': 'Update answer', '0x94': 'Update',
    BootNotification: 'BootNotification', Heartbeat: 'Heartbeat', StatusNotification: 'StatusNotification', Authorize: 'Authorize', StartTransaction: 'StartTransaction', MeterValues: 'MeterValues', StopTransaction: 'StopTransaction', DataTransfer: 'DataTransfer', DiagnosticsStatusNotification: 'DiagnosticsStatusNotification', FirmwareStatusNotification: 'FirmwareStatusNotification',
    RemoteStartTransaction: 'RemoteStartTransaction', RemoteStopTransaction: 'RemoteStopTransaction', Reset: 'Reset', UnlockConnector: 'UnlockConnector', ChangeAvailability: 'ChangeAvailability', GetConfiguration: 'GetConfiguration', ChangeConfiguration: 'ChangeConfiguration', ClearCache: 'ClearCache', TriggerMessage: 'TriggerMessage',
  },
  ocpp_field: {
    connectorId: 'Connector', idTag: 'Card', meterStart: 'Meter at start (Wh)', meterStop: 'Meter at stop (Wh)', timestamp: 'Time', transactionId: 'Transaction', status: 'Status', errorCode: 'Error code', vendorErrorCode: 'Vendor error code', info: 'Info', reason: 'Reason', vendorId: 'Vendor id', chargePointVendor: 'Vendor', chargePointModel: 'Model', chargePointSerialNumber: 'Serial number', firmwareVersion: 'Firmware', iccid: 'ICCID', meterSerialNumber: 'Meter serial', interval: 'Interval (s)', currentTime: 'Our time', key: 'Key', value: 'Value', type: 'Type', requestedMessage: 'Requested message', expiryDate: 'Expires', parentIdTag: 'Card group', Energy_Active_Import_Register: 'Meter', Power_Active_Import: 'Power', Power_Offered: 'Power offered', Current_Import: 'Current', Current_Offered: 'Current offered', Voltage: 'Voltage', SoC: 'SOC', Temperature: 'Temperature',
  },
  audit_action: {
    session_create: 'Sign in', session_delete: 'Sign out', session_password_set: 'Change password', operator_create: 'New operator', station_create: 'New station', station_update: 'Change station', pile_create: 'New pile', pile_update: 'Change pile', pile_import: 'Import piles', pile_password_set: 'Set access password', unknown_pile_dismiss: 'Dismiss unknown pile',
    pile_command: 'Command', order_stop: 'Remote stop', command_create: 'Command', tariff_create: 'Publish tariff', card_create: 'Register card', card_update: 'Change card', card_import: 'Import cards', staff_create: 'New account', staff_update: 'Change account', token_create: 'New token', token_delete: 'Remove token', staff_lock_delete: 'Unlock account', staff_password_set: 'New password for an account', role_create: 'Create role', role_update: 'Change role', role_delete: 'Delete role',
  },
  audit_noun: { session: 'Session', staff: 'Account', operator: 'Operator', station: 'Station', pile: 'Pile', unknown_pile: 'Unknown pile', command: 'Command', order: 'Order', tariff: 'Tariff', card: 'Card', token: 'Token', role: 'Role' },
  file: {
    button: 'Import', title_pile: 'Import piles', title_card: 'Import cards', choose: 'Choose a CSV file', again: 'Choose again', drop: 'or drop it here', columns: 'Columns (first line)', template: 'Download template', rule: 'Written only when every row is right. What is there already stays as it is, so a file can be imported again.', go: 'Import',
    created: '{n} created', existing: '{n} were there already and stay as they are', bad: '{n} rows are wrong; nothing was written', line: 'Line', field: 'Column', what: 'What is wrong', passwords: 'Generated access passwords (shown only now)', save: 'Download passwords', too_big: 'The file exceeds 4 MB; split it', encoding: 'The file is not UTF-8; save it as CSV UTF-8', chosen: '{name}, {n} rows',
  },
  home: {
    today: 'Today', updated: 'Updated {at}', energy: 'Energy', orders: 'Orders', total: 'Amount due', service: 'of which service', success: 'First-try success', yesterday: 'vs yesterday', week: 'vs last week', point: 'points',
    states: 'Connectors', states_all: 'connectors', now: 'Power now', charging_orders: 'Orders charging', charging_note: 'With those that the car has paused or whose pile is off line: there may be more than connectors that charge', piles_online: 'Piles online', todo: 'To do', todo_none: 'Nothing to do, all is well',
    abnormal: 'Orders on hold', faulted: 'Piles with a fault', offline: 'Piles offline', unknown: 'Unregistered', hours: 'Today by hour', days: 'Last 30 days', top: 'Top stations', top_aside: 'Last 7 days · by energy', top_none: 'No charging in the last 7 days',
    entries: 'Go to', entry_base: 'Piles, stations, remote control', entry_operation: 'Orders, tariffs', entry_customer: 'Charging cards', entry_system: 'Staff, logs, unregistered devices', unit_order: 'orders', unit_connector: 'connectors', yuan: 'yuan', hour: '{h}:00',
  },
  pile: {
    code: 'Pile code', name: 'Name', operator: 'Operator', station: 'Station', city: 'City', kind: 'Type', state: 'State', live_state: 'Live state', lifecycle: 'Lifecycle', connectors: 'Connectors', protocol: 'Protocol', link: 'Link', last_seen: 'Last seen',
    rated: 'Rated power', today: 'Energy today', firmware: 'Firmware', vendor: 'Vendor', model: 'Model', serial: 'Serial number', iccid: 'SIM ICCID', meter: 'Meter number', connected: 'Connected since', address: 'Remote address', skew: 'Clock offset', tariff: 'Tariff', created: 'Registered',
    operator_name: 'Operator', operator_find: 'Name contains', create: 'New pile', connector_no: 'Connector {no}', connector_short: 'no. {no}', connector_count: 'Connectors', password: 'Access password', password_set: 'Set', password_none: 'None', password_help: 'Left empty, one is generated for an OCPP pile and shown once', password_once: 'Access password (shown only now, keep it)', created_told: 'Pile {code} registered',
    code_help: 'YKC: 14 digits; OCPP: the identity set on the pile', code_ykc: 'A YKC code has 14 digits', code_ocpp: 'An OCPP identity has 1 to 48 letters, digits or . _ - : * and the at sign', password_rule: 'A pile’s password has 4 to 64 printable ASCII characters without spaces', rated_kw: 'Rated power (kW)', edit: 'Edit', changed: 'Somebody else changed this pile. The newest data was loaded; check and save again.', saved: 'Saved', empty_hint: 'Create a station first, then register piles. Piles that tried to connect are under Unregistered devices.',
    tab_connectors: 'Live', tab_orders: 'Orders', tab_frames: 'Frames', tab_commands: 'Commands', tab_base: 'Details', start: 'Start', stop: 'Stop', unlock: 'Unlock', make_unavailable: 'Take out of service', make_available: 'Put into service', reset_soft: 'Soft reset', reset_hard: 'Hard reset', tariff_set: 'Send tariff', clock_set: 'Set clock', trigger: 'Ask for status', call: 'Send any call', cache_clear: 'Clear authorisation cache', remote: 'Remote control',
    ask_start: 'Start charging at connector {no} of {code} ({name})?', ask_stop: 'Stop the charging of order {order_no}?', ask_unlock: 'Unlock connector {no} of {code}? Make sure that no driver is using it.', ask_unavailable: 'Take connector {no} of {code} out of service? No charging can start there until it is put back.', ask_available: 'Put connector {no} of {code} into service?',
    ask_reset_soft: 'Soft reset of {code} ({name})? The pile ends running sessions properly first.', ask_reset_hard: 'Hard reset of {code} ({name})? Running sessions are cut off at once.', ask_cache_clear: 'Clear the authorisation cache of {code}?',
    why_offline: 'The pile is offline', why_permission: 'Your account may not send commands', why_busy: 'An order is open on this connector', why_state: 'The connector is “{state}”; charging cannot start', why_lifecycle: 'The pile is disabled', why_write: 'Your account may not change this', why_no_order: 'No order is open on this connector', why_no_tariff: 'The station has no tariff yet',
    live_none: 'No live readings', since: 'for {time}', delivered: 'Delivered', cost: 'Cost so far', at: 'as of {at}', call_action: 'Action', call_payload: 'Payload (JSON)', call_help: 'The name in the protocol, for example GetConfiguration', call_bad: 'Not a valid JSON object: {why}', call_answer: 'Answer of the pile', send: 'Send', new_password: 'New access password', ask_password: 'Set a new access password for {code}? The pile must then connect with it.',
    stale_since: 'Last state before it went offline: {state}', unit_ms: '{n} ms', retired_only: 'Retired piles only', retired_not: 'Without retired piles', none_faults: 'No fault', fault: 'Fault', model_no: 'Model no. {no}',
  },
  station: { name: 'Station', operator: 'Operator', city: 'City', address: 'Address', piles: 'Piles', connectors: 'Connectors', tariff: 'Tariff', zone: 'Time zone', create: 'New station', created_told: 'Station “{name}” created', tariff_help: 'Without a tariff no charging can start at the station', view_piles: 'Piles', view_orders: 'Orders' },
  orders: {
    time: 'Time', time_kind: 'By', started: 'Started', ended: 'Ended', order_no: 'Order no.', session_key: 'Session key', station: 'Station', pile: 'Pile code', pile_and_no: 'Pile / connector', operator: 'Operator', customer: 'Customer', state: 'State', abnormality: 'Abnormality', token: 'Card no.', start_mode: 'Started by', duration: 'Duration',
    energy: 'Energy', electricity: 'Electricity', service: 'Service', total: 'Total', stop: 'Stop reason', soc: 'SOC', created: 'Created', empty_hint: 'Orders appear here as soon as charging starts', zone_note: 'Times on this page are those of the station ({zone})', month_note: 'By time of start; this month unless chosen otherwise', order_no_digits: '18 digits', abnormal_any: 'Marks',
    curve: 'Charge curve', bill: 'Bill', day: 'Over the day', segment: 'Period', price_electricity: 'Electricity price', price_service: 'Service price', price_unit: 'yuan/kWh', pile_bill: 'Bill of the pile', pile_amount: 'By the pile', our_amount: 'By the platform', difference: 'Difference', same: 'Same as the platform', differs: 'Differs from the platform', no_segments: 'The segments are shown once the order is settled', no_segments_open: 'The bill is made once charging has ended', tariff: 'Tariff', version: 'version {n}', frames: 'Frames', commands: 'Commands', facts: 'Order', meter_start: 'Meter at start', meter_end: 'Meter at end', vin: 'VIN', skew: 'Clock offset of the pile', started_by: 'Started by', explanation: 'In words', average: 'Mean power', exact_total: 'Sum of segments', ask_stop: 'Stop order {order_no} at connector {no} of {pile}?', price_total: 'Price', live_power: 'Power now', running: 'Running, updated live', why_closed: 'The order has ended',
  },
  tariff: { name: 'Name', version: 'Version', model_no: 'Model no.', stations: 'Stations', created: 'Published', rates: 'Prices (yuan/kWh)', periods: 'Periods', create: 'New tariff', new_version: 'New version', electricity: 'Electricity', service: 'Service', total: 'Total', paint: 'Choose a period, then drag over the day; one field is half an hour. Arrow keys move, space paints.', name_help: 'The name of an existing tariff publishes its next version; its stations use it for new orders', created_told: 'Tariff “{name}” published', price_bad: 'A price is between 0 and 99.99999 with at most 5 decimals', preview: 'Preview', all_day: 'Whole day: {period}', half_hour: '{from} to {to}, {period}' },
  cards: { tag: 'Card no.', status: 'Status', group: 'Group', customer: 'Customer', expires: 'Valid until', sessions: 'Sessions at once', created: 'Registered', create: 'New card', created_told: 'Card {tag} registered', block: 'Block', restore: 'Restore', ask_block: 'Block card {tag}? It cannot start charging from now on.', ask_restore: 'Restore card {tag}?', forever: 'No end', group_help: 'Cards of one group may stop each other’s sessions', empty_hint: 'Once registered, the card can start charging', changed: 'Card {tag}: {status}' },
  ...system,
  unknown: { code: 'Device code', protocol: 'Protocol', address: 'Address', first: 'First seen', last: 'Last seen', attempts: 'Attempts', vendor: 'Vendor / model', register: 'Register', dismiss: 'Dismiss', ask_dismiss: 'Dismiss device {code}? It comes back here when it tries to connect again.', hint: 'These devices tried to connect without being registered and were refused. Register those that are yours.', none: 'No unregistered devices', dismissed: 'Device {code} dismissed' },
  missing: { title: 'Page not found', text: 'The address may be wrong, or the content was moved.', home: 'To the home page' },
  denied: { title: 'No permission', text: 'Your account may not see “{page}”. Ask the system administrator.', page: 'this page' },
}
export default en
