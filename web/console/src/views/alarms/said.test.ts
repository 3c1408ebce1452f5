import { describe, expect, it } from 'vitest'
import { minuteOf, minuteText } from '@/views/alarms/said'

describe('hours of alarms', () => {
  it('reads a time of the day and nothing else', () => {
    expect([minuteOf('00:00'), minuteOf('8:30'), minuteOf(' 23:59 ')]).toEqual([0, 510, 1439])
    for (const bad of ['', '24:00', '8', '08:60', '8:3', 'x']) expect(minuteOf(bad), bad).toBe(null)
  })
  it('writes it as it reads it', () => {
    expect([minuteText(0), minuteText(510), minuteText(null)]).toEqual(['00:00', '08:30', ''])
  })
})
