import { expect, test } from 'vitest'
import { radius, strength } from '@/views/map/heat-scale'

test('nothing is not warm, little is seen, and the greatest is the hottest', () => {
  expect(strength(0)).toBe(0)
  expect(strength(0.001)).toBeGreaterThan(0.18)
  expect(strength(0.25)).toBeLessThan(strength(0.5))
  expect(strength(1)).toBe(1)
  expect(strength(3)).toBe(1)
})

test('a spot grows with the zoom, within reason', () => {
  expect(radius(3)).toBeLessThan(radius(8))
  expect(radius(1)).toBe(16)
  expect(radius(18)).toBe(60)
})
