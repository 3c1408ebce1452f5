import { describe, expect, it } from 'vitest'
import { variableParse } from '@/views/piles/variable'

describe('the name of a variable', () => {
  it('is read with its EVSE and its instances', () => {
    expect(variableParse('OCPPCommCtrlr.HeartbeatInterval')).toEqual({ component: { name: 'OCPPCommCtrlr' }, variable: { name: 'HeartbeatInterval' } })
    expect(variableParse(' EVSE#2(left).Power(Max) ')).toEqual({ component: { name: 'EVSE', instance: 'left', evse: { id: 2 } }, variable: { name: 'Power', instance: 'Max' } })
  })
  it('is refused when a part is missing', () => {
    for (const text of ['', 'Power', '.Power', 'EVSE.', 'EVSE#x.Power', 'EVSE.Power#1']) expect(variableParse(text)).toBeNull()
  })
})
