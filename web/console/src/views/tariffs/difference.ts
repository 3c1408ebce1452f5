// What is different between two versions of a tariff.
import type { Period } from '@/api'
import type { DayTable } from '@/views/tariffs/kinds'

export interface Stretch {
  from: number
  to: number
  before: number
  after: number
  /** The period's name changed, maybe at the same price. */
  renamed: boolean
}

/** Electricity fee, service fee and their sum in each of the 48 half hours. */
export function halfHours(tariff: DayTable): { period: Period; electricity: number; service: number; total: number }[] {
  return tariff.periods.map((period) => {
    const rate = tariff.rates.find((r) => r.period === period)
    const [electricity, service] = [rate?.electricity_price_e5 ?? 0, rate?.service_price_e5 ?? 0]
    return { period, electricity, service, total: electricity + service }
  })
}

/** Stretches of the day, in minutes, whose price or period differs. */
export function differences(before: DayTable, after: DayTable): Stretch[] {
  const [old, now] = [halfHours(before), halfHours(after)]
  const list: Stretch[] = []
  now.forEach((half, i) => {
    const was = old[i]!
    const renamed = was.period !== half.period
    if (!renamed && was.electricity === half.electricity && was.service === half.service) return
    const last = list.at(-1)
    if (last && last.to === i * 30 && last.before === was.total && last.after === half.total && last.renamed === renamed) last.to += 30
    else list.push({ from: i * 30, to: i * 30 + 30, before: was.total, after: half.total, renamed })
  })
  return list
}
export const mean = (tariff: DayTable): number => Math.round(halfHours(tariff).reduce((sum, half) => sum + half.total, 0) / 48)
