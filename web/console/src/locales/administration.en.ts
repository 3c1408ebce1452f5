// The words of parameters, dictionaries, jobs, channels and brand, part of en.ts.
export default {
  parameter_group: { order: 'Orders', money: 'Money', device: 'Devices', retention: 'Retention' },
  parameter_unit: { second: 's', day: 'days', fen: 'yuan', e4: 'yuan', switch: 'switch' },
  parameter_origin: { default: 'Default', console: 'Set here', file: 'Settings file', environment: 'Environment', command_line: 'Command line' },
  parameters: { on: 'on', off: 'off',
    title: 'Parameter', group: 'Group', value: 'Value', default: 'Default', range: 'Range', origin: 'From', changed: 'Last change', tab_business: 'Business', tab_start: 'Start', hint: 'A change holds at once, without a restart', start_hint: 'Read at the start: changed in the settings file or the environment, in force after a restart', setting: 'Setting', variable: 'Variable', meaning: 'Meaning',
    edit_title: 'Set “{name}”', value_help: '{range}; default {value}', back: 'Default', back_to: 'Back to {value}', reason: 'Why', reason_hint: 'For example: for the holidays', saved: '“{name}” is {value} from now on', why_given: 'Given by the environment and cannot be set here. Take {variable} (or the same name in the settings file or on the command line) away and restart to set it here.', retention_warn: 'With fewer days, older data is deleted for good at the next pruning', story: 'Changes', story_none: 'Never changed: it has always been the default', default_was: 'default ({value})',
  },
  dictionaries: {
    title: 'Dictionary', code: 'Code', editable: 'Kept by', own: 'Staff', fixed: 'The product', count: 'Entries', entries: 'Content', find: 'Find', find_hint: 'Name or code', hint: 'A program stands behind the codes of fixed dictionaries; the others are changed on their page', entry_code: 'Code', zh: 'Chinese', en: 'English', usage: 'In use', usage_none: 'not counted', enabled: 'State', place: 'Place',
    own_note: 'One that is disabled is offered no more; what has it keeps its name. The apps send the code, which never changes.', fixed_note: 'A program stands behind these codes; they cannot be changed.', create: 'New category', edit_title: 'Change category “{name}”', code_help: '2 to 32 of a-z, digits and underscores, beginning with a letter, such as ground_lock', saved: 'Category “{name}” was saved', off: 'Disable', on: 'Enable', ask_off: 'Disable category “{name}”? Nobody can choose it any more; feedback that has it stays as it is.', up: 'Move “{name}” up', down: 'Move “{name}” down',
  },
  job_run: { running: 'Running', done: 'Done', failed: 'Failed', cut: 'Cut off' },
  job_trigger: { schedule: 'By schedule', person: 'By a person' },
  job_state: { paused: 'Paused' },
  jobs: {
    title: 'Job', schedule: 'Runs', last: 'Last result', last_at: 'Last run', started_at: 'Began', took_label: 'Took', took: '{n} s', count: 'Done', next: 'Next run', state: 'State', on: 'On', paused: 'Paused', never: 'Never ran', hint: 'A job may run again without harm, and never twice at once; one that is paused can be run by hand', daily: 'Daily at {at}', every_minutes: 'Every {n} min', every_seconds: 'Every {n} s', start: 'Run now', pause: 'Pause', resume: 'Resume',
    reason: 'Why', pause_title: 'Pause “{name}”', resume_title: 'Resume “{name}”', started: '“{name}” has begun', paused_told: '“{name}” is paused', resumed: '“{name}” goes on', paused_by: 'Paused', resumed_by: 'Resumed', why_always: 'This job cannot be paused: without it, orders that are over would stay open', started_by: 'By', message: 'What came of it', runs_none: 'It has not run yet',
  },
  channel_kind: { smtp: 'Mail (SMTP)' },
  smtp_security: { tls: 'TLS', starttls: 'STARTTLS', none: 'None' },
  channel_purpose: { test: 'Test', invoice: 'Invoice' },
  channels: {
    name: 'Channel', kind: 'Kind', server: 'Server', host: 'Server', port: 'Port', security: 'Security', account: 'Account', password: 'Password', from: 'Sender', from_address: 'From address', from_name: 'Sender’s name', timeout: 'Timeout (s)', state: 'State', on: 'On', last: 'Result', last_at: 'Last sent', purpose: 'Why', target: 'To', ms: '{n} ms',
    create: 'New channel', edit_title: 'Change channel “{name}”', saved: 'Channel “{name}” was saved', hint: 'Mail goes through the first channel that is on; when that does not work, through the next', none: 'There is no channel yet', none_hint: 'Mails with invoices wait until there is a mail channel', port_help: 'Usually 465 for TLS, 587 for STARTTLS', account_help: 'Empty: the server wants no sign-in', password_help: 'Some providers want an app password. Kept encrypted and never shown again', password_keep: 'Empty: unchanged. Wanted anew when the server or account changes', password_set: 'Set', password_none: 'Not set', open_warn: 'Without encryption the password and the mails travel in the clear: only for servers within your own network',
    test: 'Send a test', test_title: 'Test channel “{name}”', test_to: 'Send to', test_help: 'Really sends a mail and shows what the server answered', test_ok: 'It works', test_bad: 'It does not work', test_sent: 'Sent to {address} within {ms} ms; look into that mailbox', sends_none: 'Nothing was sent yet',
  },
}
