// Which contents each page of the menu is about.
import type { Content } from '@/api'
import { session } from '@/session'

export interface Place {
  path: string
  audience: Content['audience']
  kinds: Content['kind'][]
}

export const places: Record<string, Place> = {
  customer_banners: { path: '/customer-app/banners', audience: 'customer', kinds: ['banner', 'popup'] },
  customer_notices: { path: '/customer-app/notices', audience: 'customer', kinds: ['notice'] },
  customer_activities: { path: '/customer-app/activities', audience: 'customer', kinds: ['activity'] },
  customer_faqs: { path: '/customer-app/faqs', audience: 'customer', kinds: ['faq'] },
  customer_messages: { path: '/customer-app/messages', audience: 'customer', kinds: ['message'] },
  driver_tasks: { path: '/driver-app/tasks', audience: 'driver', kinds: ['task'] },
  driver_banners: { path: '/driver-app/banners', audience: 'driver', kinds: ['banner', 'popup'] },
  driver_notices: { path: '/driver-app/notices', audience: 'driver', kinds: ['notice'] },
  driver_faqs: { path: '/driver-app/faqs', audience: 'driver', kinds: ['faq'] },
  driver_messages: { path: '/driver-app/messages', audience: 'driver', kinds: ['message'] },
  staff_notices: { path: '/staff-notices', audience: 'staff', kinds: ['notice'] },
}
export const placeOf = (menu: unknown): Place => places[String(menu)] ?? places.customer_notices!

/** A template is not shown but used; its states are called so. */
export const stateGroup = (kind: Content['kind']): 'message_state' | 'content_state' => (kind === 'message' ? 'message_state' : 'content_state')
/** Staff of an operator read what the whole platform's is, and do not change it. */
export const isTheirs = (one: { operator_id: number | null }): boolean => session.current?.staff.operator_id == null || session.current.staff.operator_id === one.operator_id
