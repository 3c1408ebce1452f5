// Monitors of OCPP 2 and events of variables; part of en.ts. Chinese in monitor.zh-CN.ts.
export default {
  monitor: {
    title: 'Monitors', hint: 'When a variable meets the condition the pile reports an event; see Device events', no: 'No.', name: 'Variable', kind: 'Condition', value: 'Value', severity: 'Severity', in_session: 'Only while charging', yes: 'Yes', no_word: 'No', origin: 'Origin', told: 'Told', none: 'This pile has told no monitors yet; while it is on line, press “Read monitors”',
    read: 'Read monitors', set: 'Set a monitor', clear: 'Clear', ask_clear: 'Clear the monitor no. {no} of {name}?', name_help: 'Component.Variable, such as EVSE#1.Power; look it up in the list above', name_bad: 'Of the form Component.Variable, such as EVSE#1.Power', value_help: 'A threshold, a change, or a period in seconds', set_told: 'The pile has set the monitor', refused: 'The pile did not take it',
    scope: 'Scope and level', base: 'In force', level: 'Report level', level_help: 'Events with a higher number are not reported', scope_now: 'In force: {base} · report level: {level}', unset: 'not set', base_told: 'The pile has changed scope and level', watch: 'Monitor',
  },
  monitor_kind: { UpperThreshold: 'Above', LowerThreshold: 'Below', Delta: 'Changes by', Periodic: 'Every (s)', PeriodicClockAligned: 'By the clock, every (s)', TargetDelta: 'Off its target by', TargetDeltaRelative: 'Off its target by (share)' },
  monitor_base: { All: 'All', FactoryDefault: 'As it left the factory', HardWiredOnly: 'Built-in only' },
  monitor_origin: { HardWiredNotification: 'Built-in event', HardWiredMonitor: 'Built in', PreconfiguredMonitor: 'Preset', CustomMonitor: 'Custom' },
  severity: { 0: 'Danger', 1: 'Hardware failure', 2: 'System failure', 3: 'Critical', 4: 'Error', 5: 'Alert', 6: 'Warning', 7: 'Notice', 8: 'Informational', 9: 'Debug' },
  variable_event: { name: 'Variable', value: 'Value', cause: 'Cause', cause_no: 'event {no}', cleared: 'Over', cleared_yes: 'Over', cleared_no: 'Not over', tech: 'Technical', text: 'Variable, value or code', trigger: { Alerting: 'Alert', Delta: 'Change', Periodic: 'Periodic' } },
}
