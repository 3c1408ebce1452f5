// The tones of a brand's colour as the style sheet names them.
import type { Brand } from '@/api'

export type Tones = NonNullable<Brand['colours']>['light']

/** What the components mix of the accent: CSS itself can do so from Chrome 111 on only. */
export function mixed(colour: string, other: string, share: number): string {
  const part = (text: string, at: number) => parseInt(text.slice(at, at + 2), 16)
  const one = (at: number) => Math.round(part(colour, at) * share + part(other, at) * (1 - share))
  return `#${[1, 3, 5].map((at) => one(at).toString(16).padStart(2, '0')).join('')}`
}
/** `--card` of tokens.css. */
const CARDS = { light: '#ffffff', dark: '#151f25' } as const

export function tonesStyle(t: Tones, dress: keyof typeof CARDS): string {
  const pale = [70, 50, 30, 20].map((share) => `--accent-${share}:${mixed(t.accent, CARDS[dress], share / 100)}`)
  return [`--accent:${t.accent}`, `--accent-strong:${t.strong}`, `--accent-soft:${t.soft}`, `--accent-fill:${t.fill}`, `--accent-fill-deep:${mixed(t.fill, '#000000', 0.86)}`, ...pale].join(';')
}
