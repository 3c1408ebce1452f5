// OCPP frames are JSON with names of their own; this lays one out as rows with a word for each name.
/** The word for a name of the protocol. */
export type Say = (name: string) => string
export interface Row {
  name: string
  label: string
  value: string
}

const units: Record<string, string> = { Celsius: '℃', Percent: '%' }

const row = (say: Say, path: string, name: string, value: unknown, unit = ''): Row => {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return { name: path, label: say(name), value: unit ? `${text} ${unit}` : text }
}
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

function lay(say: Say, value: Record<string, unknown>, path: string): Row[] {
  return Object.entries(value).flatMap(([name, inner]) => {
    const here = path ? `${path}.${name}` : name
    if (isObject(inner)) return lay(say, inner, here)
    if (!Array.isArray(inner)) return [row(say, here, name, inner)]
    return inner.flatMap((one: unknown, i) => {
      if (!isObject(one)) return [row(say, `${here}[${i}]`, name, one)]
      // A measured value is known by what it measures.
      if (name === 'sampledValue' && 'value' in one) {
        const of = String(one.measurand ?? 'Energy.Active.Import.Register')
        const unit = String(one.unit ?? (of === 'Energy.Active.Import.Register' ? 'Wh' : ''))
        const which = [one.phase, one.location === 'Outlet' ? null : one.location, one.context === 'Sample.Periodic' ? null : one.context].filter(Boolean).join(' ')
        return [row(say, which ? `${of} (${which})` : of, of, one.value, units[unit] ?? unit)]
      }
      return lay(say, one, inner.length > 1 ? `${here}[${i}]` : here)
    })
  })
}

/** The payload of a call or of an answer as rows; null when it is not JSON of that kind. */
export function ocppFields(raw: string, say: Say): Row[] | null {
  try {
    const frame: unknown = JSON.parse(raw)
    const payload: unknown = Array.isArray(frame) ? frame[frame[0] === 2 ? 3 : 2] : frame
    return isObject(payload) ? lay(say, payload, '') : null
  } catch {
    return null
  }
}
