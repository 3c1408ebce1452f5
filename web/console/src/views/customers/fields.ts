// The fields of a customer's form, and the names behind ids.
import { api } from '@/api'
import type { Field } from '@/components/form'
import type { Option } from '@/components/list'
import { t } from '@/i18n'
import { queries } from '@/query'
import { may } from '@/session'
import { customerKinds, optionsOf } from '@/words'

export const phoneWrong = (value: unknown): string | null => {
  const bare = String(value ?? '').replace(/[\s()-]/g, '').replace(/^(\+86|0086)/, '')
  return bare === '' || /^1[3-9]\d{9}$/.test(bare) || /^\+(?!86)\d{7,15}$/.test(bare) ? null : t('customers.phone_rule')
}

export async function fleetFind(text: string): Promise<Option[]> {
  if (!may('fleet.read')) return []
  const page = await api.fleet_list({ name: text || undefined, limit: 50 })
  return page.items.map((f) => ({ value: f.id, label: f.name }))
}
/** The name of a fleet of which a link knows only the id. */
export async function fleetName(id: string): Promise<string> {
  return (await queries.fetchQuery({ queryKey: ['fleet', id], queryFn: () => api.fleet_get(Number(id)), staleTime: 60_000 })).name
}

/** `readOnly`: name, phone and kind are looked after by the customer's source. */
export const customerFields = (readOnly: boolean, changing = false): Field[] => [
  ...(readOnly
    ? []
    : ([
        { key: 'name', label: t('customers.name'), kind: 'text', required: true, length: 64 },
        { key: 'phone', label: t('customers.phone'), kind: 'text', required: !changing, check: phoneWrong, help: changing ? t('customers.phone_keep') : undefined },
        { key: 'kind', label: t('customers.kind'), kind: 'select', required: true, options: optionsOf('customer_kind', customerKinds) },
      ] as Field[])),
  { key: 'fleet_id', label: t('customers.fleet'), kind: 'remote', find: fleetFind, placeholder: t('customers.fleet_none') },
  { key: 'tags', label: t('customers.tags'), kind: 'text', help: t('customers.tags_help') },
  { key: 'note', label: t('customers.note'), kind: 'textarea', length: 500 },
]
