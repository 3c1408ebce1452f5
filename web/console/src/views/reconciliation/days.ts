// Days as the server names them, 20261123, from ranges of time as filters give them.
import type { ListQuery } from '@/api'
import { date, DAY_MS } from '@/format'

export const dayOf = (ms: number): number => Number(date(ms).replaceAll('-', ''))
export const yesterday = (now: number): number => dayOf(now - DAY_MS)

/** The range of a filter in days: the end of a range is the first moment after it. */
export function dayQuery(query: ListQuery): ListQuery {
  const { from_ms, to_ms, ...rest } = query
  return { ...rest, from_day: from_ms == null ? undefined : dayOf(Number(from_ms)), to_day: to_ms == null ? undefined : dayOf(Number(to_ms) - 1) }
}
