// A fleet's usable hours in words.
import type { FleetHours } from '@/api'
import { minuteLabel } from '@/format'
import { t, word } from '@/i18n'
import { DAY } from '@/views/fleets/windows'

/** Its days, then its hours, with a mark where it ends on the next day. */
export function hoursText(h: FleetHours): string {
  const days = h.weekdays.join('')
  const named = days === '1234567' ? t('driver_prices.every_day') : days === '12345' ? t('driver_prices.workdays') : days === '67' ? t('driver_prices.weekend') : h.weekdays.map((d) => word('weekday', String(d))).join(t('plan.comma'))
  if (h.from_minute === 0 && h.to_minute === DAY) return `${named} ${t('driver_prices.all_day')}`
  const over = h.to_minute <= h.from_minute ? `${t('fleet_limit.next_day')} ` : ''
  return `${named} ${minuteLabel(h.from_minute)} – ${over}${minuteLabel(h.to_minute)}`
}
