// The steps of the first run. Each is done when the thing is there; nothing is remembered beside that.
import type { FirstRun } from '@/api-first-run'

export const stepNames = ['operator', 'city', 'station', 'tariff', 'pile', 'charge'] as const
export type StepName = (typeof stepNames)[number]
export interface Step {
  name: StepName
  done: boolean
  /** What there is of it. */
  said: string
  /** Where it can be looked at. */
  to: string
}

export function steps({ run }: FirstRun): Step[] {
  const { operator, city, station, pile, charged } = run
  return [
    { name: 'operator', done: operator != null, said: operator?.name ?? '', to: '/operators' },
    { name: 'city', done: city != null, said: city?.name ?? '', to: '/cities' },
    { name: 'station', done: station != null, said: station?.name ?? '', to: station ? `/stations/${station.id}` : '/stations' },
    { name: 'tariff', done: station?.tariff != null, said: station?.tariff?.name ?? '', to: station?.tariff ? `/tariffs/${station.tariff.id}` : '/tariffs' },
    // A pile that is entered here but has never come is half of it.
    { name: 'pile', done: pile?.last_seen_ms != null, said: pile?.name ?? '', to: pile ? `/piles/${encodeURIComponent(pile.code)}` : '/piles' },
    { name: 'charge', done: charged != null, said: charged?.order_no ?? '', to: charged ? `/orders/${charged.id}` : '/orders' },
  ]
}

/** Whether the guide still has something to say to this installation. */
export const isWanted = (first: FirstRun): boolean => !first.run.dismissed && first.run.charged == null

/** What a pile is told, from what the server knows and where the console was opened. */
export interface Door {
  ykc: boolean
  /** Whole for OCPP; host and port for YKC. */
  address: string
  host: string
  port: string
  /** Piles cannot come there: it is an address of this machine alone. */
  local: boolean
}
const LOCAL = /^(localhost|127(\.\d+){3}|\[::1\])$/

export function door(first: FirstRun, protocol: string, opened: string): Door {
  const at = new URL(first.doors.public_url ?? opened)
  const ykc = protocol.startsWith('ykc')
  const port = ykc ? String(first.doors.ykc_port ?? '') : at.port || (at.protocol === 'https:' ? '443' : '80')
  const address = ykc ? `${at.hostname}:${port}` : `${at.protocol === 'https:' ? 'wss' : 'ws'}://${at.host}/ocpp/`
  return { ykc, address, host: at.hostname, port, local: LOCAL.test(at.hostname) || (ykc ? first.doors.ykc_is_local : first.doors.http_is_local) }
}
