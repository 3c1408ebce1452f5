import { describe, expect, it } from 'vitest'
import * as f from '@/format'

const NOV23 = Date.UTC(2026, 10, 23, 3, 4, 5, 67)

it('writes a time as shortly as the day allows', () => {
  expect(f.timeNear(NOV23, NOV23 + 60_000)).toBe('11:04:05')
  expect(f.timeNear(NOV23, NOV23 + 86_400_000)).toBe('11-23 11:04')
  expect(f.timeNear(NOV23, NOV23 + 90 * 86_400_000)).toBe('2026-11-23 11:04')
  expect(f.timeNear(null, NOV23)).toBe('—')
})

describe('figures', () => {
  it('writes money from integers, with groups and a sign before the currency', () => {
    expect(f.money(123456)).toBe('¥1,234.56')
    expect(f.money(-5)).toBe('-¥0.05')
    expect(f.money(0)).toBe('¥0.00')
    expect(f.money(123456789012)).toBe('¥1,234,567,890.12')
    expect(f.money(null)).toBe('—')
    expect(f.amount(309728)).toBe('¥30.9728')
    expect(f.amount(-1)).toBe('-¥0.0001')
  })
  it('keeps the fifth place of a price only when it says something', () => {
    expect(f.price(140000)).toBe('1.4000')
    expect(f.price(140001)).toBe('1.40001')
    expect(f.price(0)).toBe('0.0000')
  })
  it('writes energy, power and the small units', () => {
    expect(f.energy(221234)).toBe('22.12 kWh')
    expect(f.energy(221234, 4)).toBe('22.1234 kWh')
    expect(f.power(72400)).toBe('72.4 kW')
    expect(f.ratedPower(120000)).toBe('120 kW')
    expect(f.ratedPower(7500)).toBe('7.5 kW')
    expect(f.voltage(3966)).toBe('396.6 V')
    expect(f.current(1825)).toBe('182.5 A')
    expect(f.permille(974)).toBe('97.4%')
    expect(f.count(-0.2)).toBe('0')
  })
})

describe('time', () => {
  it('shows the clock of Shanghai whatever the clock of the computer', () => {
    expect(f.time(NOV23)).toBe('2026-11-23 11:04:05')
    expect(f.clockMilli(NOV23)).toBe('11:04:05.067')
    expect(f.date(Date.UTC(2026, 10, 22, 16))).toBe('2026-11-23')
    expect(f.time(undefined)).toBe('—')
    expect(f.time(9e15)).toBe('—')
  })
  it('finds the edges of days and months there', () => {
    expect(f.time(f.dayStart(NOV23))).toBe('2026-11-23 00:00:00')
    expect(f.time(f.dayStart(NOV23, -1))).toBe('2026-11-22 00:00:00')
    expect(f.time(f.monthStart(NOV23))).toBe('2026-11-01 00:00:00')
    expect(f.time(f.monthStart(NOV23, 2))).toBe('2027-01-01 00:00:00')
    expect(f.fromWall('2026-11-23 11:04:05')).toBe(NOV23 - 67)
    expect(f.minuteOfDay(NOV23)).toBe(11 * 60 + 4)
    expect(f.minuteLabel(1440)).toBe('24:00')
  })
  it('writes durations', () => {
    expect(f.duration(0)).toBe('00:00')
    expect(f.duration(3723)).toBe('1:02:03')
    expect(f.duration(-61)).toBe('-01:01')
    expect(f.duration(null)).toBe('—')
  })
})

describe('change', () => {
  it('has no value against nothing', () => {
    expect(f.change(5, 0)).toBeNull()
    expect(f.change(null, 5)).toBeNull()
    expect(f.percentChange(f.change(110, 100))).toBe('+10.0%')
    expect(f.percentChange(f.change(90, 100))).toBe('-10.0%')
    expect(f.percentChange(null)).toBe('—')
  })
})

describe('raw frames', () => {
  it('groups hex in rows of sixteen bytes', () => {
    expect(f.hexGrouped('681E')).toBe('68 1E')
    expect(f.hexGrouped('00'.repeat(17)).split('\n')).toHaveLength(2)
  })
  it('leaves text alone that is not JSON', () => {
    expect(f.jsonPretty('[2,"a"]')).toBe('[\n  2,\n  "a"\n]')
    expect(f.jsonPretty('[2,')).toBe('[2,')
  })
})

describe('the clock of a station', () => {
  // 2026-11-23 20:30 UTC
  const at = Date.UTC(2026, 10, 23, 20, 30, 5, 7)
  it('is that of its zone, with its day and its summer time', () => {
    expect(f.wallClock('Asia/Urumqi').time(at)).toBe('2026-11-24 02:30:05')
    expect(f.wallClock('Asia/Urumqi').minuteOfDay(at)).toBe(150)
    expect(f.wallClock('Europe/Berlin').clockMilli(at)).toBe('21:30:05.007')
    expect(f.wallClock('Europe/Berlin').clockMinute(Date.UTC(2026, 6, 1, 20))).toBe('22:00')
    expect(f.wallClock('America/St_Johns').date(Date.UTC(2026, 0, 1, 3))).toBe('2025-12-31')
  })
  it('is the platform’s when the zone is not told or not known', () => {
    for (const zone of [undefined, 'Asia/Shanghai', 'Mars/Olympus']) {
      expect(f.wallClock(zone).time(at)).toBe(f.time(at))
      expect(f.wallClock(zone).differs(at)).toBe(false)
    }
    expect(f.wallClock('Asia/Urumqi').differs(at)).toBe(true)
    expect(f.wallClock('Asia/Urumqi').time(null)).toBe('—')
  })
})
