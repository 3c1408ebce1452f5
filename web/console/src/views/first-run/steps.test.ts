import { describe, expect, it } from 'vitest'
import type { FirstRun } from '@/api-first-run'
import { door, isWanted, steps } from '@/views/first-run/steps'

const empty: FirstRun = {
  run: { dismissed: false, empty: true, operator: null, city: null, station: null, tariff: null, pile: null, charged: null, newest: null },
  doors: { public_url: null, http_port: 8080, tls_port: null, ykc_port: 8768, http_is_local: false, ykc_is_local: false },
  knocked: null,
}
const order = { id: 7, order_no: '202611270000007', state: 'completed', pile_code: 'P-1', energy_dwh: 5_000, total_fen: 70 }
const pile = { code: 'P/1', name: 'one', protocol: 'ocpp1.6', station_name: 's', has_password: true, online: false, last_seen_ms: null }

describe('steps', () => {
  it('are not done on an empty installation', () => {
    expect(steps(empty).map((s) => s.done)).toEqual([false, false, false, false, false, false])
  })
  it('are done when the thing is there: a pile when it has come, a tariff when a station has it', () => {
    const first = { ...empty, run: { ...empty.run, station: { id: 3, name: 's', version: 1, tariff: null }, tariff: { id: 9, name: 't' }, pile } }
    expect(steps(first).filter((s) => s.done).map((s) => s.name)).toEqual(['station'])
    const came = { ...first, run: { ...first.run, station: { ...first.run.station, tariff: first.run.tariff }, pile: { ...pile, last_seen_ms: 5 } } }
    expect(steps(came).filter((s) => s.done).map((s) => s.name)).toEqual(['station', 'tariff', 'pile'])
    expect(steps(came)[4]!.to).toBe('/piles/P%2F1')
  })
  it('are wanted until the first charge, or until somebody wants them no more', () => {
    expect(isWanted(empty)).toBe(true)
    expect(isWanted({ ...empty, run: { ...empty.run, dismissed: true } })).toBe(false)
    expect(isWanted({ ...empty, run: { ...empty.run, charged: order } })).toBe(false)
  })
})

describe('door', () => {
  it('is where the console was opened, unless the server knows better', () => {
    expect(door(empty, 'ocpp1.6', 'http://10.0.0.5:8080')).toMatchObject({ address: 'ws://10.0.0.5:8080/ocpp/', local: false })
    expect(door(empty, 'ocpp2.0.1', 'https://pile.example')).toMatchObject({ address: 'wss://pile.example/ocpp/', port: '443' })
    const known = { ...empty, doors: { ...empty.doors, public_url: 'https://platform.example' } }
    expect(door(known, 'ocpp1.6', 'http://127.0.0.1:8080')).toMatchObject({ address: 'wss://platform.example/ocpp/', local: false })
  })
  it('of YKC is the host with a port of its own', () => {
    expect(door(empty, 'ykc1.6', 'http://10.0.0.5:8080')).toMatchObject({ ykc: true, address: '10.0.0.5:8768', host: '10.0.0.5', port: '8768' })
  })
  it('is told where no pile can come to it', () => {
    for (const opened of ['http://127.0.0.1:8080', 'http://localhost:8080', 'http://[::1]:8080']) expect(door(empty, 'ocpp1.6', opened).local, opened).toBe(true)
    const shut = { ...empty, doors: { ...empty.doors, ykc_is_local: true } }
    expect(door(shut, 'ykc1.6', 'http://10.0.0.5').local).toBe(true)
    expect(door(shut, 'ocpp1.6', 'http://10.0.0.5').local).toBe(false)
  })
})
