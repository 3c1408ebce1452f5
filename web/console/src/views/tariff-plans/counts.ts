// How far a plan has come at its piles, and how far away its moment is.
import type { TariffPlan } from '@/api'

type Counts = TariffPlan['piles']
export type DeliveryState = Counts[number]['state']

/** States in which something is still to be done, those that a person should look at first. */
export const openStates: DeliveryState[] = ['refused', 'waiting', 'sent', 'charging', 'offline']

export const of = (counts: Counts, states: readonly DeliveryState[]): number => counts.filter((c) => states.includes(c.state)).reduce((sum, c) => sum + c.count, 0)
/** Piles that bill by themselves and so must be told. */
export const needed = (counts: Counts): number => of(counts, ['confirmed', ...openStates])

/** How long it is until a moment, in the unit that fits. */
export function distance(ms: number, now: number): { unit: 'moments' | 'minutes' | 'hours' | 'days'; n: number } {
  const minutes = Math.max(0, Math.round((ms - now) / 60_000))
  if (minutes < 1) return { unit: 'moments', n: 0 }
  if (minutes < 60) return { unit: 'minutes', n: minutes }
  if (minutes < 48 * 60) return { unit: 'hours', n: Math.round(minutes / 60) }
  return { unit: 'days', n: Math.round(minutes / 1440) }
}
