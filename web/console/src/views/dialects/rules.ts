// What a dialect says, as lines for people.
import type { DialectRules } from '@/api'
import { t, word } from '@/i18n'

export interface RuleLine {
  key: string
  label: string
  value: string
}
/** Only what departs from the paper. */
export function ruleLines(r: DialectRules): RuleLine[] {
  const line = (key: string, value: string): RuleLine => ({ key, label: t(`dialect.${key}`), value })
  return [
    ...(r.crc_high_first ? [line('crc', t('dialect.crc_high'))] : []),
    ...(r.fault_bit_two ? [line('fault', t('dialect.fault_two'))] : []),
    ...(r.current_coding ? [line('current', word('current_coding', r.current_coding))] : []),
    ...(r.energy_unit && r.energy_unit !== 'dwh' ? [line('energy', word('energy_unit', r.energy_unit))] : []),
    ...(r.meter_from_zero ? [line('meter', t('dialect.meter_zero'))] : []),
    ...(r.start_tail != null ? [line('tail', t('dialect.tail_byte', { n: r.start_tail }))] : []),
    ...(r.extra_stop_codes ? [line('stops', t('dialect.stops_extra'))] : []),
    ...(r.reply_delay_ms ? [line('delay', `${r.reply_delay_ms} ms`)] : []),
    ...(r.qr_prefix ? [line('qr', r.qr_prefix)] : []),
  ]
}
export const ruleText = (r: DialectRules): string => ruleLines(r).map((l) => `${l.label}: ${l.value}`).join('; ') || t('dialect.nothing')
/** Those of the product have names in both languages. */
export const dialectName = (d: { key?: string | null; name: string }): string => (d.key ? word('dialect_name', d.key) : d.name)
/** By what a pile is known to speak so. */
export const dialectFor = (d: { vendor: string; model: string; firmware: string }): string => [d.vendor, d.model, d.firmware && t('dialect.firmware_is', { text: d.firmware })].filter(Boolean).join(' · ') || '—'
