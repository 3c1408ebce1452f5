// What an entry of the audit log says about its change, field by field.

/** The word of a group for a value, as `word` of i18n. */
export type Words = (group: string, value: string) => string

export interface FieldChange {
  field: string
  before: string | null
  after: string | null
  differs: boolean
}

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
const isObject = (value: Json | undefined): value is { [key: string]: Json } => typeof value === 'object' && value !== null && !Array.isArray(value)

function text(value: Json | undefined, word: Words): string | null {
  if (value === undefined || value === null || value === '') return null
  if (Array.isArray(value)) return value.map((one) => text(one, word) ?? '').join('、')
  if (isObject(value)) return Object.entries(value).map(([k, v]) => `${word('audit_field', k)}: ${text(v, word) ?? '—'}`).join('；')
  return typeof value === 'boolean' ? word('yes_no', value ? 'yes' : 'no') : String(value)
}

/** Before and after beside each other; an entry without them has its facts as what is after. Null: it is no JSON. */
export function fieldChanges(detail: string, word: Words): FieldChange[] | null {
  let read: Json
  try {
    read = JSON.parse(detail) as Json
  } catch {
    return null
  }
  if (!isObject(read)) return null
  const compared = isObject(read.before) || isObject(read.after)
  const before = isObject(read.before) ? read.before : {}
  const after = isObject(read.after) ? read.after : compared ? {} : read
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return fields.map((field) => {
    const [was, is] = [text(before[field], word), text(after[field], word)]
    return { field, before: was, after: is, differs: was !== is }
  })
}
