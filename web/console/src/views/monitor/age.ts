// How old a value may be before it is no longer taken for one of now.
import { t } from '@/i18n'

export const STALE_MS = 2 * 60_000
export const isStale = (at: number | null | undefined, now: number): boolean => at == null || now - at > STALE_MS

/** 45 s, 3 min, 2 h, 4 d. */
export function ageText(at: number | null | undefined, now: number): string {
  if (at == null) return t('overview.never')
  const seconds = Math.max(0, Math.round((now - at) / 1000))
  if (seconds < 60) return t('overview.age_s', { n: seconds })
  if (seconds < 3600) return t('overview.age_min', { n: Math.floor(seconds / 60) })
  return seconds < 86_400 ? t('overview.age_h', { n: Math.floor(seconds / 3600) }) : t('overview.age_d', { n: Math.floor(seconds / 86_400) })
}
