// What pages say of a plan.
import type { TariffPlan } from '@/api'
import { t } from '@/i18n'
import { distance } from '@/views/tariff-plans/counts'

export function stationsText(plan: TariffPlan): string {
  const names = plan.stations.join(t('plan.comma'))
  return plan.station_count > plan.stations.length ? t('plan.stations_more', { names, n: plan.station_count }) : names
}

/** How far away a moment to come is. */
export function momentNear(ms: number): string {
  const { unit, n } = distance(ms, Date.now())
  return t(`plan.in_${unit}`, { n })
}
