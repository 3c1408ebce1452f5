// Kinds of days: what a form holds of a version's tables, and how their rules are told.
import type { BodyOf, Period, Tariff } from '@/api'
import { priceParse, priceText } from '@/views/tariffs/day'

const allPeriods: Period[] = ['sharp', 'peak', 'flat', 'valley']

export type DayTable = Pick<Tariff, 'rates' | 'periods'>
export type Kind = Tariff['kinds'][number]
export type Rule = Pick<Kind, 'season' | 'weekdays' | 'dates'>

export interface TableForm {
  prices: Record<Period, { electricity: string; service: string }>
  periods: Period[]
}
export interface KindForm extends TableForm {
  id: number
  name: string
  seasonal: boolean
  from: number
  to: number
  weekdays: number[]
  dates: number[]
}
export interface CalendarForm {
  base: TableForm
  kinds: KindForm[]
  workdays: number[]
}

export const KINDS_MAX = 8
/** The first is that of all other days; readable beside each other on light and dark. */
const colors = ['var(--line-strong)', '#e8923a', '#8d6be0', '#3f8fe0', '#d6455d', '#2e9d62', '#17a2b0', '#c65a9b', '#9a8a2c']
export const colorOf = (place: number): string => colors[place % colors.length]!

// The usual day of a city: a start that has to be changed less than an empty one.
const usual = (i: number): Period => (i < 14 || i >= 46 ? 'valley' : i < 20 || (i >= 24 && i < 36) ? 'flat' : i >= 38 && i < 42 ? 'sharp' : 'peak')

export function tableForm(from?: DayTable | null): TableForm {
  const cells = allPeriods.map((p) => {
    const rate = from?.rates.find((r) => r.period === p)
    return [p, { electricity: rate ? priceText(rate.electricity_price_e5) : '', service: rate ? priceText(rate.service_price_e5) : '' }]
  })
  return { prices: Object.fromEntries(cells) as TableForm['prices'], periods: from ? [...from.periods] : Array.from({ length: 48 }, (_, i) => usual(i)) }
}
let made = 0
export function kindForm(table: TableForm, kind?: Kind): KindForm {
  const { prices, periods } = JSON.parse(JSON.stringify(table)) as TableForm
  const season = kind?.season
  return { prices, periods, id: ++made, name: kind?.name ?? '', seasonal: !!season, from: season?.from_mmdd ?? 601, to: season?.to_mmdd ?? 831, weekdays: [...(kind?.weekdays ?? [])], dates: [...(kind?.dates ?? [])] }
}
export const calendarForm = (from: Tariff | null): CalendarForm => ({ base: tableForm(from), kinds: (from?.kinds ?? []).map((k) => kindForm(tableForm(k), k)), workdays: [...(from?.workdays ?? [])] })

export const ruleOf = (k: KindForm) => ({ name: k.name.trim(), season: k.seasonal ? { from_mmdd: k.from, to_mmdd: k.to } : null, weekdays: k.weekdays, dates: k.dates })
export const hasRule = (k: KindForm): boolean => k.seasonal || k.weekdays.length > 0 || k.dates.length > 0
export const priced = (table: TableForm): boolean => Object.values(table.prices).every((p) => priceParse(p.electricity) != null && priceParse(p.service) != null)

/** As it would be shown; prices that are not there yet count as none. */
export const tableOf = (form: TableForm): DayTable => ({
  rates: allPeriods.map((period) => ({ period, electricity_price_e5: priceParse(form.prices[period].electricity) ?? 0, service_price_e5: priceParse(form.prices[period].service) ?? 0 })),
  periods: form.periods,
})
export const draftOf = (form: CalendarForm): Pick<BodyOf<'tariff_create'>, 'rates' | 'periods' | 'kinds' | 'workdays'> => ({
  ...tableOf(form.base),
  kinds: form.kinds.map((k) => ({ ...ruleOf(k), ...tableOf(k) })),
  workdays: form.workdays,
})

/** The table of a kind in this version, or what holds on such days where it has none. */
export const tableNamed = (tariff: Tariff, name: string): DayTable => tariff.kinds.find((k) => k.name === name) ?? tariff

const two = (n: number) => String(n).padStart(2, '0')
/** 701 → 07-01 */
export const mmdd = (day: number): string => `${two(Math.floor(day / 100) % 100)}-${two(day % 100)}`
/** 20260217 → 2026-02-17 */
export const dayText = (day: number): string => `${Math.floor(day / 10_000)}-${mmdd(day)}`
const date = (day: number) => new Date(Date.UTC(Math.floor(day / 10_000), (Math.floor(day / 100) % 100) - 1, day % 100))
const number = (at: Date) => at.getUTCFullYear() * 10_000 + (at.getUTCMonth() + 1) * 100 + at.getUTCDate()
export const dayNext = (day: number, by = 1): number => number(new Date(date(day).getTime() + by * 86_400_000))
/** 1 is Monday. */
export const weekday = (day: number): number => date(day).getUTCDay() || 7
/** The day of this place in a year, from 0. */
export const dayAt = (year: number, place: number): number => dayNext(year * 10_000 + 101, place)

/** Dates that follow each other, joined. */
export function stretches(days: readonly number[]): { from: number; to: number; count: number }[] {
  const list: { from: number; to: number; count: number }[] = []
  for (const day of [...days].sort((a, b) => a - b)) {
    const last = list.at(-1)
    if (last && dayNext(last.to) === day) {
      last.to = day
      last.count += 1
    } else if (last?.to !== day) list.push({ from: day, to: day, count: 1 })
  }
  return list
}
export const stretchText = (s: { from: number; to: number }): string => (s.from === s.to ? dayText(s.from) : `${dayText(s.from)} ~ ${Math.floor(s.from / 10_000) === Math.floor(s.to / 10_000) ? mmdd(s.to) : dayText(s.to)}`)
export const joined = (days: readonly number[], more: readonly number[]): number[] => [...new Set([...days, ...more])].sort((a, b) => a - b)
