// What every field of one form shares.
import type { InjectionKey } from 'vue'
import type { Option } from '@/components/list'
import type { Schema } from '@/components/schema/schema'

export interface SchemaSite {
  root: () => Schema
  /** Path of a field → what is wrong with it. */
  errors: Record<string, string>
  /** The time zone that moments are shown and typed in. */
  zone: () => string
  /** Values to choose from, by the name of the field, where the page knows them. */
  choices: () => Record<string, Option[]>
}
export const schemaSite: InjectionKey<SchemaSite> = Symbol('schema')
