// The fields of a coupon's form, and the draft that they make.
import type { Coupon, CouponDraft } from '@/api'
import type { Field, FormValues } from '@/components/form'
import { time } from '@/format'
import { t } from '@/i18n'
import { idOf, isPlatform, momentOf } from '@/views/content/fields'
import { minute } from '@/views/content/told'
import { operatorFind } from '@/views/stations/find'
import { couponKinds, couponPayers, optionsOf } from '@/words'

/** Yuan as they are typed, with at most two decimals, as fen; NaN when they are none. */
export const fenOf = (value: unknown): number => (/^\d{1,5}(\.\d{1,2})?$/.test(String(value ?? '').trim()) ? Math.round(Number(value) * 100) : NaN)
const moneyWrong = (value: unknown): string | null => (value === '' || value == null ? null : Number.isNaN(fenOf(value)) || fenOf(value) > 1_000_000 ? t('coupons.money_bad') : null)
const yuan = (fen: number | null): string => (fen == null ? '' : String(fen / 100))

export function couponFields(one: Coupon | null): Field[] {
  // What was promised to those who have one stays as it is.
  const disabled = (one?.given_count ?? 0) > 0
  const own = one?.operator_id != null ? { value: one.operator_id, label: one.operator_name ?? `#${one.operator_id}` } : null
  const find = async (text: string) => {
    const found = await operatorFind(text)
    return own && !found.some((o) => o.value === own.value) ? [own, ...found] : found
  }
  const percent = (v: FormValues) => v.kind === 'percent' || v.kind === 'service_percent'
  const yesNo = (key: string) => ['yes', 'no'].map((value) => ({ value, label: t(`coupons.${key}_${value}`) }))
  const all: Field[] = [
    { key: 'name', label: t('coupons.name'), kind: 'text', required: true, length: 40, wide: true },
    { key: 'kind', label: t('coupons.kind'), kind: 'select', required: true, options: optionsOf('coupon_kind', couponKinds), disabled },
    { key: 'off_fen', label: t('coupons.off'), kind: 'text', required: true, check: moneyWrong, disabled, when: (v) => !percent(v) },
    { key: 'percent_off', label: t('coupons.percent_off'), kind: 'number', required: true, min: 1, max: 99, help: t('coupons.percent_help'), disabled, when: percent },
    { key: 'cap_fen', label: t('coupons.cap'), kind: 'text', required: true, check: moneyWrong, disabled, when: (v) => percent(v) || v.kind === 'per_kwh' },
    { key: 'threshold_fen', label: t('coupons.threshold'), kind: 'text', required: true, check: moneyWrong, help: t('coupons.threshold_help'), disabled },
    { key: 'total', label: t('coupons.total'), kind: 'number', min: 1, max: 10_000_000, placeholder: t('coupons.unlimited'), help: t('coupons.total_help') },
    { key: 'per_person', label: t('coupons.per_person'), kind: 'number', required: true, min: 1, max: 100 },
    { key: 'validity', label: t('coupons.validity'), kind: 'select', required: true, options: [{ value: 'days', label: t('coupons.validity_days') }, { value: 'fixed', label: t('coupons.validity_fixed') }], disabled },
    { key: 'valid_days', label: t('coupons.valid_days'), kind: 'number', required: true, min: 1, max: 366, disabled, when: (v) => v.validity !== 'fixed' },
    { key: 'valid_from_ms', label: t('coupons.valid_from'), kind: 'date', required: true, disabled, when: (v) => v.validity === 'fixed' },
    { key: 'valid_until_ms', label: t('coupons.valid_until'), kind: 'date', required: true, disabled, when: (v) => v.validity === 'fixed' },
  ]
  if (isPlatform()) all.push({ key: 'operator_id', label: t('content.operator'), kind: 'remote', find, placeholder: t('content.operator_platform'), disabled })
  all.push(
    { key: 'payer', label: t('coupons.payer'), kind: 'select', required: true, options: optionsOf('coupon_payer', couponPayers), help: t('coupons.payer_help'), disabled },
    { key: 'platform_permille', label: t('coupons.platform_permille'), kind: 'number', required: true, min: 1, max: 999, disabled, when: (v) => v.payer === 'shared' },
    { key: 'combines', label: t('coupons.combines'), kind: 'select', options: yesNo('combines'), disabled },
    { key: 'returns', label: t('coupons.returns'), kind: 'select', options: yesNo('returns'), disabled },
    { key: 'cities', label: t('coupons.cities'), kind: 'custom', disabled },
    { key: 'station_ids', label: t('coupons.stations'), kind: 'custom', disabled },
    { key: 'note', label: t('coupons.note'), kind: 'textarea', length: 500 },
  )
  return all
}

export const couponInitial = (one: Coupon | null): FormValues =>
  one
    ? {
        name: one.name,
        kind: one.kind,
        off_fen: yuan(one.off_fen),
        percent_off: one.percent_off ?? undefined,
        cap_fen: yuan(one.cap_fen),
        threshold_fen: yuan(one.threshold_fen),
        total: one.total ?? undefined,
        per_person: one.per_person,
        validity: one.valid_days == null ? 'fixed' : 'days',
        valid_days: one.valid_days ?? undefined,
        valid_from_ms: one.valid_from_ms == null ? undefined : time(one.valid_from_ms),
        valid_until_ms: one.valid_until_ms == null ? undefined : time(one.valid_until_ms),
        operator_id: one.operator_id ?? '',
        payer: one.payer,
        platform_permille: one.platform_permille || undefined,
        combines: one.combines ? 'yes' : 'no',
        returns: one.returns ? 'yes' : 'no',
        cities: [...one.cities],
        station_ids: [...one.station_ids],
        note: one.note,
      }
    : { kind: 'amount', threshold_fen: '0', per_person: 1, validity: 'days', valid_days: 30, payer: isPlatform() ? 'platform' : 'operator', combines: 'no', returns: 'yes', cities: [], station_ids: [] }

const numberOf = (value: unknown): number | null => (value == null || value === '' ? null : Number(value))
export function couponDraft(v: FormValues): CouponDraft {
  const percent = v.kind === 'percent' || v.kind === 'service_percent'
  const fixed = v.validity === 'fixed'
  return {
    operator_id: idOf(v.operator_id),
    name: String(v.name ?? ''),
    kind: v.kind as CouponDraft['kind'],
    off_fen: percent ? null : fenOf(v.off_fen),
    percent_off: percent ? numberOf(v.percent_off) : null,
    cap_fen: percent || v.kind === 'per_kwh' ? fenOf(v.cap_fen) : null,
    threshold_fen: fenOf(v.threshold_fen),
    total: numberOf(v.total),
    per_person: Number(v.per_person),
    valid_days: fixed ? null : numberOf(v.valid_days),
    valid_from_ms: fixed ? momentOf(v.valid_from_ms) : null,
    valid_until_ms: fixed ? momentOf(v.valid_until_ms) : null,
    payer: v.payer as CouponDraft['payer'],
    platform_permille: v.payer === 'shared' ? numberOf(v.platform_permille) : null,
    combines: v.combines === 'yes',
    returns: v.returns !== 'no',
    cities: (v.cities as string[] | undefined) ?? [],
    station_ids: (v.station_ids as number[] | undefined) ?? [],
    note: v.note ? String(v.note) : null,
  }
}
export const validityText = (one: Coupon): string => (one.valid_days != null ? t('coupons.days_after', { n: one.valid_days }) : `${minute(one.valid_from_ms ?? 0)} – ${minute(one.valid_until_ms ?? 0)}`)
