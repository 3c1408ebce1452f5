import { watch } from 'vue'
import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'
import { hooks, type Permission } from '@/api'
import { language, t } from '@/i18n'
import ConsoleLayout from '@/layout/ConsoleLayout.vue'
import { problemShow } from '@/problem'
import { safeReturn } from '@/safe-return'
import { may, session, sessionLoad } from '@/session'

declare module 'vue-router' {
  interface RouteMeta {
    /** The key of the page's name under `page.` */
    title?: string
    /** The menu page to which it belongs. */
    menu?: string
    permission?: Permission
  }
}

const page = (path: string, title: string, permission: Permission, component: RouteRecordRaw['component'], menu = title) =>
  ({ path, name: title, component, meta: { title, permission, menu } }) as RouteRecordRaw

export const router = createRouter({
  history: createWebHistory(),
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
  routes: [
    { path: '/sign-in', name: 'sign_in', component: () => import('@/views/session/SignIn.vue'), meta: { title: 'sign_in' } },
    {
      path: '/',
      component: ConsoleLayout,
      children: [
        page('', 'home', 'home.read', () => import('@/views/home/HomePage.vue')),
        page('piles', 'piles', 'pile.read', () => import('@/views/piles/PileList.vue')),
        page('piles/:code', 'pile', 'pile.read', () => import('@/views/piles/PileDetail.vue'), 'piles'),
        page('stations', 'stations', 'station.read', () => import('@/views/stations/StationList.vue')),
        page('orders', 'orders', 'order.read', () => import('@/views/orders/OrderList.vue')),
        page('orders/:id(\\d+)', 'order', 'order.read', () => import('@/views/orders/OrderDetail.vue'), 'orders'),
        page('tariffs', 'tariffs', 'tariff.read', () => import('@/views/tariffs/TariffList.vue')),
        page('cards', 'cards', 'card.read', () => import('@/views/cards/CardList.vue')),
        page('unknown-piles', 'unknown_piles', 'pile.read', () => import('@/views/unknown-piles/UnknownPileList.vue')),
        page('staff', 'staff', 'staff.read', () => import('@/views/staff/StaffList.vue')),
        page('audit', 'audit', 'audit.read', () => import('@/views/audit/AuditList.vue')),
        { path: 'denied', name: 'denied', component: () => import('@/views/NoPermission.vue'), meta: { title: 'denied' } },
        { path: ':rest(.*)*', name: 'missing', component: () => import('@/views/NotFound.vue'), meta: { title: 'missing' } },
      ],
    },
  ],
})

router.beforeEach(async (to) => {
  try {
    await sessionLoad()
  } catch (error) {
    // Not known yet whether somebody is signed in: the sign-in page tells what is wrong.
    if (to.name !== 'sign_in') return { name: 'sign_in', query: { to: to.fullPath } }
    problemShow(error)
    return true
  }
  if (to.name === 'sign_in') return session.current ? safeReturn(to.query.to) : true
  if (!session.current) return { name: 'sign_in', query: to.fullPath === '/' ? {} : { to: to.fullPath } }
  if (to.meta.permission && !may(to.meta.permission)) return { name: 'denied', query: { page: to.meta.title } }
  return true
})

// The session ended on the server: sign in and come back to this very page.
hooks.signedOut = () => {
  if (!session.known || !session.current) return
  session.current = null
  const at = router.currentRoute.value
  if (at.name !== 'sign_in') void router.replace({ name: 'sign_in', query: { to: at.fullPath, ended: '1' } })
}

watch(
  [() => router.currentRoute.value.meta.title, () => router.currentRoute.value.params, language],
  ([title, params]) => {
    const thing = params.code ?? params.id
    document.title = [thing, title ? t(`page.${title}`) : null, 'PileOps'].filter(Boolean).join(' · ')
  },
  { immediate: true },
)
