import { describe, expect, it } from 'vitest'
import { dayOf, valueText } from '@/views/safety/said'

describe('safety', () => {
  it('tells values in the units that people use', () => {
    expect(valueText(50, '0.1℃/min')).toBe('5 ℃/min')
    expect(valueText(1050, '‰')).toBe('105 %')
    expect(valueText(47, '0.1A')).toBe('4.7 A')
    expect(valueText(90, '℃')).toBe('90 ℃')
  })
  it('reads a day', () => {
    expect(dayOf('2026-11-23')).toBe(20261123)
    expect(dayOf('')).toBeNull()
  })
})
