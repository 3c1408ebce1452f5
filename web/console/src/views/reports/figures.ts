// How figures, days and keys of a report are told, and where a click on a row leads.
import type { KpiUnit, Report, ReportGroup, ReportKpi, ReportRow } from '@/api-reports'
import { dayLong, DAY_MS, fromWall } from '@/format'
import { t, word } from '@/i18n'
import type { UrlValues } from '@/url-state'

export const groups: ReportGroup[] = ['hour', 'day', 'week', 'month', 'city', 'operator', 'station', 'pile', 'model', 'pile_kind', 'period', 'buyer', 'start_mode']
export const times: ReportGroup[] = ['hour', 'day', 'week', 'month']
export const buyers = ['own', 'fleet', 'card', 'staff', 'guest'] as const
export const reportKeys = ['kpis', 'groups', 'from_day', 'to_day', 'compare', 'city_code', 'operator_id', 'station_id', 'pile_id', 'model', 'pile_kind', 'buyer', 'start_mode'] as const
export const filterKeys = ['city_code', 'operator_id', 'station_id', 'pile_id', 'model', 'pile_kind', 'buyer', 'start_mode'] as const
export const usualKpis = ['order_count', 'energy', 'receivable', 'received', 'success_rate']

/** Digits that people read; fewer than there are where more say nothing. */
const digits: Record<KpiUnit, number> = { count: 0, energy: 2, money: 2, percent: 2, price: 4, minutes: 1, hours: 2, number: 2 }
export const numberOf = (value: number, kpi: Pick<ReportKpi, 'places'>): number => value / 10 ** kpi.places
export function figure(value: number | null | undefined, kpi: Pick<ReportKpi, 'places' | 'unit'>): string {
  if (value == null) return '—'
  const n = digits[kpi.unit]
  return numberOf(value, kpi).toLocaleString('en-US', { minimumFractionDigits: n, maximumFractionDigits: n }) + (kpi.unit === 'percent' ? '%' : '')
}
/** By how much it is more than before; null: there is nothing to compare with. */
export const moved = (now: number | null | undefined, before: number | null | undefined): number | null => (now == null || !before ? null : (now - before) / Math.abs(before))

export function keyTold(group: ReportGroup, key: ReportRow['keys'][number]): string {
  const n = Number(key.value)
  if (group === 'hour') return `${dayLong(Math.floor(n / 100))} ${String(n % 100).padStart(2, '0')}:00`
  if (group === 'day') return dayLong(n)
  if (group === 'week') return t('report.week_of', { day: dayLong(n) })
  if (group === 'month') return `${Math.floor(n / 100)}-${String(n % 100).padStart(2, '0')}`
  if (group === 'pile_kind') return key.value ? word('pile_kind', key.value) : '—'
  if (group === 'period') return key.value === 'other' ? t('report.settled') : word('period', key.value)
  if (group === 'start_mode') return word('start_mode', key.value)
  if (group === 'buyer') return word('buyer', key.value)
  if (group === 'operator' && key.value === '0') return t('report.platform')
  return key.name ?? (key.value || '—')
}
export const rowTold = (report: Report, row: ReportRow): string => row.keys.map((key, at) => keyTold(report.groups[at]!, key)).join(' · ') || t('report.everything')

const dayMs = (day: number): number => fromWall(`${dayLong(day)} 00:00:00`)
export const dayNumber = (ms: number): number => {
  const at = new Date(ms + 8 * 3_600_000)
  return at.getUTCFullYear() * 10_000 + (at.getUTCMonth() + 1) * 100 + at.getUTCDate()
}
export const dayShift = (day: number, days: number): number => dayNumber(dayMs(day) + days * DAY_MS + DAY_MS / 2)
export const daysBack = (days: number, now: number): { from_day: string; to_day: string } => {
  const today = dayNumber(now)
  return { from_day: String(dayShift(today, 1 - days)), to_day: String(today) }
}

export type Step = { set: Record<string, string | undefined> } | { to: { path: string; query: Record<string, string> } }

/** What a click on a row opens: less of the same, and in the end the orders. */
export function drill(report: Report, row: ReportRow, values: UrlValues): Step | null {
  const set: Record<string, string | undefined> = {}
  let span: [number, number] | null = null
  let orders = false
  let next: ReportGroup | null = null
  row.keys.forEach((key, at) => {
    const group = report.groups[at]!
    const n = Number(key.value)
    if (group === 'month') {
      const last = new Date(Date.UTC(Math.floor(n / 100), n % 100, 0)).getUTCDate()
      span = [Math.max(n * 100 + 1, report.from_day), Math.min(n * 100 + last, report.to_day)]
      next = 'day'
    } else if (group === 'week') {
      span = [Math.max(n, report.from_day), Math.min(dayShift(n, 6), report.to_day)]
      next = 'day'
    } else if (group === 'day') {
      span = [n, n]
      orders = true
    } else if (group === 'hour') {
      span = [Math.floor(n / 100), Math.floor(n / 100)]
      orders = true
    } else if (group === 'city') [set.city_code, next] = [key.value, next ?? 'station']
    else if (group === 'operator') [set.operator_id, next] = [key.value, next ?? 'station']
    else if (group === 'station') [set.station_id, next] = [key.value, next ?? 'day']
    else if (group === 'pile_kind') [set.pile_kind, next] = [key.value, next ?? 'model']
    else if (group === 'model') [set.model, next] = [key.value, next ?? 'pile']
    else if (group === 'pile') [set.pile_id, next] = [key.value, next ?? 'day']
    else if (group === 'buyer') [set.buyer, next] = [key.value, next ?? 'day']
    else if (group === 'start_mode') [set.start_mode, next] = [key.value, next ?? 'day']
  })
  if (!row.keys.length || report.groups.includes('period')) return null
  const station = set.station_id ?? values.station_id
  if (orders && span) {
    if (!station) return { set: { ...set, from_day: String(span[0]), to_day: String(span[1]), groups: 'station' } }
    const mode = set.start_mode ?? values.start_mode
    return { to: { path: '/orders', query: { station_id: station, time: 'ended', from_ms: String(dayMs(span[0])), to_ms: String(dayMs(dayShift(span[1], 1))), ...(mode ? { start_mode: mode } : {}) } } }
  }
  if (span) Object.assign(set, { from_day: String(span[0]), to_day: String(span[1]) })
  return { set: { ...set, groups: next ?? 'day' } }
}
