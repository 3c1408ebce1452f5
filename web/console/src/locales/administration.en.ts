// The words of parameters, dictionaries, jobs, channels and brand, part of en.ts.
export default {
  parameter_group: { order: 'Orders', money: 'Money', device: 'Devices', retention: 'Retention' },
  parameter_unit: { second: 's', day: 'days', fen: 'yuan', e4: 'yuan' },
  parameter_origin: { default: 'Default', console: 'Set here', file: 'Settings file', environment: 'Environment', command_line: 'Command line' },
  parameters: {
    title: 'Parameter', group: 'Group', value: 'Value', default: 'Default', range: 'Range', origin: 'From', changed: 'Last change', tab_business: 'Business', tab_start: 'Start', hint: 'A change holds at once, without a restart', start_hint: 'Read at the start: changed in the settings file or the environment, in force after a restart', setting: 'Setting', variable: 'Variable', meaning: 'Meaning',
    edit_title: 'Set “{name}”', value_help: '{range}; default {value}', back: 'Default', back_to: 'Back to {value}', reason: 'Why', reason_hint: 'For example: for the holidays', saved: '“{name}” is {value} from now on', why_given: 'Given by the environment and cannot be set here. Take {variable} (or the same name in the settings file or on the command line) away and restart to set it here.', retention_warn: 'With fewer days, older data is deleted for good at the next pruning', story: 'Changes', story_none: 'Never changed: it has always been the default', default_was: 'default ({value})',
  },
}
