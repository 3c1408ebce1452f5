import { describe, expect, it } from 'vitest'
import { calendarForm, dayAt, dayNext, dayText, draftOf, hasRule, joined, kindForm, mmdd, priced, stretches, stretchText, tableForm, weekday } from '@/views/tariffs/kinds'

describe('days', () => {
  it('follow each other over months, years and February', () => {
    expect(dayNext(20260228)).toBe(20260301)
    expect(dayNext(20280228)).toBe(20280229)
    expect(dayNext(20261231)).toBe(20270101)
    expect([dayAt(2026, 0), dayAt(2026, 364), dayAt(2028, 59), dayAt(2028, 365)]).toEqual([20260101, 20261231, 20280229, 20281231])
    expect([weekday(20260715), weekday(20260719), weekday(20260720)]).toEqual([3, 7, 1])
    expect([mmdd(701), dayText(20260217)]).toEqual(['07-01', '2026-02-17'])
  })
  it('that follow each other are told as one stretch', () => {
    const found = stretches([20261231, 20270101, 20260217, 20260215, 20260216, 20260216])
    expect(found.map((s) => [s.from, s.to, s.count])).toEqual([[20260215, 20260217, 3], [20261231, 20270101, 2]])
    expect(found.map(stretchText)).toEqual(['2026-02-15 ~ 02-17', '2026-12-31 ~ 2027-01-01'])
    expect(stretchText({ from: 20260101, to: 20260101 })).toBe('2026-01-01')
    expect(stretches([])).toEqual([])
    expect(joined([3, 1], [2, 3])).toEqual([1, 2, 3])
  })
})

describe('a form', () => {
  it('copies a table, and a change of the copy is none of the first', () => {
    const base = tableForm({ rates: [{ period: 'flat', electricity_price_e5: 100_000, service_price_e5: 40_000 }], periods: Array.from({ length: 48 }, () => 'flat' as const) })
    const kind = kindForm(base)
    kind.prices.flat.electricity = '2'
    kind.periods[0] = 'valley'
    expect([base.prices.flat.electricity, base.periods[0]]).toEqual(['1.0000', 'flat'])
    expect([priced(base), hasRule(kind)]).toEqual([false, false])
  })
  it('says only what was chosen', () => {
    const form = calendarForm(null)
    const kind = kindForm(form.base)
    Object.assign(kind, { name: ' Weekend ', weekdays: [6, 7] })
    form.kinds.push(kind)
    const draft = draftOf(form)
    expect(draft.kinds?.[0]).toMatchObject({ name: 'Weekend', season: null, weekdays: [6, 7], dates: [] })
    kind.seasonal = true
    expect(draftOf(form).kinds?.[0]?.season).toEqual({ from_mmdd: 601, to_mmdd: 831 })
  })
})
