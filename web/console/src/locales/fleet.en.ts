// The words of a fleet's import and limits, part of en.ts; Chinese in fleet.zh-CN.ts.
import type zh from '@/locales/fleet.zh-CN'

const en: typeof zh = {
  fleet_row: { new: 'New', joined: 'Joins', existing: 'There already' },
  fleet_file: {
    button: 'Import drivers and cars', title: 'Import drivers and cars', checking: 'Checking',
    rule: 'Upload XLSX or CSV; it is checked and shown first, and written when you confirm. All rows are taken or none, and the same file twice adds nothing. A row has a driver (name, phone), a car (plate), or both; a driver of several cars has several rows. Somebody who is a customer already joins the fleet and keeps their data.',
    columns: 'A card must be registered and held by nobody else; a VIN has 17 characters without I, O and Q.',
    driver: 'Driver', car: 'Car', name: 'Name', phone: 'Phone', card: 'Card', plate: 'Plate', vin: 'VIN', drivers_new: 'New drivers', drivers_joined: 'Customers who join', cars: 'Cars', cards: 'Cards given', existing: 'Unchanged', wrong: 'Wrong',
    mend: '{n} rows are wrong. Mend the file and choose it again; nothing has been written', nothing_new: 'All drivers and cars of the file are in this fleet already', warnings: '{n} remarks: they keep nothing from being imported, but look at them', good: 'Every row is right. Look through them, then confirm', taken: 'Imported: {drivers} drivers, {cars} cars, {cards} cards given', errors_fetch: 'Download all errors ({n})', more: 'Only the first {n} rows are shown', confirm: 'Import', error_file: 'import-errors.csv',
  },
  driver_limit: {
    tab: 'Driver limits', title: 'How much drivers may charge', note: 'How much a driver whose fleet pays may charge per order, day and month, in money, energy, or both. When it is used up no session begins (云快充 “balance”, OCPP 1.6 Blocked, OCPP 2 NoCredit); one that comes near it is stopped. Days and months are those of Beijing; a session that runs counts with what is held for it.',
    every: 'Every driver', own: 'Their own', edit: 'Set', driver: 'Driver', limits: 'Limits', used_day: 'Used today', used_month: 'Used this month', none: 'No limit', order_fen: 'Per order (yuan)', day_fen: 'Per day (yuan)', month_fen: 'Per month (yuan)', order_dwh: 'Per order (kWh)', day_dwh: 'Per day (kWh)', month_dwh: 'Per month (kWh)', help: 'Empty: no limit', own_help: 'All empty: the limits of every driver hold', saved: 'The limits are saved and hold from the next start on', empty: 'The fleet has no drivers yet', per_order: '{n} per order', per_day: '{n} per day', per_month: '{n} per month', places: 'Where and when', stations: '{n} stations', anywhere: 'any station, any time', places_note: 'Within the limits of the fleet itself, where and when its drivers may charge; what is set of one driver holds instead of what every driver has. Starts outside are refused, from the next one on.',
  },
  fleet_limit: {
    title: 'Limits', edit: 'Set limits', stations: 'Usable stations', hours: 'Usable hours', all_stations: 'All stations', any_hour: 'Any time', some_stations: 'Some stations', some_hours: 'Some hours', stations_more: 'and others, {n} in all', none: 'None: its drivers charge at any station and any time on the fleet’s account',
    days: 'Days', from: 'From', to: 'To', next_day: 'next day', add: 'Add a window', remove: 'Remove window {n}', window: 'Window {n}', clock: 'On the station’s clock; it ends on the next day when the end is not after the start',
    stations_none: 'Choose at least one station', days_none: 'Choose at least one day for each window', hour_bad: 'A time from 00:00 to 24:00; start and end differ', hours_none: 'Add at least one window',
    note: 'From the next card on, piles refuse drivers outside of the limits (云快充: “account not allowed on this pile”, OCPP: Blocked); what runs goes on. It holds for the cards of the drivers and for plug & charge.', saved: 'The limits were saved and hold from the next start on',
  },
}
export default en
