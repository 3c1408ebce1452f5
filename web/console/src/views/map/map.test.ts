import { expect, test } from 'vitest'
import { ringRead } from '@/views/map/outlines'
import { spread } from '@/views/map/spread'

test('stations at the same place are spread, others stay', () => {
  const at = (id: number, x: number | null, y: number | null) => ({ id, longitude_e6: x, latitude_e6: y })
  const moved = spread([at(1, 114_305_400, 30_593_100), at(2, 114_305_401, 30_593_099), at(3, 114_400_000, 30_593_100), at(4, null, null)])
  expect(moved.get(3)).toEqual([0, 0])
  expect(moved.has(4)).toBe(false)
  const [a, b] = [moved.get(1)!, moved.get(2)!]
  expect(Math.hypot(a[0] - b[0], a[1] - b[1])).toBeGreaterThan(30)
  const many = spread(Array.from({ length: 20 }, (_, i) => at(i, 1, 1)))
  expect(new Set([...many.values()].map(String)).size).toBe(20)
})

test('an outline is read with the latitude first', () => {
  expect(ringRead([114, 30, 115, 31])).toEqual([[30, 114], [31, 115]])
})
