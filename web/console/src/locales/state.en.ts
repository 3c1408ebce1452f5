// Desired state, configuration profiles and lists of offline cards; part of en.ts. Chinese in state.zh-CN.ts.
export default {
  desired: {
    tab: 'Desired state', item: 'Item', wished: 'Wished', reported: 'The pile says', state: 'State', since: 'Since', tried: 'Last told', next: 'Next try', why: 'Note', check: 'Compare now', checked: 'Being compared; the result shows shortly', none: 'There is nothing to compare', by: 'Profile', drift: 'Desired state', drift_yes: 'Something differs', drift_no: 'All in step',
    out: '{n} differ', all_same: '{n} in step', seconds: 'at most {n} s off', off_by: '{n} s off', cards: '{n} cards', model: 'tariff no. {no}', told: 'told {at}', times: 'attempt {n}', at_once: 'shortly', list: 'Offline cards', list_hint: 'Without a link the pile takes only these (a configuration key turns its list on)', list_version: 'Version {n} · changed {at}', list_none: 'The pile has no list of cards', expires: 'Valid until', group: 'Group', forever: 'No end',
  },
  desired_kind: { tariff: 'Tariff', clock: 'Clock', local_list: 'Offline cards', configuration: 'Configuration' },
  desired_state: { unknown: 'Not told yet', same: 'In step', different: 'Differs', sent: 'Told, no answer yet', awaits_reboot: 'After a restart', refused: 'Refused' },
  profile_state: { active: 'In force', off: 'Off' },
  edition: { 'ocpp1_6': 'OCPP 1.6', ocpp2: 'OCPP 2.0.1 / 2.1' },
  template: {
    name: 'Name', name_hint: 'Such as DC 120 kW, common', edition: 'Protocol', fits: 'For', entries: 'Keys', piles: 'Piles', counted: '{n} piles', different: '{n} not in step', active: 'In force', active_yes: 'In force', active_no: 'Off', operator: 'Operator', platform: 'Platform', changed: 'Changed', staff: 'By', note: 'Note',
    range: 'For', range_all: 'All piles of a vendor and model', range_station: 'One station', range_pile: 'One pile', vendor: 'Vendor', vendor_help: 'As the pile introduces itself; both empty: any', model: 'Model', station: 'Station', pile: 'Pile number', any: 'Any vendor and model', key: 'Key', key_16: 'Such as HeartbeatInterval', key_2: 'Such as OCPPCommCtrlr.HeartbeatInterval', value: 'Value', add: 'Add a key', take: 'Remove this key',
    create: 'New configuration profile', edit: 'Change the configuration profile', created: 'Profile {name} made; connected piles are compared one after the other', saved: 'Profile {name} saved; connected piles are compared one after the other', delete: 'Delete', ask_delete: 'Delete the profile {name}? Piles keep what they have; it is no longer compared.', deleted: 'Profile {name} deleted', empty_hint: 'Make a profile and the platform compares connected piles with it, sets what differs, and tries again what failed',
    order: 'Where several profiles name one key, the narrower counts: pile, station, model, vendor, operator, platform.', entries_none: 'Give at least one key',
  },
  offline_card: { label: 'Works offline', yes: 'Offline too', no: 'Online only', help: 'Cards that work offline are sent to the piles’ lists: where their fleet names stations, to those only; where it names hours, not at all', allow: 'Let it work offline', forbid: 'Online only', ask_allow: 'Send card {tag} to the lists of the piles it fits? Without a link neither balance nor parallel sessions can be checked.', ask_forbid: 'Take card {tag} out of the lists of all piles? Piles that are off line follow once they are back.', changed: 'Card {tag}: {status}' },
}
