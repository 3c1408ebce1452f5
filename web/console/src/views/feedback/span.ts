// How long something took, in the unit in which people think of it.
import { t } from '@/i18n'

const MINUTE_MS = 60_000

export function spanText(ms: number): string {
  const minutes = Math.max(0, Math.round(ms / MINUTE_MS))
  if (minutes < 120) return t('feedbacks.minutes', { n: minutes })
  if (minutes < 48 * 60) return t('feedbacks.hours', { n: (minutes / 60).toFixed(1).replace(/\.0$/, '') })
  return t('feedbacks.days', { n: (minutes / 1440).toFixed(1).replace(/\.0$/, '') })
}
