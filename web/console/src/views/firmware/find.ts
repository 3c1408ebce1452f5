// Firmware to choose from, for a pile where it is for one.
import { api, type Firmware } from '@/api'
import type { Option } from '@/components/list'
import { fitsSaid } from '@/views/firmware/fits'

const same = (wanted: string, known: string | null | undefined) => !wanted || !known || wanted.toLowerCase() === known.toLowerCase()
const option = (one: Firmware): Option => ({ value: one.id, label: `${one.name} · ${one.version}（${fitsSaid(one)}）` })

export async function firmwareFind(text: string, pile?: { vendor?: string | null; model?: string | null }): Promise<Option[]> {
  const { items } = await api.firmware_list({ name: text || undefined, limit: 50 })
  return items.filter((one) => one.digest && (!pile || (same(one.vendor, pile.vendor) && same(one.model, pile.model)))).map(option)
}

export const transferFile = (id: number): string => `/api/v1/transfers/${id}/file`
