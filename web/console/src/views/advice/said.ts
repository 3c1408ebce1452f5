// How the figures of an advice are told: each in its own unit.
import type { Advice } from '@/api'
import { energy, money, permille, price } from '@/format'
import { t } from '@/i18n'

type Figure = Advice['facts'][number]['figure']
export function figureText(figure: Figure, value: number): string {
  if (figure.endsWith('_permille')) return permille(value)
  if (figure.endsWith('_e5')) return price(value)
  if (figure.endsWith('_dwh')) return energy(value)
  if (figure === 'elasticity_milli') return (value / 1_000).toFixed(2)
  if (figure === 'change_day') return `${Math.floor(value / 10_000)}-${String(Math.floor(value / 100) % 100).padStart(2, '0')}-${String(value % 100).padStart(2, '0')}`
  if (figure.endsWith('_hour')) return `${String(value).padStart(2, '0')}:00`
  return String(value)
}
const of = (a: Advice, figure: Figure): number | undefined => a.facts.find((fact) => fact.figure === figure)?.value
const said = (a: Advice, figure: Figure): string => {
  const value = of(a, figure)
  return value == null ? '—' : figureText(figure, value)
}

/** The advice in one sentence. */
export function adviceText(a: Advice): string {
  const hours = { from: said(a, 'from_hour'), to: said(a, 'to_hour') }
  switch (a.kind) {
    case 'price_down':
      return t('advice.price_down', { ...hours, share: said(a, 'utilisation_permille'), change: permille(Math.abs(of(a, 'change_permille') ?? 0)) })
    case 'price_up':
      return t('advice.price_up', { ...hours, share: said(a, 'utilisation_permille'), change: said(a, 'change_permille') })
    case 'maintain':
      if (of(a, 'overdue_count') != null) return t('advice.inspect', { n: said(a, 'overdue_count'), days: said(a, 'overdue_days') })
      return of(a, 'alarm_hours') != null ? t('advice.alarm', { hours: said(a, 'alarm_hours'), failed: said(a, 'failed_count'), starts: said(a, 'start_count') }) : t('advice.failing', { failed: said(a, 'failed_count'), starts: said(a, 'start_count'), days: said(a, 'day_count') })
    case 'extend':
      return t('advice.extend', { share: said(a, 'utilisation_permille'), full: said(a, 'full_permille'), refused: said(a, 'refused_count') })
    case 'coupon':
      return t('advice.coupon', { n: said(a, 'sleeping_count'), days: said(a, 'day_count'), high: said(a, 'sleeping_high_count') })
  }
}
/** Where somebody does it: nothing is done by itself. */
export function adviceWay(a: Advice): { to: string; label: string; page: string } {
  switch (a.kind) {
    case 'price_down':
    case 'price_up':
      return { to: '/tariff-plans', label: t('advice.way_price'), page: 'tariff.read' }
    case 'maintain':
      return a.pile_code ? { to: `/alarms?pile=${encodeURIComponent(a.pile_code)}`, label: t('advice.way_alarms'), page: 'alarm.read' } : { to: '/work-orders?overdue=true&kind=inspection', label: t('advice.way_work'), page: 'work_order.read' }
    case 'extend':
      return { to: `/stations/${a.station_id}`, label: t('advice.way_station'), page: 'station.read' }
    case 'coupon':
      return { to: '/coupons', label: t('advice.way_coupon'), page: 'content.read' }
  }
}
export const effectText = (a: Advice): string | null => (a.effect == null ? null : a.effect.net_permille == null ? t('advice.effect_none') : t(a.effect.net_permille < 0 ? 'advice.effect_less' : 'advice.effect_more', { share: permille(Math.abs(a.effect.net_permille)) }))
export const expectedText = (a: Advice): string | null => (a.expected ? t('advice.expected_said', { energy: energy(a.expected.energy_dwh), money: money(a.expected.total_fen) }) : null)
