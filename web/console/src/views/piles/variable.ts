// The name of a variable of OCPP 2 as people write it, `Component#evse(instance).Variable(instance)`, in the words of
// a message.
export interface VariableOf {
  component: { name: string; instance?: string; evse?: { id: number } }
  variable: { name: string; instance?: string }
}

const PART = /^([^.#()]+)(?:#(\d{1,5}))?(?:\(([^()]*)\))?$/

export function variableParse(text: string): VariableOf | null {
  const at = text.indexOf('.')
  const component = PART.exec(text.slice(0, Math.max(at, 0)).trim())
  const variable = PART.exec(at < 0 ? '' : text.slice(at + 1).trim())
  if (!component || !variable || variable[2]) return null
  const named = (part: RegExpExecArray) => ({ name: part[1]!.trim(), ...(part[3] ? { instance: part[3] } : {}) })
  return { component: { ...named(component), ...(component[2] ? { evse: { id: Number(component[2]) } } : {}) }, variable: named(variable) }
}
