// When a job runs, how long a run took, and what came of it, in words.
import type { Job, JobRun } from '@/api'
import { duration, minuteLabel } from '@/format'
import { t } from '@/i18n'

export function scheduleSaid(job: Job): string {
  if (job.daily_minute != null) return t('jobs.daily', { at: minuteLabel(job.daily_minute) })
  const seconds = job.every_s ?? 0
  return seconds >= 60 ? t('jobs.every_minutes', { n: seconds / 60 }) : t('jobs.every_seconds', { n: seconds })
}
export function tookSaid(run: JobRun): string | null {
  if (run.ended_at_ms == null) return null
  const ms = run.ended_at_ms - run.started_at_ms
  return ms < 10_000 ? t('jobs.took', { n: (ms / 1000).toFixed(1) }) : duration(ms / 1000)
}
