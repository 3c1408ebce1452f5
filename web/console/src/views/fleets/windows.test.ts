import { expect, test } from 'vitest'
import { hoursOf, minutesOf, windowsFault, windowsOf } from '@/views/fleets/windows'

test('hours go from the server to the form and back unchanged', () => {
  const hours = [{ weekdays: [1, 5], from_minute: 1320, to_minute: 360 }, { weekdays: [6, 7], from_minute: 0, to_minute: 1440 }]
  expect(hoursOf(windowsOf(hours))).toEqual(hours)
  expect(windowsFault(windowsOf(hours))).toBeNull()
})

test('a window is of a day', () => {
  const one = (weekdays: number[], from: string, to: string) => windowsFault([{ weekdays, from, to }])
  expect(one([1], '00:00', '24:00')).toBeNull()
  expect(one([1], '22:00', '06:00')).toBeNull()
  expect(windowsFault([])).toBe('hours_none')
  expect(one([], '00:00', '24:00')).toBe('days_none')
  for (const [from, to] of [['24:00', '06:00'], ['06:00', '00:00'], ['06:00', '06:00'], ['', '06:00'], ['6', '07:00'], ['06:60', '07:00']] as const) expect(one([1], from, to)).toBe('hour_bad')
  expect(minutesOf(' 9:05 ')).toBe(545)
})
