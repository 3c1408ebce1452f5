import { expect, test } from 'vitest'
import { degrees, degreesRead, minuteRead, stationStatus } from '@/views/stations/record'

test('degrees are read as they are written', () => {
  for (const e6 of [0, 114_305_400, -74_006_000, 180_000_000, 1]) expect(degreesRead(degrees(e6))).toBe(e6)
  expect(degreesRead('30.5')).toBe(30_500_000)
  for (const bad of ['', 'x', '114,3', '1.2.3', '1e3', '1234']) expect(degreesRead(bad)).toBeNull()
})

test('times of the day, up to midnight', () => {
  expect(minuteRead('00:00')).toBe(0)
  expect(minuteRead('24:00')).toBe(1440)
  expect(minuteRead('7:05')).toBe(425)
  for (const bad of ['24:01', '7:60', '7', 'a:10', '']) expect(minuteRead(bad)).toBeNull()
})

test('a station is closed from one moment to another', () => {
  expect(stationStatus({ closed_from_ms: null }, 5)).toBe('open')
  const closing = { closed_from_ms: 10, closed_until_ms: 20 }
  expect([9, 10, 19, 20].map((now) => stationStatus(closing, now))).toEqual(['closing', 'closed', 'closed', 'open'])
  expect(stationStatus({ closed_from_ms: 10 }, 1e12)).toBe('closed')
})
