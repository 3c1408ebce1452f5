import { expect, it } from 'vitest'
import { ocppFields } from '@/ocpp'

const say = (name: string) => ({ connectorId: 'Connector', SoC: 'SOC' })[name] ?? name

it('lays out a call with its measured values', () => {
  const raw = '[2,"7","MeterValues",{"connectorId":2,"meterValue":[{"timestamp":"2026-11-23T04:28:10Z","sampledValue":[{"value":"57808158"},{"measurand":"SoC","unit":"Percent","value":"37"},{"measurand":"Voltage","phase":"L1","unit":"V","value":"230.1"}]}]}]'
  expect(ocppFields(raw, say)!.map((f) => [f.name, f.label, f.value])).toEqual([
    ['connectorId', 'Connector', '2'],
    ['meterValue.timestamp', 'timestamp', '2026-11-23T04:28:10Z'],
    ['Energy.Active.Import.Register', 'Energy.Active.Import.Register', '57808158 Wh'],
    ['SoC', 'SOC', '37 %'],
    ['Voltage (L1)', 'Voltage', '230.1 V'],
  ])
})

it('lays out an answer, and nothing of what it cannot read', () => {
  expect(ocppFields('[3,"7",{"idTagInfo":{"status":"Accepted"},"transactionId":5}]', say)!.map((f) => f.value)).toEqual(['Accepted', '5'])
  for (const other of ['', 'x', '[2]', '[4,"7","InternalError","",{}]', '5']) expect(ocppFields(other, say), other).toBeNull()
})
