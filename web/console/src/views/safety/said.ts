// How values of safety are told: in the units that people use.
import type { SafetyRule } from '@/api'
import { t } from '@/i18n'

const scales: Record<string, [number, string]> = { '0.1℃/min': [10, '℃/min'], '‰': [10, '%'], '0.1A': [10, 'A'], '0.1V': [10, 'V'], W: [1000, 'kW'] }

export function valueText(value: number, unit: string): string {
  const [scale, shown] = scales[unit] ?? [1, unit]
  const number = value / scale
  return `${Number.isInteger(number) ? number : number.toFixed(1)} ${shown}`
}

export function scopeText(rule: Pick<SafetyRule, 'scope' | 'operator_name' | 'station_name'>): string {
  const { kind, vendor, model } = rule.scope
  const parts = [rule.operator_name, rule.station_name, vendor, model, kind ? t(`kind.${kind}`) : null].filter(Boolean)
  return parts.length ? parts.join(' · ') : t('safety.scope_all')
}

/** 20261123 as people write it, and back. */
export const dayOf = (text: unknown): number | null => {
  const digits = String(text ?? '').replaceAll('-', '')
  return /^\d{8}$/.test(digits) ? Number(digits) : null
}
