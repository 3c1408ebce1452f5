import { describe, expect, it } from 'vitest'
import { distance, needed, of, openStates } from '@/views/tariff-plans/counts'

describe('progress of a plan', () => {
  it('counts only piles that must be told', () => {
    const counts = [
      { state: 'not_needed' as const, count: 5 },
      { state: 'confirmed' as const, count: 3 },
      { state: 'offline' as const, count: 2 },
      { state: 'superseded' as const, count: 4 },
    ]
    expect([needed(counts), of(counts, openStates), of(counts, ['confirmed'])]).toEqual([5, 2, 3])
    expect(needed([])).toBe(0)
  })
  it('says how far away a moment is in the unit that fits', () => {
    const said = (ms: number) => distance(1_000_000 + ms, 1_000_000)
    expect([said(-1), said(29_999)].map((d) => d.unit)).toEqual(['moments', 'moments'])
    expect(said(5 * 60_000)).toEqual({ unit: 'minutes', n: 5 })
    expect(said(47 * 3_600_000)).toEqual({ unit: 'hours', n: 47 })
    expect(said(4 * 86_400_000)).toEqual({ unit: 'days', n: 4 })
  })
})
