import { describe, expect, it } from 'vitest'
import type { Period } from '@/api'
import { differences, halfHours, mean } from '@/views/tariffs/difference'
import type { DayTable } from '@/views/tariffs/kinds'

const tariff = (periods: Period[], prices: Record<Period, number>): DayTable => ({
  periods,
  rates: (Object.keys(prices) as Period[]).map((period) => ({ period, electricity_price_e5: prices[period], service_price_e5: 40_000 })),
})
const prices = { sharp: 120_000, peak: 100_000, flat: 70_000, valley: 30_000 }
const day = (of: (i: number) => Period) => Array.from({ length: 48 }, (_, i) => of(i))

describe('two versions of a tariff', () => {
  it('that are the same differ nowhere', () => {
    const one = tariff(day(() => 'flat'), prices)
    expect(differences(one, one)).toEqual([])
    expect(halfHours(one)[47]).toEqual({ period: 'flat', electricity: 70_000, service: 40_000, total: 110_000 })
    expect(mean(one)).toBe(110_000)
  })
  it('differ in joined stretches, to the last half hour', () => {
    const one = tariff(day(() => 'flat'), prices)
    const two = tariff(day((i) => (i === 0 || i >= 46 ? 'valley' : 'flat')), prices)
    expect(differences(one, two)).toEqual([
      { from: 0, to: 30, before: 110_000, after: 70_000, renamed: true },
      { from: 1380, to: 1440, before: 110_000, after: 70_000, renamed: true },
    ])
  })
  it('differ by price alone, or by name alone', () => {
    const one = tariff(day(() => 'flat'), prices)
    expect(differences(one, tariff(one.periods, { ...prices, flat: 70_001 }))).toEqual([{ from: 0, to: 1440, before: 110_000, after: 110_001, renamed: false }])
    const level = { ...prices, peak: 70_000 }
    expect(differences(tariff(one.periods, level), tariff(day(() => 'peak'), level))).toEqual([{ from: 0, to: 1440, before: 110_000, after: 110_000, renamed: true }])
  })
})
