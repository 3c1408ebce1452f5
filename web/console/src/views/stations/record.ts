// How the fields of a station's record are written and read.
import type { StationDetail } from '@/api'

export const facilities: StationDetail['facilities'] = ['restroom', 'shop', 'restaurant', 'lounge', 'canopy', 'barrier', 'ground_lock', 'guard', 'printer', 'public_parking']

/** Degrees × 10⁶ as people write them: 114305400 → 114.305400. */
export const degrees = (e6: number): string => (e6 / 1e6).toFixed(6)
/** And back; null for what is no number of degrees. */
export function degreesRead(text: string): number | null {
  return /^-?\d{1,3}(\.\d{1,9})?$/.test(text.trim()) ? Math.round(Number(text) * 1e6) : null
}
/** 22:30 → 1350; null for what is no time of the day. */
export function minuteRead(text: string): number | null {
  const found = /^(\d{1,2}):(\d\d)$/.exec(text.trim())
  if (!found) return null
  const minute = Number(found[1]) * 60 + Number(found[2])
  return Number(found[2]) < 60 && minute <= 1440 ? minute : null
}

type Closing = Pick<StationDetail, 'closed_from_ms'> & Partial<Pick<StationDetail, 'closed_until_ms'>>
/** Whether new sessions may begin there at a moment. */
export function stationStatus(s: Closing, now: number): 'open' | 'closing' | 'closed' {
  if (s.closed_from_ms == null || (s.closed_until_ms != null && s.closed_until_ms <= now)) return 'open'
  return s.closed_from_ms > now ? 'closing' : 'closed'
}
export const photoUrl = (id: number) => `/api/v1/station-photos/${id}`
export const thumbnailUrl = (id: number) => `/api/v1/station-photos/${id}/thumbnail`
