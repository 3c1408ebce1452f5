import { describe, expect, it } from 'vitest'
import type { Report, ReportRow } from '@/api-reports'
import { dayNumber, dayShift, drill, figure, moved } from '@/views/reports/figures'

const report = (groups: Report['groups']) => ({ groups, from_day: 20261105, to_day: 20261215 }) as unknown as Report
const row = (...values: string[]) => ({ keys: values.map((value) => ({ value, name: null })), values: [], before: [] }) as ReportRow

describe('figures of reports', () => {
  it('are told with the digits that people read', () => {
    expect(figure(12_345_678, { places: 4, unit: 'energy' })).toBe('1,234.57')
    expect(figure(-105, { places: 2, unit: 'money' })).toBe('-1.05')
    expect(figure(9_876, { places: 2, unit: 'percent' })).toBe('98.76%')
    expect(figure(0, { places: 0, unit: 'count' })).toBe('0')
    expect(figure(null, { places: 0, unit: 'count' })).toBe('—')
  })
  it('are compared with what there was', () => {
    expect(moved(150, 100)).toBe(0.5)
    expect(moved(-50, -100)).toBe(0.5)
    for (const [now, before] of [[1, 0], [1, null], [null, 1]] as const) expect(moved(now, before)).toBeNull()
  })
  it('count days on the platform’s clock', () => {
    expect(dayShift(20261231, 1)).toBe(20270101)
    expect(dayShift(20280301, -1)).toBe(20280229)
    expect(dayNumber(Date.UTC(2026, 10, 22, 16))).toBe(20261123)
    expect(dayNumber(Date.UTC(2026, 10, 22, 15, 59))).toBe(20261122)
  })
})

describe('a click on a row', () => {
  it('opens less of the same', () => {
    expect(drill(report(['city']), row('420100'), {})).toEqual({ set: { city_code: '420100', groups: 'station' } })
    expect(drill(report(['station']), row('7'), {})).toEqual({ set: { station_id: '7', groups: 'day' } })
    expect(drill(report(['month']), row('202611'), {})).toEqual({ set: { from_day: '20261105', to_day: '20261130', groups: 'day' } })
    expect(drill(report(['month', 'station']), row('202612', '7'), {})).toEqual({ set: { station_id: '7', from_day: '20261201', to_day: '20261215', groups: 'day' } })
    expect(drill(report(['day']), row('20261123'), {})).toEqual({ set: { from_day: '20261123', to_day: '20261123', groups: 'station' } })
    expect(drill(report(['pile_kind']), row('dc'), {})).toEqual({ set: { pile_kind: 'dc', groups: 'model' } })
  })
  it('opens the orders of a day of a station', () => {
    const step = drill(report(['day']), row('20261123'), { station_id: '7', start_mode: 'app' })
    const from = Date.UTC(2026, 10, 22, 16)
    expect(step).toEqual({ to: { path: '/orders', query: { station_id: '7', time: 'ended', from_ms: String(from), to_ms: String(from + 86_400_000), start_mode: 'app' } } })
  })
  it('opens nothing where there is no less', () => {
    expect(drill(report(['period']), row('peak'), {})).toBeNull()
    expect(drill(report([]), row(), {})).toBeNull()
  })
})
