// How the number of a parameter is said and typed: people think in yuan, the server in fen.
import type { Parameter } from '@/api'
import { amount, count, duration, energy, money } from '@/format'
import { t } from '@/i18n'

const scales: Record<Parameter['unit'], number> = { second: 1, day: 1, megabyte: 1, fen: 100, e4: 10_000, dwh: 10_000, switch: 1, count: 1 }

export const typed = (p: Parameter, value: number): number => value / scales[p.unit]
export const meant = (p: Parameter, text: unknown): number => Math.round(Number(text) * scales[p.unit])
export const unitWord = (p: Parameter): string => t(`parameter_unit.${p.unit}`)

export function said(p: Parameter, value: number | null | undefined): string {
  if (value == null) return '—'
  if (p.unit === 'fen') return money(value)
  if (p.unit === 'e4') return amount(value)
  if (p.unit === 'dwh') return energy(value)
  if (p.unit === 'switch') return t(value ? 'parameters.on' : 'parameters.off')
  const plain = `${count(value)} ${unitWord(p)}`
  return p.unit === 'second' && value >= 120 ? `${plain}（${duration(value)}）` : plain
}
export const rangeSaid = (p: Parameter): string => (p.unit === 'fen' || p.unit === 'e4' || p.unit === 'dwh' || p.unit === 'switch' ? `${said(p, p.least)} – ${said(p, p.most)}` : `${count(p.least)} – ${count(p.most)} ${unitWord(p)}`)
