// The fields of a fleet's form.
import type { Field } from '@/components/form'
import { t } from '@/i18n'
import { phoneWrong } from '@/views/customers/fields'

export const fleetFields = (changing: boolean): Field[] => [
  { key: 'name', label: t('fleets.name'), kind: 'text', required: true, length: 64, wide: true },
  { key: 'contact_name', label: t('fleets.contact'), kind: 'text', length: 32 },
  { key: 'contact_phone', label: t('fleets.contact_phone'), kind: 'text', check: phoneWrong, help: changing ? t('customers.phone_keep') : undefined },
  { key: 'note', label: t('customers.note'), kind: 'textarea', length: 500 },
]
