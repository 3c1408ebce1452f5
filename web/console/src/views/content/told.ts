// How targets and times are put into words; the same on lists, pages and in questions.
import type { Content, CouponFace, RichBlock } from '@/api'
import { time } from '@/format'
import { language, t, word } from '@/i18n'

export const spanText = (one: { from_ms: number | null; until_ms: number | null }): string => {
  if (one.from_ms == null && one.until_ms == null) return t('content.until_never')
  if (one.until_ms == null) return t('content.span_open', { from: minute(one.from_ms!) })
  if (one.from_ms == null) return t('content.span_until', { until: minute(one.until_ms) })
  return `${minute(one.from_ms)} – ${minute(one.until_ms)}`
}
/** Without seconds: nobody publishes by the second. */
export const minute = (ms: number): string => time(ms).slice(0, 16)
export const citiesText = (names: readonly string[]): string => (names.length ? names.join('、') : t('content.cities_all'))
export const groupText = (one: { group: Content['group']; fleet_name: string | null; mark?: Content['mark'] }): string =>
  one.group === 'fleet' ? (one.fleet_name ?? '—') : one.group === 'segment' && one.mark ? word('customer_mark', one.mark) : word('target_group', one.group)
export const whoText = (one: Content): string => (one.group === 'all' && !one.cities.length ? t('content.who_all') : t('content.who_more', { group: groupText(one), cities: citiesText(one.city_names) }))

/** Fen as yuan without needless zeros: 500 → 5, 550 → 5.5. */
export const yuanShort = (fen: number): string => String(fen / 100)
/** 15 % off: 8.5 in Chinese, 15 in English. */
export const foldText = (percentOff: number): string => (language.value === 'en' ? String(percentOff) : String((100 - percentOff) / 10))
export function worthText(face: Pick<CouponFace, 'kind' | 'off_fen' | 'percent_off' | 'cap_fen'>): string {
  if (face.kind === 'service_percent') return t('phone.service_percent', { n: foldText(face.percent_off ?? 0) })
  if (face.kind === 'per_kwh') return t('phone.per_kwh', { n: yuanShort(face.off_fen ?? 0) })
  if (face.kind === 'percent') return t('phone.percent', { n: foldText(face.percent_off ?? 0) })
  return t(face.kind === 'service' ? 'phone.service' : 'phone.off', { n: yuanShort(face.off_fen ?? 0) })
}
export function conditionText(face: Pick<CouponFace, 'threshold_fen' | 'cap_fen'>): string {
  const from = face.threshold_fen ? t('phone.threshold', { n: yuanShort(face.threshold_fen) }) : t('phone.no_threshold')
  return face.cap_fen == null ? from : `${from} · ${t('phone.cap', { n: yuanShort(face.cap_fen) })}`
}
export const plainText = (blocks: readonly RichBlock[]): string => blocks.map((b) => b.spans.map((s) => s.text).join('')).join(' ')
export const goalText = (one: { metric: 'orders' | 'energy' | null; goal: number | null }): string => (one.metric == null || one.goal == null ? '—' : t(one.metric === 'orders' ? 'phone.goal_orders' : 'phone.goal_energy', { n: one.metric === 'orders' ? one.goal : one.goal / 10_000 }))
