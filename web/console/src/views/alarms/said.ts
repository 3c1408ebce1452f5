// How an alarm is told in a line.
import type { Alarm } from '@/api'
import { t } from '@/i18n'

export const whatOf = (a: Pick<Alarm, 'text' | 'code'>): string => a.text ?? a.code
export const placeOf = (a: Pick<Alarm, 'station_name' | 'pile_code' | 'connector_no'>): string =>
  [a.station_name, a.pile_code, a.connector_no ? t('pile.connector_no', { no: a.connector_no }) : null].filter(Boolean).join(' · ')

/** 08:30 as the minute of the day; null where it is none. */
export function minuteOf(text: string): number | null {
  const found = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(text.trim())
  return found ? Number(found[1]) * 60 + Number(found[2]) : null
}
export const minuteText = (minute: number | null | undefined): string => (minute == null ? '' : `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`)
