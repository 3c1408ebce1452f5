import type { Option } from '@/components/list'

export type FormValues = Record<string, unknown>

export interface Field {
  key: string
  label: string
  kind: 'text' | 'password' | 'number' | 'select' | 'textarea' | 'remote' | 'date' | 'day' | 'custom'
  options?: Option[]
  /** For `remote`: looks for options while the person types. */
  find?: (text: string) => Promise<Option[]>
  required?: boolean
  help?: string
  placeholder?: string
  unit?: string
  min?: number
  max?: number
  length?: number
  disabled?: boolean
  wide?: boolean
  /** Whether it is there at all, as the others stand; always when not said. */
  when?: (values: FormValues) => boolean
  /** What is wrong with the value, or null. */
  check?: (value: unknown, values: FormValues) => string | null
}
