// The side menu, in the order in which the standard names the sections. A section without a page is left out.
import type { Permission } from '@/api'
import type { GlyphName } from '@/components/glyphs'
import { mayOpen, type Openable } from '@/session'

export interface MenuPage extends Openable {
  name: string
  path: string
  /** None: everybody has it, for their own matters. */
  permission?: Permission
  glyph: GlyphName
}
export interface MenuSection {
  name: string
  pages: MenuPage[]
}

export const menu: MenuSection[] = [
  { name: 'home', pages: [{ name: 'home', path: '/', permission: 'home.read', glyph: 'home' }] },
  {
    name: 'monitor',
    pages: [
      { name: 'monitor', path: '/monitor', permission: 'pile.read', glyph: 'chart' },
      { name: 'alarms', path: '/alarms', permission: 'alarm.read', glyph: 'alert' },
      { name: 'work_orders', path: '/work-orders', permission: 'work_order.read', glyph: 'task' },
      { name: 'inspection_plans', path: '/inspection-plans', permission: 'work_order.read', platform: true, glyph: 'clock' },
      { name: 'healing_runs', path: '/healing-runs', permission: 'alarm.read', glyph: 'auto_run' },
      { name: 'healing_playbooks', path: '/healing-playbooks', permission: 'alarm.read', glyph: 'book' },
      { name: 'alarm_rules', path: '/alarm-rules', permission: 'alarm.read', glyph: 'sliders' },
    ],
  },
  {
    name: 'safety',
    pages: [
      { name: 'safety_rules', path: '/safety-rules', permission: 'safety.read', glyph: 'sliders' },
      { name: 'safety_acts', path: '/safety-acts', permission: 'safety.read', glyph: 'alert' },
      { name: 'emergencies', path: '/emergencies', permission: 'safety.read', glyph: 'ban' },
      { name: 'battery_safety', path: '/battery-safety', permission: 'safety.read', glyph: 'bolt' },
      { name: 'device_checks', path: '/device-checks', permission: 'safety.read', glyph: 'clock' },
      { name: 'dangers', path: '/dangers', permission: 'work_order.read', glyph: 'task' },
    ],
  },
  {
    name: 'base',
    pages: [
      { name: 'piles', path: '/piles', permission: 'pile.read', glyph: 'pile' },
      { name: 'pile_batches', path: '/pile-batches', permission: 'pile.read', glyph: 'columns' },
      { name: 'reservations', path: '/reservations', permission: 'pile.read', glyph: 'clock' },
      { name: 'configuration_profiles', path: '/configuration-profiles', permission: 'pile.read', glyph: 'sliders' },
      { name: 'firmware', path: '/firmware', permission: 'pile.read', glyph: 'chip' },
      { name: 'dialects', path: '/dialects', permission: 'pile.read', glyph: 'frames' },
      { name: 'map', path: '/map', permission: 'station.read', glyph: 'map' },
      { name: 'stations', path: '/stations', permission: 'station.read', glyph: 'station' },
      { name: 'operators', path: '/operators', permission: 'station.read', glyph: 'operator' },
    ],
  },
  {
    name: 'operation',
    pages: [
      { name: 'cities', path: '/cities', permission: 'station.read', glyph: 'city' },
      { name: 'orders', path: '/orders', permission: 'order.read', glyph: 'order' },
      { name: 'abnormal_orders', path: '/abnormal-orders', permission: 'order.read', glyph: 'alert' },
      { name: 'order_imports', path: '/order-imports', permission: 'order.import', glyph: 'imported' },
      { name: 'tariffs', path: '/tariffs', permission: 'tariff.read', glyph: 'tariff' },
      { name: 'tariff_plans', path: '/tariff-plans', permission: 'tariff.read', glyph: 'clock' },
    ],
  },
  {
    name: 'customer',
    pages: [
      { name: 'customers', path: '/customers', permission: 'customer.read', glyph: 'customer' },
      { name: 'customer_segments', path: '/customer-segments', permission: 'customer.read', glyph: 'chart' },
      { name: 'erasures', path: '/erasures', permission: 'customer.erase', platform: true, glyph: 'lock' },
      { name: 'member_levels', path: '/member-levels', permission: 'customer.read', glyph: 'gift' },
      { name: 'fleets', path: '/fleets', permission: 'fleet.read', glyph: 'fleet' },
      { name: 'cards', path: '/cards', permission: 'card.read', glyph: 'card' },
    ],
  },
  {
    name: 'customer_app',
    pages: [
      { name: 'customer_banners', path: '/customer-app/banners', permission: 'content.read', glyph: 'picture' },
      { name: 'customer_notices', path: '/customer-app/notices', permission: 'content.read', glyph: 'megaphone' },
      { name: 'customer_activities', path: '/customer-app/activities', permission: 'content.read', glyph: 'gift' },
      { name: 'coupons', path: '/coupons', permission: 'content.read', glyph: 'coupon' },
      { name: 'customer_faqs', path: '/customer-app/faqs', permission: 'content.read', glyph: 'question' },
      { name: 'customer_messages', path: '/customer-app/messages', permission: 'content.read', glyph: 'mail' },
      { name: 'customer_preview', path: '/customer-app/preview', permission: 'content.read', glyph: 'phone' },
    ],
  },
  {
    name: 'driver_app',
    pages: [
      { name: 'driver_prices', path: '/driver-prices', permission: 'content.read', glyph: 'price' },
      { name: 'driver_tasks', path: '/driver-app/tasks', permission: 'content.read', glyph: 'task' },
      { name: 'driver_banners', path: '/driver-app/banners', permission: 'content.read', glyph: 'picture' },
      { name: 'driver_notices', path: '/driver-app/notices', permission: 'content.read', glyph: 'megaphone' },
      { name: 'driver_faqs', path: '/driver-app/faqs', permission: 'content.read', glyph: 'question' },
      { name: 'driver_messages', path: '/driver-app/messages', permission: 'content.read', glyph: 'mail' },
      { name: 'driver_preview', path: '/driver-app/preview', permission: 'content.read', glyph: 'phone' },
    ],
  },
  {
    name: 'finance',
    pages: [
      { name: 'invoices', path: '/invoices', permission: 'invoice.read', glyph: 'invoice' },
      { name: 'sellers', path: '/sellers', permission: 'invoice.read', glyph: 'operator' },
      { name: 'payments', path: '/payments', permission: 'payment.read', glyph: 'card' },
      { name: 'refunds', path: '/refunds', permission: 'payment.read', glyph: 'refresh' },
      { name: 'pay_channels', path: '/pay-channels', permission: 'payment.read', platform: true, glyph: 'qr' },
      { name: 'postings', path: '/postings', permission: 'ledger.read', glyph: 'tariff' },
      { name: 'trial_balance', path: '/trial-balance', permission: 'ledger.read', platform: true, glyph: 'columns' },
      { name: 'reconciliations', path: '/reconciliations', permission: 'reconciliation.read', glyph: 'check' },
      { name: 'channel_bills', path: '/channel-bills', permission: 'reconciliation.read', platform: true, glyph: 'qr' },
      { name: 'peer_bills', path: '/peer-bills', permission: 'reconciliation.read', platform: true, glyph: 'plug' },
      { name: 'day_bills', path: '/day-bills', permission: 'reconciliation.read', glyph: 'invoice' },
      { name: 'payees', path: '/payees', permission: 'sharing.read', glyph: 'customer' },
      { name: 'sharing_rules', path: '/sharing-rules', permission: 'sharing.read', glyph: 'sliders' },
      { name: 'sharing_periods', path: '/sharing-periods', permission: 'sharing.read', glyph: 'chart' },
    ],
  },
  { name: 'service', pages: [{ name: 'feedback', path: '/feedback', permission: 'feedback.read', glyph: 'chat' }, { name: 'callers', path: '/callers', permission: 'feedback.read', glyph: 'phone' }, { name: 'feedback_templates', path: '/feedback-templates', permission: 'feedback.read', glyph: 'book' }, { name: 'feedback_blocks', path: '/feedback-blocks', permission: 'feedback.read', glyph: 'ban' }] },
  {
    name: 'analysis',
    pages: [
      { name: 'reports', path: '/reports', permission: 'report.read', glyph: 'columns' },
      { name: 'report_hours', path: '/report-hours', permission: 'report.read', glyph: 'clock' },
      { name: 'pile_healths', path: '/pile-healths', permission: 'pile.read', glyph: 'pile' },
      { name: 'report_plans', path: '/report-plans', permission: 'report.read', glyph: 'mail' },
      { name: 'kpis', path: '/kpis', permission: 'report.read', glyph: 'book' },
      { name: 'advice', path: '/advice', permission: 'station.read', glyph: 'task' }, { name: 'forecast', path: '/forecast', permission: 'station.read', glyph: 'chart' },
    ],
  },
  {
    name: 'system',
    pages: [
      { name: 'unknown_piles', path: '/unknown-piles', permission: 'pile.write', platform: true, glyph: 'unknown' },
      { name: 'staff', path: '/staff', permission: 'staff.read', glyph: 'staff' },
      { name: 'identity_providers', path: '/identity-providers', permission: 'staff.read', platform: true, glyph: 'plug' },
      { name: 'roles', path: '/roles', permission: 'staff.read', glyph: 'lock' },
      { name: 'parameters', path: '/parameters', permission: 'parameter.read', platform: true, glyph: 'sliders' },
      { name: 'dictionaries', path: '/dictionaries', permission: 'parameter.read', platform: true, glyph: 'book' },
      { name: 'jobs', path: '/jobs', permission: 'job.read', platform: true, glyph: 'auto_run' },
      { name: 'backups', path: '/backups', permission: 'job.read', platform: true, glyph: 'saved' },
      { name: 'channels', path: '/channels', permission: 'job.read', platform: true, glyph: 'mail' },
      { name: 'brand', path: '/brand', permission: 'brand.write', glyph: 'palette' },
      { name: 'customer_source', path: '/customer-source', permission: 'job.read', platform: true, glyph: 'refresh' },
      { name: 'staff_notices', path: '/staff-notices', permission: 'content.read', glyph: 'megaphone' },
      { name: 'account', path: '/account', glyph: 'staff' },
      { name: 'exports', path: '/exports', glyph: 'exported' },
      { name: 'audit', path: '/audit', permission: 'audit.read', platform: true, glyph: 'audit' },
      { name: 'log_ins', path: '/log-ins', permission: 'audit.read', platform: true, glyph: 'clock' },
    ],
  },
]

/** The sections with the pages that this person may open. */
export const menuSections = (): MenuSection[] => menu.map((s) => ({ ...s, pages: s.pages.filter(mayOpen) })).filter((s) => s.pages.length > 0)
export const menuPages = (): MenuPage[] => menuSections().flatMap((s) => s.pages)
