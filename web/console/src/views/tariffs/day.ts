import type { Period } from '@/api'

/** Half hours of one period side by side, in minutes of the day. */
export function stretchesOf(periods: readonly Period[]): { from: number; to: number; period: Period }[] {
  const list: { from: number; to: number; period: Period }[] = []
  periods.forEach((period, i) => {
    const last = list.at(-1)
    if (last && last.period === period) last.to = (i + 1) * 30
    else list.push({ from: i * 30, to: (i + 1) * 30, period })
  })
  return list
}

/** "1.2" → 120000; null when it is not a price. Computed on digits, so that nothing is rounded. */
export function priceParse(text: string): number | null {
  const match = /^(\d{1,2})(?:\.(\d{0,5}))?$/.exec(text.trim())
  return match ? Number(match[1]) * 100_000 + Number((match[2] ?? '').padEnd(5, '0')) : null
}
export const priceText = (e5: number): string => (e5 / 100_000).toFixed(5).replace(/0$/, '')

/** The half hours from `from` up to `to` in one period; both count half hours from midnight. */
export const filled = (periods: readonly Period[], from: number, to: number, period: Period): Period[] => periods.map((p, i) => (i >= from && i < to ? period : p))
/** The stretch once more, beginning at `at`; what would reach beyond midnight is left out. */
export const copied = (periods: readonly Period[], from: number, to: number, at: number): Period[] => periods.map((p, i) => (i >= at && i < at + (to - from) ? periods[from + i - at]! : p))
