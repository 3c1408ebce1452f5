import { describe, expect, it } from 'vitest'
import { faults, initial, tidy, type Json, type Schema } from '@/components/schema/schema'

const schema: Schema = {
  type: 'object',
  additionalProperties: false,
  definitions: { Kind: { type: 'string', enum: ['Full', 'Differential'] } },
  properties: {
    version: { type: 'integer', minimum: 0 },
    kind: { $ref: '#/definitions/Kind' },
    list: { type: 'array', minItems: 1, items: { type: 'object', required: ['tag'], properties: { tag: { type: 'string', maxLength: 5 }, until: { type: 'string', format: 'date-time' } } } },
    limit: { type: 'number', multipleOf: 0.1 },
    open: { type: 'object' },
  },
  required: ['version', 'kind'],
}
const told = (rule: string, values?: Record<string, unknown>) => `${rule}${values?.n ?? ''}`
const of = (value: Json) => faults(schema, schema, value, told)

describe('a form from a schema', () => {
  it('begins with the groups that must be there', () => {
    expect(initial(schema, schema)).toEqual({})
    expect(initial({ ...schema, required: ['list'] }, schema)).toEqual({ list: [{}] })
  })
  it('leaves out what is empty', () => {
    expect(tidy({ version: 0, kind: ' ', list: ['', 'A'], open: { x: undefined, y: false } })).toEqual({ version: 0, list: ['A'], open: { y: false } })
    expect(tidy({})).toEqual({})
  })
  it('names each broken rule at its field', () => {
    expect(of({ version: 1, kind: 'Full' })).toEqual({})
    expect(of({})).toEqual({ version: 'required', kind: 'required' })
    expect(of({ version: 1.5, kind: 'None' })).toEqual({ version: 'integer', kind: 'enum' })
    expect(of({ version: -1, kind: 'Full', list: [] })).toEqual({ version: 'minimum0', list: 'min_items1' })
    expect(of({ version: 1, kind: 'Full', list: [{ tag: 'ABCDE' }, { tag: 'ABCDEF', until: 'soon' }, {}] })).toEqual({ 'list[1].tag': 'max_length5', 'list[1].until': 'date', 'list[2].tag': 'required' })
    expect(of({ version: 1, kind: 'Full', limit: 16.05, more: 1 })).toEqual({ limit: 'multiple0.1', more: 'unknown' })
    expect(of({ version: 1, kind: 'Full', limit: 16.1, open: { any: 1 } })).toEqual({})
  })
  it('holds the ends of the range', () => {
    expect(of({ version: 2_147_483_647, kind: 'Full' })).toEqual({})
    expect(of({ version: 2_147_483_648, kind: 'Full' })).toEqual({ version: 'maximum2147483647' })
  })
})
