// How what was agreed with a payee is written, and what people type for it.
import { api, type SharingRule } from '@/api'
import { sharingApi } from '@/api-sharing'
import type { FormValues } from '@/components/form'
import type { Option } from '@/components/list'
import { dayLong, money, price } from '@/format'
import { t, word } from '@/i18n'

type Terms = Pick<SharingRule, 'basis' | 'rate' | 'deduction' | 'fee_rate' | 'cost_price_e5'>

const isShare = (basis: unknown): boolean => basis === 'service' || basis === 'margin' || basis === 'total'
const percent = (e4: number): string => `${(e4 / 100).toFixed(2)}%`

/** 30.00 %, ¥0.0350/kWh, ¥500.00 a period. */
export function rateText(one: Terms): string {
  if (one.basis === 'energy') return t('sharing.per_kwh', { price: (one.rate / 10_000).toFixed(4) })
  return one.basis === 'fixed' ? t('sharing.per_period', { amount: money(one.rate) }) : percent(one.rate)
}
/** What is taken off before the part is made. */
export function deductionText(one: Terms): string {
  const parts = [word('sharing_deduction', one.deduction)]
  if (one.fee_rate) parts.push(percent(one.fee_rate))
  if (one.cost_price_e5) parts.push(t('sharing.cost_told', { price: price(one.cost_price_e5) }))
  return parts.join(' ')
}
export const spanText = (from: number, to: number | null | undefined): string => `${dayLong(from)} – ${to == null ? t('sharing.open_end') : dayLong(to)}`

export const takesFee = (v: FormValues): boolean => ['fee', 'fee_then_cost', 'cost_then_fee'].includes(String(v.deduction))
export const takesCost = (v: FormValues): boolean => ['cost', 'fee_then_cost', 'cost_then_fee'].includes(String(v.deduction))
/** As the server takes it: ten-thousandths, or fen. */
export const rateOf = (basis: unknown, typed: number): number => Math.round(basis === 'energy' ? typed * 10_000 : typed * 100)
export const deductionsOf = (basis: unknown): Terms['deduction'][] => {
  if (basis === 'service') return ['none', 'fee']
  if (basis === 'margin') return ['cost', 'fee_then_cost', 'cost_then_fee']
  return basis === 'total' ? ['none', 'fee', 'cost', 'fee_then_cost', 'cost_then_fee'] : ['none']
}
export const rateLabel = (basis: unknown): string => t(basis === 'energy' ? 'sharing.rate_energy' : isShare(basis) ? 'sharing.rate_share' : 'sharing.rate_fixed')

export async function payeeFind(text: string): Promise<Option[]> {
  const page = await sharingApi.payee_list({ name: text || undefined, active: true, limit: 50 })
  return page.items.map((p) => ({ value: p.id, label: `${p.name} · ${p.operator_name}` }))
}
export async function stationFind(text: string): Promise<Option[]> {
  const page = await api.station_list({ name: text || undefined })
  return page.items.slice(0, 50).map((s) => ({ value: s.id, label: s.name }))
}
