// A composite schedule, as piles of OCPP 1.6 and 2.x answer it: which limit holds from when on.
import type { Json } from '@/components/schema/schema'

export interface Schedule {
  unit: string
  /** Moments and limits; the last one is the end. */
  steps: [at: number, limit: number][]
}

const part = (value: Json | undefined, key: string): Json | undefined => (value && typeof value === 'object' && !Array.isArray(value) ? (value as Record<string, Json>)[key] : undefined)

/** None where the answer carries no schedule. */
export function scheduleRead(answer: Json | undefined): Schedule | null {
  const schedule = part(answer, 'chargingSchedule') ?? part(answer, 'schedule')
  const periods = part(schedule, 'chargingSchedulePeriod')
  const begin = Date.parse(String(part(answer, 'scheduleStart') ?? part(schedule, 'scheduleStart') ?? part(schedule, 'startSchedule') ?? ''))
  if (!Array.isArray(periods) || !periods.length || Number.isNaN(begin)) return null
  const steps: Schedule['steps'] = []
  for (const period of periods) {
    const [start, limit] = [Number(part(period, 'startPeriod')), Number(part(period, 'limit'))]
    if (!Number.isFinite(start) || !Number.isFinite(limit)) return null
    steps.push([begin + start * 1000, limit])
  }
  const seconds = Number(part(schedule, 'duration') ?? 0)
  const last = steps.at(-1)
  if (last) steps.push([Math.max(begin + seconds * 1000, last[0]), last[1]])
  return { unit: String(part(schedule, 'chargingRateUnit') ?? 'W'), steps }
}
