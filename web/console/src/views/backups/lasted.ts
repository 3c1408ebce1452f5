import { duration } from '@/format'

/** A short time to the tenth of a second, a long one as elsewhere. */
export const lasted = (ms: number | null | undefined): string => (ms == null ? '—' : ms < 60_000 ? `${(ms / 1000).toFixed(1)} s` : duration(Math.round(ms / 1000)))
