import type { Pile } from '@/api'

// What a whole pile is doing, from its connectors: the state that a person must know of first.
const order = ['faulted', 'charging', 'suspended_ev', 'suspended_evse', 'preparing', 'finishing', 'reserved', 'available', 'unavailable', 'unknown']

export function liveState(pile: Pick<Pile, 'online'> & { connectors: { status: string }[] }): string {
  if (!pile.online) return 'offline'
  return order.find((status) => pile.connectors.some((c) => c.status === status)) ?? 'unknown'
}
