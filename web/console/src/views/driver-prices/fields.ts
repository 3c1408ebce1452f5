// The fields of a driver price, the draft that they make, and how it is put into words.
import type { DriverPrice, DriverPriceDraft, StaffArea } from '@/api'
import type { Field, FormValues } from '@/components/form'
import { minuteLabel, time } from '@/format'
import { t, word } from '@/i18n'
import { fleetFind, idOf, isPlatform, momentOf } from '@/views/content/fields'
import { foldText } from '@/views/content/told'
import { operatorFind } from '@/views/stations/find'
import { couponPayers, optionsOf, priceCuts, priceFees } from '@/words'

const groups: DriverPrice['group'][] = ['driver', 'employee', 'fleet', 'person', 'all']
/** Yuan for each kWh as 0.00001 yuan; NaN when they are none. */
const e5Of = (value: unknown): number => (/^\d(\.\d{1,5})?$/.test(String(value ?? '').trim()) ? Math.round(Number(value) * 100_000) : NaN)
/** 22:30 as minutes of the day; null when it is empty, NaN when it is none. */
export function minuteOf(value: unknown): number | null {
  const text = String(value ?? '').trim()
  if (!text) return null
  const parts = /^(\d{1,2}):(\d{2})$/.exec(text)
  const minutes = parts ? Number(parts[1]) * 60 + Number(parts[2]) : NaN
  return parts && Number(parts[2]) < 60 && minutes <= 1440 ? minutes : NaN
}
/** Yuan with at most two decimals as fen; null when it is empty, NaN when it is none. */
export function fenOf(value: unknown): number | null {
  const text = String(value ?? '').trim()
  return text ? (/^\d{1,9}(\.\d{1,2})?$/.test(text) && Number(text) > 0 ? Math.round(Number(text) * 100) : NaN) : null
}
const moneyWrong = (value: unknown): string | null => (Number.isNaN(fenOf(value)) ? t('coupons.money_bad') : null)
const hourWrong = (value: unknown): string | null => (Number.isNaN(minuteOf(value)) ? t('driver_prices.hour_bad') : null)
const priceWrong = (value: unknown): string | null => (value === '' || value == null || (e5Of(value) > 0 && e5Of(value) <= 200_000) ? null : t('driver_prices.price_bad'))
const areaWrong = (value: unknown): string | null => {
  const area = value as StaffArea
  return (area.kind === 'cities' && !area.cities.length) || (area.kind === 'stations' && !area.stations.length) ? t('area.none') : null
}

export function driverPriceFields(one: DriverPrice | null): Field[] {
  const ownFleet = one?.fleet_id != null ? { value: one.fleet_id, label: one.fleet_name ?? `#${one.fleet_id}` } : null
  const ownOperator = one?.operator_id != null ? { value: one.operator_id, label: one.operator_name ?? `#${one.operator_id}` } : null
  const withOwn = (own: typeof ownFleet, find: typeof fleetFind) => async (text: string) => {
    const found = await find(text)
    return own && !found.some((o) => o.value === own.value) ? [own, ...found] : found
  }
  const all: Field[] = [
    { key: 'name', label: t('driver_prices.name'), kind: 'text', required: true, length: 40, wide: true },
    { key: 'fee', label: t('driver_prices.fee'), kind: 'select', required: true, options: optionsOf('price_fee', priceFees) },
    { key: 'cut', label: t('driver_prices.cut'), kind: 'select', required: true, options: optionsOf('price_cut', priceCuts) },
    { key: 'percent_off', label: t('driver_prices.percent_off'), kind: 'number', required: true, min: 1, max: 100, help: t('driver_prices.percent_help'), when: (v) => v.cut !== 'amount' },
    { key: 'off_price_e5', label: t('driver_prices.off'), kind: 'text', required: true, check: priceWrong, when: (v) => v.cut === 'amount' },
    { key: 'rank', label: t('driver_prices.rank'), kind: 'number', min: 0, max: 999, help: t('driver_prices.rank_help') },
    { key: 'group', label: t('driver_prices.group'), kind: 'select', required: true, options: optionsOf('target_group', groups) },
    { key: 'fleet_id', label: t('driver_prices.fleet'), kind: 'remote', required: true, find: withOwn(ownFleet, fleetFind), when: (v) => v.group === 'fleet' },
    { key: 'area', label: t('driver_prices.area'), kind: 'custom', check: areaWrong },
    { key: 'weekdays', label: t('driver_prices.weekdays'), kind: 'custom' },
    { key: 'from_minute', label: t('driver_prices.from'), kind: 'text', placeholder: '22:00', check: hourWrong },
    { key: 'to_minute', label: t('driver_prices.to'), kind: 'text', placeholder: '06:00', check: hourWrong, help: t('driver_prices.hours_help') },
    { key: 'from_ms', label: t('content.from'), kind: 'date', placeholder: t('content.from_now') },
    { key: 'until_ms', label: t('content.until'), kind: 'date', placeholder: t('content.until_never') },
  ]
  if (isPlatform()) all.push({ key: 'operator_id', label: t('content.operator'), kind: 'remote', find: withOwn(ownOperator, operatorFind), placeholder: t('content.operator_platform'), wide: true })
  all.push(
    { key: 'payer', label: t('driver_prices.payer'), kind: 'select', required: true, options: optionsOf('coupon_payer', couponPayers), help: t('driver_prices.payer_help') },
    { key: 'platform_permille', label: t('driver_prices.platform_permille'), kind: 'number', required: true, min: 1, max: 999, when: (v) => v.payer === 'shared' },
    { key: 'combines', label: t('driver_prices.combines'), kind: 'select', options: ['yes', 'no'].map((value) => ({ value, label: t(`driver_prices.combines_${value}`) })) },
    { key: 'cap_fen', label: t('driver_prices.cap'), kind: 'text', check: moneyWrong, help: t('driver_prices.most_help') },
    { key: 'budget_fen', label: t('driver_prices.budget'), kind: 'text', check: moneyWrong, help: t('driver_prices.most_help') },
  )
  all.push({ key: 'note', label: t('driver_prices.note'), kind: 'textarea', length: 500 })
  return all
}

