import { describe, expect, it } from 'vitest'
import { filterQuery, quantityParse, quantityText, rangeOf, sorted, sortNext, rangeParse, rangeText, rangeWall, type Filter } from '@/components/list'
import { time } from '@/format'
import { safeReturn } from '@/safe-return'
import { readQuery, writeQuery } from '@/url-state'

describe('query', () => {
  it('reads the known keys, trimmed, and takes the first of several', () => {
    expect(readQuery({ code: ' CP ', state: ['faulted', 'x'], page: '', other: '1' }, ['code', 'state', 'page'])).toEqual({ code: 'CP', state: 'faulted' })
  })
  it('writes changes, drops what is empty and keeps what belongs to others', () => {
    expect(writeQuery({ a: '1', tab: 'orders' }, { a: undefined, b: ' x ', c: '' })).toEqual({ tab: 'orders', b: 'x' })
  })
  it('keeps percent and underscore as they are', () => {
    expect(readQuery(writeQuery({}, { code: '50%_a' }), ['code'])).toEqual({ code: '50%_a' })
  })
})

describe('range', () => {
  const now = Date.UTC(2026, 10, 23, 3)
  it('names end where the next begins', () => {
    expect(rangeOf('today', now).from_ms).toBe(rangeOf('yesterday', now).to_ms)
    expect(rangeOf('this_month', now).from_ms).toBe(rangeOf('last_month', now).to_ms)
    expect(time(rangeOf('this_month', now).to_ms)).toBe('2026-12-01 00:00:00')
    expect(rangeOf('days7', now).to_ms - rangeOf('days7', now).from_ms).toBe(7 * 86_400_000)
  })
  it('a range chosen by hand survives the address bar; nonsense gives the default', () => {
    const text = rangeText('2026-11-01 00:00:00', '2026-11-02 23:59:59')
    const range = rangeParse(text, 'this_month', now)
    expect(range.name).toBeNull()
    expect(rangeWall(range)).toEqual(['2026-11-01 00:00:00', '2026-11-02 23:59:59'])
    expect(rangeParse('last_century', 'this_month', now).name).toBe('this_month')
    expect(rangeParse(undefined, 'today', now).name).toBe('today')
  })
})

describe('return after sign-in', () => {
  it('goes only to a path of our own', () => {
    expect(safeReturn('/piles?code=1')).toBe('/piles?code=1')
    for (const bad of ['//evil.example', '/\\evil.example', 'https://evil.example', undefined, '/sign-in?to=/x']) expect(safeReturn(bad)).toBe('/')
  })
})

describe('what a list asks', () => {
  const now = Date.UTC(2026, 10, 23, 3)
  const filters: Filter[] = [
    { kind: 'range', key: 'range', label: '', initial: 'this_month' },
    { kind: 'text', key: 'order_no', label: '', names: true },
    { kind: 'text', key: 'token', label: '' },
    { kind: 'chip', key: 'station_id', label: '', told: String },
  ]
  it('is this month, unless a number names one thing, whenever it was', () => {
    const month = { from_ms: rangeOf('this_month', now).from_ms, to_ms: rangeOf('this_month', now).to_ms }
    expect(filterQuery(filters, {}, now)).toEqual(month)
    expect(filterQuery(filters, { token: 'x', station_id: '3' }, now)).toEqual({ ...month, token: 'x', station_id: '3' })
    expect(filterQuery(filters, { order_no: '1', range: 'today' }, now)).toEqual({ order_no: '1' })
  })
  it('can be all of time, for what waits for a person', () => {
    expect(filterQuery(filters, { range: 'all' }, now).from_ms).toBe(0)
  })
})

describe('what a list is sorted by', () => {
  it('goes from the greatest over the smallest back to the order of the list', () => {
    expect(sortNext(undefined, 'total')).toBe('-total')
    expect(sortNext('-total', 'total')).toBe('total')
    expect(sortNext('total', 'total')).toBeUndefined()
    expect(sortNext('-energy', 'total')).toBe('-total')
  })
  it('sorts a list that came whole, numbers as numbers and nothing last', () => {
    const rows = [{ n: 2, s: '10号站' }, { n: null, s: '9号站' }, { n: 10, s: '安庆' }]
    const columns = [{ key: 'n', label: '', sort: (r: (typeof rows)[number]) => r.n }, { key: 's', label: '', sort: (r: (typeof rows)[number]) => r.s }]
    expect(sorted(rows, columns, 'n').map((r) => r.n)).toEqual([2, 10, null])
    expect(sorted(rows, columns, '-n').map((r) => r.n)).toEqual([10, 2, null])
    expect(sorted(rows, columns, 's').map((r) => r.s).indexOf('9号站')).toBeLessThan(sorted(rows, columns, 's').map((r) => r.s).indexOf('10号站'))
    expect(sorted(rows, columns, 'unknown')).toEqual(rows)
  })
})

describe('a filter of a quantity', () => {
  const filters: Filter[] = [{ kind: 'quantity', key: 'energy', label: '', unit: 'kWh', scale: 10_000, from: 'energy_from_dwh', to: 'energy_to_dwh' }]
  it('asks the server in its own units and may be open at either end', () => {
    expect(filterQuery(filters, { energy: '1.5..20' }, 0)).toEqual({ energy_from_dwh: 15_000, energy_to_dwh: 200_000 })
    expect(filterQuery(filters, { energy: '..0.1' }, 0)).toEqual({ energy_to_dwh: 1_000 })
    expect(filterQuery(filters, { energy: 'x..y' }, 0)).toEqual({})
    expect(quantityText(...quantityParse('3..'))).toBe('3..')
    expect(quantityText(undefined, undefined)).toBeUndefined()
  })
})
