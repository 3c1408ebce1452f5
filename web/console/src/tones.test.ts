import { describe, expect, it } from 'vitest'
import { mixed, tonesStyle, type Tones } from '@/tones'

describe('tones', () => {
  it('mixes as the eye expects: all of one, none of it, half of each', () => {
    expect([mixed('#0b8577', '#ffffff', 1), mixed('#0b8577', '#ffffff', 0), mixed('#000000', '#ffffff', 0.5)]).toEqual(['#0b8577', '#ffffff', '#808080'])
  })
  it('gives every tone as a plain colour, so that old browsers have it too', () => {
    const tones = { accent: '#2f6fe4', strong: '#1d4fb0', soft: '#e8effd', fill: '#2f6fe4' }
    for (const dress of ['light', 'dark'] as const)
      for (const one of tonesStyle(tones as Tones, dress).split(';')) expect(one).toMatch(/^--accent[\w-]*:#[0-9a-f]{6}$/)
  })
})
