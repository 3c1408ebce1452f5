import { expect, it } from 'vitest'
import type { Period } from '@/api'
import { copied, filled, priceParse, priceText, stretchesOf } from '@/views/tariffs/day'

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

const day: Period[] = Array.from({ length: 48 }, (_, i) => (i < 16 ? 'valley' : i < 20 ? 'sharp' : 'flat'))

it('fills a stretch up to its end, the whole day, or nothing', () => {
  expect(stretchesOf(filled(day, 14, 18, 'peak'))).toEqual([
    { from: 0, to: 420, period: 'valley' },
    { from: 420, to: 540, period: 'peak' },
    { from: 540, to: 600, period: 'sharp' },
    { from: 600, to: 1440, period: 'flat' },
  ])
  expect(new Set(filled(day, 0, 48, 'peak'))).toEqual(new Set(['peak']))
  expect(filled(day, 20, 20, 'peak')).toEqual(day)
})

it('copies a stretch as it was, also onto itself and up to midnight', () => {
  expect(copied(day, 14, 18, 40).slice(38)).toEqual(['flat', 'flat', 'valley', 'valley', 'sharp', 'sharp', 'flat', 'flat', 'flat', 'flat'])
  expect(copied(day, 14, 18, 15).slice(13, 20)).toEqual(['valley', 'valley', 'valley', 'valley', 'sharp', 'sharp', 'sharp'])
  const late = copied(day, 14, 20, 46)
  expect(late).toHaveLength(48)
  expect(late.slice(45)).toEqual(['flat', 'valley', 'valley'])
})
