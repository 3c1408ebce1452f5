import { describe, expect, it } from 'vitest'
import { isStale, STALE_MS } from '@/views/monitor/age'

describe('the age of a value', () => {
  it('is stale after two minutes, and when there is none', () => {
    expect([isStale(1_000, 1_000 + STALE_MS), isStale(1_000, 1_001 + STALE_MS), isStale(null, 0)]).toEqual([false, true, true])
  })
})
