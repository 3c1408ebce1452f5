// The words of the pages of system management, part of en.ts.
export default {
  staff: {
    account: 'Account', name: 'Name', role: 'Role', operator: 'Operator', area: 'Data scope', state: 'State', all: 'All operators', create: 'New account', password: 'First password', password_help: 'Left empty, one is generated; it is shown once', password_once: 'Password of {account} (shown only now; give it to the person at once)', operator_help: 'Left empty: the platform’s own staff, who see all operators', created_told: 'Account {account} was created', once_title: 'Keep the password', once_done: 'I have kept it',
    created: 'Created', edit: 'Edit', edit_title: 'Edit account {account}', saved: 'Account {account} was saved and holds at once', disabled: 'Disabled', disabled_help: 'Signs the person out at once and takes their tokens away', handover: 'Handover note', handover_help: 'When somebody leaves or changes post: what is open, and who takes it over', unlock: 'Unlock', unlocked: 'Account {account} was unlocked', reset: 'Reset password', ask_reset: 'Reset the password of {account} ({name})? The old one ends at once, open sessions are signed out and tokens are taken away.', empty_hint: 'There are no accounts', role_find: 'Choose a role', rights: 'Rights and data scope', why_write: 'Your account may not edit accounts',
  },
  staff_state: { enabled: 'Active', disabled: 'Disabled', locked: 'Locked' },
  area: { everywhere: 'Everywhere', cities: 'Some cities', stations: 'Some stations', cities_choose: 'Choose cities', stations_choose: 'Type a name to find stations', none: 'Choose at least one', more: '{first} and others, {n} in all' },
  roles: {
    name: 'Role name', operator: 'For', operator_all: 'All operators', operator_help: 'Left empty, every operator can use it', kind: 'Origin', fixed: 'Of the product', own: 'Own', count: 'Permissions', staff: 'Accounts', create: 'New role', copy: 'Copy', copy_of: '{name} (copy)', edit: 'Edit', view: 'See permissions', remove: 'Delete', permissions: 'Permissions', created_told: 'Role “{name}” was created', saved: 'Role “{name}” was saved and holds at once for its accounts', removed: 'Role “{name}” was deleted', ask_remove: 'Delete the role “{name}”?', why_used: '{n} accounts still have this role; give them another first', why_fixed: 'Roles of the product stay as they are; copy one and change the copy', edit_title: 'Edit role “{name}”', view_title: 'Permissions of the role “{name}”', why_lacking: 'You do not have this permission yourself', chosen: '{n} of {all} chosen', choose_all: 'All', choose_none: 'None', accounts: '{n}',
  },
  permission_noun: {
    home: 'Home', operator: 'Operators', city: 'Cities', station: 'Stations', pile: 'Piles', order: 'Orders', tariff: 'Tariffs', card: 'Cards', customer: 'Customers', fleet: 'Fleets', invoice: 'E-invoices', feedback: 'Feedback', content: 'App content', staff: 'Staff and roles', parameter: 'Dictionaries and parameters', audit: 'Audit', job: 'Jobs and channels',
  },
  audit: { at: 'Time', staff: 'By', action: 'Action', noun: 'Thing', key: 'Key', success: 'Outcome', detail: 'What changed', address: 'Address', field: 'Field', before: 'Before', after: 'After', no_detail: 'Nothing was changed by this' },
  yes_no: { yes: 'Yes', no: 'No' },
  audit_field: {
    name: 'Name', role: 'Role', operator_id: 'Operator no.', area: 'Data scope', disabled: 'Disabled', handover: 'Handover note', account: 'Account', permissions: 'Permissions', kind: 'Kind', cities: 'Cities', stations: 'Stations', tag: 'Card no.', status: 'Status', group: 'Group', code: 'Code', station_id: 'Station no.', lifecycle: 'Lifecycle', rated_power_w: 'Rated power (W)', protocol: 'Protocol', created: 'Created', existing: 'Existing', tariff_id: 'Tariff no.', city_code: 'City code', address: 'Address', id: 'No.', value: 'Value', why: 'Why', order_id: 'Order', connector_no: 'Connector', version_no: 'Version', model_no: 'Model no.',
  },
}
