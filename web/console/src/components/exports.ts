// What lists can be given out as files, and the words and links for them.
import type { Permission } from '@/api'
import type { components } from '@contract'

export type ExportNoun = components['schemas']['ExportNoun']

/** The right that a list's file wants. */
export const exportRights: Record<ExportNoun, Permission> = {
  order: 'order.export',
  pile: 'pile.read',
  station: 'station.read',
  operator: 'station.read',
  city: 'station.read',
  card: 'card.read',
  customer: 'customer.read',
  fleet: 'fleet.read',
  voucher: 'content.read',
  alarm: 'alarm.read',
  work_order: 'work_order.read',
  feedback: 'feedback.read',
  invoice: 'invoice.read',
  day_bill: 'reconciliation.read',
  sharing_statement: 'sharing.read',
  sharing_line: 'sharing.read',
  report: 'report.read',
  staff: 'staff.read',
  audit: 'audit.read',
  fleet_car: 'fleet.read',
}
export const exportNouns = Object.keys(exportRights) as ExportNoun[]
export const exportFile = (id: number): string => `/api/v1/exports/${id}/file`
export const exportOpen = (state: string): boolean => state === 'queued' || state === 'running'

export const fileSize = (bytes: number | null): string => {
  if (bytes == null) return '—'
  if (bytes < 1024) return `${bytes} B`
  return bytes < 1024 * 1024 ? `${(bytes / 1024).toFixed(1)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`
}
