import { expect, it } from 'vitest'
import type { Period } from '@/api'
import { priceParse, priceText, stretchesOf } from '@/views/tariffs/day'

it('reads a price without rounding and refuses what is none', () => {
  expect(priceParse('1.4')).toBe(140_000)
  expect(priceParse(' 0.00001 ')).toBe(1)
  expect(priceParse('99.99999')).toBe(9_999_999)
  expect(priceParse('1.')).toBe(100_000)
  for (const bad of ['', '-1', '100', '1.000001', '1,5', 'abc', '1e3']) expect(priceParse(bad), bad).toBeNull()
  expect(priceParse(priceText(123_456))).toBe(123_456)
})

it('joins half hours of one period and covers the whole day', () => {
  const day = Array.from({ length: 48 }, (_, i): Period => (i < 16 ? 'valley' : i === 16 ? 'sharp' : 'flat'))
  expect(stretchesOf(day)).toEqual([
    { from: 0, to: 480, period: 'valley' },
    { from: 480, to: 510, period: 'sharp' },
    { from: 510, to: 1440, period: 'flat' },
  ])
})
