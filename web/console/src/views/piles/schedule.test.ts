import { describe, expect, it } from 'vitest'
import { scheduleRead } from '@/views/piles/schedule'

const start = '2026-07-15T04:00:00Z'
const at = Date.parse(start)
const periods = [{ startPeriod: 0, limit: 20000 }, { startPeriod: 600, limit: 9000 }]

describe('a composite schedule', () => {
  it('is read from the answers of both versions', () => {
    const steps = [[at, 20000], [at + 600_000, 9000], [at + 1_200_000, 9000]]
    const old = { status: 'Accepted', connectorId: 1, scheduleStart: start, chargingSchedule: { duration: 1200, chargingRateUnit: 'W', chargingSchedulePeriod: periods } }
    expect(scheduleRead(old)).toEqual({ unit: 'W', steps })
    const recent = { status: 'Accepted', schedule: { evseId: 1, duration: 1200, scheduleStart: start, chargingRateUnit: 'A', chargingSchedulePeriod: periods } }
    expect(scheduleRead(recent)).toEqual({ unit: 'A', steps })
  })
  it('is not seen where there is none', () => {
    for (const other of [undefined, null, 'x', [], { status: 'Accepted' }, { chargingSchedule: { chargingSchedulePeriod: [] } }, { scheduleStart: start, chargingSchedule: { chargingSchedulePeriod: [{ startPeriod: 'x', limit: 1 }] } }]) expect(scheduleRead(other as never)).toBeNull()
  })
})
