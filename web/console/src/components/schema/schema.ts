// JSON schema as far as the protocols use it: what a form is made from, and the same rules checked
// before anything is sent. Nothing here knows a protocol.

export interface Schema {
  type?: string
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  enum?: string[]
  format?: string
  maxLength?: number
  minLength?: number
  minimum?: number
  maximum?: number
  minItems?: number
  maxItems?: number
  multipleOf?: number
  additionalProperties?: boolean
  definitions?: Record<string, Schema>
  $ref?: string
}
export type Json = string | number | boolean | null | Json[] | { [name: string]: Json | undefined }
export type Told = (rule: string, values?: Record<string, unknown>) => string

/** Where the protocols say no range, theirs is that of 32 bits. */
export const INTEGER = { least: -2_147_483_648, most: 2_147_483_647 }

/** Follows a reference into the definitions of the whole. */
export function resolved(schema: Schema, root: Schema): Schema {
  let now = schema
  for (let i = 0; now.$ref && i < 8; i += 1) now = root.definitions?.[now.$ref.replace('#/definitions/', '')] ?? {}
  return now
}
export const at = (path: string, name: string) => (path ? `${path}.${name}` : name)
export const isGroup = (schema: Schema) => schema.type === 'object' || schema.type === 'array'
/** An object of which nothing is known, or a value of any type: written as JSON. */
export const isFree = (schema: Schema) => !schema.type || (schema.type === 'object' && !schema.properties)

/** What a new form holds: required groups are there, everything else is left to the person. */
export function initial(schema: Schema, root: Schema): Json | undefined {
  const own = resolved(schema, root)
  if (own.type === 'array') return (own.minItems ?? 0) > 0 && own.items ? [filled(own.items, root)] : []
  if (own.type !== 'object') return undefined
  const value: { [name: string]: Json | undefined } = {}
  for (const name of own.required ?? []) {
    const inner = own.properties?.[name]
    const start = inner && initial(inner, root)
    if (start !== undefined) value[name] = start
  }
  return value
}
/** An item of a list: what is not a group begins empty. */
export const filled = (schema: Schema, root: Schema): Json => initial(schema, root) ?? ''

/** Without what was left empty. */
export function tidy(value: Json | undefined): Json | undefined {
  if (typeof value === 'string') return value.trim() === '' ? undefined : value
  if (value == null) return undefined
  if (Array.isArray(value)) return value.map(tidy).filter((one) => one !== undefined)
  if (typeof value === 'object') {
    const entries = Object.entries(value).flatMap(([name, inner]) => {
      const kept = tidy(inner)
      return kept === undefined ? [] : [[name, kept] as const]
    })
    return Object.fromEntries(entries)
  }
  return value
}

/** Which fields break which rule; the paths are those of the protocols: `list[1].idTag`. */
export function faults(schema: Schema, root: Schema, value: Json | undefined, told: Told, path = ''): Record<string, string> {
  const own = resolved(schema, root)
  const bad = (rule: string, values?: Record<string, unknown>) => ({ [path]: told(rule, values) })
  if (value === undefined || value === null) return bad('required')
  switch (own.type) {
    case 'object': {
      if (typeof value !== 'object' || Array.isArray(value)) return bad('object')
      const all: Record<string, string> = {}
      for (const name of own.required ?? []) if (value[name] === undefined) all[at(path, name)] = told('required')
      for (const [name, inner] of Object.entries(value)) {
        const known = own.properties?.[name]
        if (known) Object.assign(all, inner === undefined ? {} : faults(known, root, inner, told, at(path, name)))
        else if (own.additionalProperties === false) all[at(path, name)] = told('unknown')
      }
      return all
    }
    case 'array': {
      if (!Array.isArray(value)) return bad('array')
      if (own.minItems !== undefined && value.length < own.minItems) return bad('min_items', { n: own.minItems })
      if (own.maxItems !== undefined && value.length > own.maxItems) return bad('max_items', { n: own.maxItems })
      return Object.assign({}, ...value.map((one, i) => (own.items ? faults(own.items, root, one, told, `${path}[${i}]`) : {}))) as Record<string, string>
    }
    case 'string': {
      if (typeof value !== 'string') return bad('string')
      if (own.enum && !own.enum.includes(value)) return bad('enum', { words: own.enum.join(', ') })
      const length = [...value].length
      if (own.maxLength !== undefined && length > own.maxLength) return bad('max_length', { n: own.maxLength })
      if (own.minLength !== undefined && length < own.minLength) return bad('min_length', { n: own.minLength })
      if (own.format === 'date-time' && !(/^\d{4}-\d\d-\d\dT/.test(value) && Number.isFinite(Date.parse(value)))) return bad('date')
      return {}
    }
    case 'integer':
    case 'number': {
      if (typeof value !== 'number' || !Number.isFinite(value)) return bad('number')
      if (own.type === 'integer' && !Number.isInteger(value)) return bad('integer')
      const [least, most] = [own.minimum ?? (own.type === 'integer' ? INTEGER.least : undefined), own.maximum ?? (own.type === 'integer' ? INTEGER.most : undefined)]
      if (least !== undefined && value < least) return bad('minimum', { n: least })
      if (most !== undefined && value > most) return bad('maximum', { n: most })
      const times = own.multipleOf ? value / own.multipleOf : 0
      if (Math.abs(times - Math.round(times)) > 1e-6) return bad('multiple', { n: own.multipleOf })
      return {}
    }
    case 'boolean':
      return typeof value === 'boolean' ? {} : bad('boolean')
    default:
      return {}
  }
}

/** Decimal places that a number is written with. */
export const places = (schema: Schema): number => (schema.multipleOf && schema.multipleOf < 1 ? Math.round(-Math.log10(schema.multipleOf)) : 3)
