import { describe, expect, it } from 'vitest'
import { holidayLines, holidayParse } from '@/views/forecast/holidays'

describe('a year of holidays as lines', () => {
  it('is read and written the same', () => {
    const text = '2026-02-15~2026-02-23 春节 / Spring Festival\n+ 2026-02-14'
    const read = holidayParse(text)
    expect(read).toEqual({ holidays: [{ name_zh: '春节', name_en: 'Spring Festival', from: 20260215, to: 20260223 }], workdays: [20260214] })
    const days = [20260215, 20260223]
    expect(holidayLines({ holidays: [{ name: { zh: '春节', en: 'Spring Festival' }, days }], workdays: [20260214] })).toBe(text)
  })
  it('knows usual names, single days and what it cannot read', () => {
    expect(holidayParse('\n2027-04-05 清明节\n', { 清明节: 'Qingming' })).toEqual({ holidays: [{ name_zh: '清明节', name_en: 'Qingming', from: 20270405, to: 20270405 }], workdays: [] })
    for (const [text, line] of [['春节', 1], ['2027-01-01 元旦\n+ 20270109', 2], ['2027-1-1 元旦', 1]] as const) expect(holidayParse(text)).toEqual({ line })
  })
})