const yuan = (fen: number | null): string => (fen == null ? '' : String(fen / 100))
const hour = (minutes: number | null): string => (minutes == null ? '' : minuteLabel(minutes))
export const driverPriceInitial = (one: DriverPrice | null): FormValues =>
  one
    ? {
        name: one.name,
        fee: one.fee,
        cut: one.cut,
        percent_off: one.percent_off ?? undefined,
        off_price_e5: one.off_price_e5 == null ? '' : String(one.off_price_e5 / 100_000),
        rank: one.rank,
        group: one.group,
        fleet_id: one.fleet_id ?? '',
        area: JSON.parse(JSON.stringify(one.area)) as StaffArea,
        weekdays: [...one.weekdays],
        from_minute: hour(one.from_minute),
        to_minute: hour(one.to_minute),
        from_ms: one.from_ms == null ? undefined : time(one.from_ms),
        until_ms: one.until_ms == null ? undefined : time(one.until_ms),
        operator_id: one.operator_id ?? '',
        payer: one.payer,
        platform_permille: one.platform_permille || undefined,
        combines: one.combines ? 'yes' : 'no',
        cap_fen: yuan(one.cap_fen),
        budget_fen: yuan(one.budget_fen),
        note: one.note,
      }
    : { fee: 'service', cut: 'percent', percent_off: 20, rank: 0, group: 'driver', area: { kind: 'everywhere' }, weekdays: [1, 2, 3, 4, 5, 6, 7], payer: isPlatform() ? 'platform' : 'operator', combines: 'no' }

export function driverPriceDraft(v: FormValues): DriverPriceDraft {
  const percent = v.cut !== 'amount'
  return {
    operator_id: idOf(v.operator_id),
    name: String(v.name ?? ''),
    fee: v.fee as DriverPriceDraft['fee'],
    cut: v.cut as DriverPriceDraft['cut'],
    percent_off: percent ? Number(v.percent_off) : null,
    off_price_e5: percent ? null : e5Of(v.off_price_e5),
    group: v.group as DriverPriceDraft['group'],
    fleet_id: v.group === 'fleet' ? idOf(v.fleet_id) : null,
    area: v.area as DriverPriceDraft['area'],
    weekdays: v.weekdays as number[],
    from_minute: minuteOf(v.from_minute),
    to_minute: minuteOf(v.to_minute),
    rank: v.rank == null || v.rank === '' ? 0 : Number(v.rank),
    payer: v.payer as DriverPriceDraft['payer'],
    platform_permille: v.payer === 'shared' ? Number(v.platform_permille) : null,
    combines: v.combines === 'yes',
    cap_fen: fenOf(v.cap_fen),
    budget_fen: fenOf(v.budget_fen),
    note: v.note ? String(v.note) : null,
    from_ms: momentOf(v.from_ms),
    until_ms: momentOf(v.until_ms),
  }
}

export function priceWorth(one: DriverPrice): string {
  const fee = word('price_fee', one.fee)
  if (one.percent_off === 100) return t('driver_prices.free_worth', { fee })
  return one.cut === 'percent' ? t('driver_prices.percent_worth', { fee, n: foldText(one.percent_off ?? 0) }) : t('driver_prices.amount_worth', { fee, n: (one.off_price_e5 ?? 0) / 100_000 })
}
export function hoursText(one: DriverPrice): string {
  const days = one.weekdays.join('')
  const named = days === '1234567' ? t('driver_prices.every_day') : days === '12345' ? t('driver_prices.workdays') : days === '67' ? t('driver_prices.weekend') : one.weekdays.map((d) => word('weekday', String(d))).join('、')
  if (one.from_minute == null || one.to_minute == null) return `${named} ${t('driver_prices.all_day')}`
  const over = one.to_minute <= one.from_minute ? `${t('driver_prices.next_day')} ` : ''
  return `${named} ${minuteLabel(one.from_minute)} – ${over}${minuteLabel(one.to_minute)}`
}
export const areaText = (one: DriverPrice): string => {
  const [first, ...more] = one.area_names
  if (one.area.kind === 'everywhere') return t('area.everywhere')
  return first == null ? '—' : more.length ? t('area.more', { first, n: one.area_names.length }) : first
}
