// Words for the battery report, ground locks and pile events, part of en.ts; Chinese in battery.zh-CN.ts.
export default {
  battery: {
    title: 'Battery report', about: 'Told by the car’s BMS through the pile', tested: 'While charging', limit: 'Allowed', used: 'Of what is allowed', now: 'Wanted now',
    type: 'Battery type', capacity: 'Rated capacity', rated_voltage: 'Rated voltage', energy: 'Nominal energy', cells: 'Cells in series (estimated)', cells_help: 'Worked out from the highest total and cell voltage allowed; the frames do not carry it', maker: 'Maker', made: 'Made on', cycles: 'Charging cycles', protocol: 'BMS protocol', soc: 'SOC', start_voltage: 'Voltage before charging', pile_range: 'Output voltage of the pile',
    cell_voltage: 'Cell voltage', total_voltage: 'Total voltage', current: 'Current', temperature: 'Temperature', demand_current: 'Current wanted by the BMS', demand_voltage: 'Voltage wanted by the BMS', output_current: 'Current of the pile', highest_cell: 'Highest cell voltage', highest_temperature: 'Highest temperature', remaining: 'Time left', minutes: '{n} min',
    why: 'Why it ended (BMS and charger)', alarms: 'What was wrong meanwhile', no_alarms: 'Nothing', stop_link: 'Stop reason of the pile', none_yet: 'The car has told nothing of its battery yet', curve: 'What the battery wanted', curve_none: 'No values',
  },
  battery_type: { lead_acid: 'Lead-acid', nimh: 'NiMH', lfp: 'LFP', lmo: 'LMO', lco: 'LCO', ncm: 'NCM', li_polymer: 'Li-polymer', lto: 'LTO', other: 'Other' },
  order_merge: { title: 'Charged by several connectors', main: 'main', auxiliary: 'auxiliary', part: 'connector {no} ({role})', together: 'together', mark: 'Merged, {role}', with: 'connector {no}: {order_no}', sum: 'Together {energy} · {money}', all: 'Charging one car with order {id}', number: 'Merge no.', connector: 'Connector', hint: 'One car is charged by several connectors at once, with an order each. Stopping one of them stops them all.', list: 'View in the list', own: 'this order' },
  ground_lock: { title: 'Ground lock', battery: 'Battery {n}%', occupied: 'A car stands there', free: 'No car', at: 'Told {at}' },
  ground_lock_state: { moving: 'Not in place', raised: 'Raised', lowered: 'Lowered', unknown: 'Unknown' },
  ground_lock_alarm: { arm_damaged: 'Arm damaged while idle', arm_abnormal: 'Arm moves abnormally', other: 'Alarm (not specified)' },
  pile_event: { tab: 'Device events', at: 'Time', kind: 'Kind', connector: 'Connector', what: 'What', order: 'Order', code: 'Code', view_order: 'View the order', none: 'No device events', hint: 'What the pile, the batteries of its cars and its ground locks found wrong; kept when it first occurs' },
  pile_event_kind: { battery: 'Battery alarm', ground_lock: 'Ground lock alarm', variable: 'Variable event', session: 'Charging without an order' },
}
