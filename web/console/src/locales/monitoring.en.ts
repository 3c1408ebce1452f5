// The overview of what goes on, part of en.ts; Chinese in monitoring.zh-CN.ts.
export default {
  interface_kind: { mail: 'Mail', webhook: 'Webhook', firmware_server: 'Firmware server', pay: 'Pay channel', customer_source: 'Customer source', invoice: 'Nuonuo invoices' },
  interface_state: { good: 'Good', failed: 'Failed', off: 'Off', unused: 'Unused' },
  overview: {
    free_now: 'Free now', free_in: 'In {n} min', free_band: '{low} – {high}, four times of five', live: 'Live', lost: 'The connection is lost; these are of {age}', never: 'never', age_s: '{n} s ago', age_min: '{n} min ago', age_h: '{n} h ago', age_d: '{n} d ago',
    online: 'Online rate', piles: 'Piles on line', charging: 'Charging', available: 'Free', faulted: 'Faulted', power: 'Power now', capacity: 'Capacity', energy: 'Energy today', orders: 'Orders today', total: 'Total today', running: 'Sessions', share: 'Of capacity',
    load: 'Load of today against capacity', mean: 'Mean power', alarms: 'Open alarms', alarm_count: 'Open alarms', alarms_none: 'No open alarms', stations: 'Stations', offline: 'Off line', offline_none: 'All piles in service are on line', flapping: 'Come and go', flapping_none: 'No pile came and went within the hour', times_hour: '{n}/h',
    interfaces: 'Interfaces', interface_kind: 'Interface', interface_name: 'Name', interface_state: 'State', interface_at: 'Last used', interface_waiting: 'Waiting', interface_message: 'Trouble',
    board: 'Connectors', board_none: 'This station has no connectors', voltage: 'Voltage', current: 'Current', temperature: 'Temperature', energy_so_far: 'Energy', minutes: 'Time', cost: 'Cost', age: 'Age', old_note: 'Grey: off line, or not renewed for more than two minutes.',
    day: 'Day', night: 'Night', full: 'Full screen', leave_full: 'Leave full screen', back: 'Back',
  },
}
