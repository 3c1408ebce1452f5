import { watch } from 'vue'
import { createRouter, createWebHistory, type RouteMeta, type RouteRecordRaw } from 'vue-router'
import { hooks, type Permission } from '@/api'
import { brand } from '@/brand'
import { language, t } from '@/i18n'
import ConsoleLayout from '@/layout/ConsoleLayout.vue'
import { problemShow } from '@/problem'
import { safeReturn } from '@/safe-return'
import { mayOpen, session, sessionLoad } from '@/session'

declare module 'vue-router' {
  interface RouteMeta {
    /** The key of the page's name under `page.` */
    title?: string
    /** The menu page to which it belongs. */
    menu?: string
    permission?: Permission
    platform?: boolean
  }
}

const page = (path: string, title: string, permission: Permission | undefined, component: RouteRecordRaw['component'], more: RouteMeta = {}) =>
  ({ path, name: title, component, meta: { title, permission, menu: title, ...more } }) as RouteRecordRaw

/** A list of contents and one behind it; which kinds they are is said in views/content/places.ts. */
const contents = (path: string, title: string) => [
  page(path, title, 'content.read', () => import('@/views/content/ContentList.vue')),
  { path: `${path}/:id(\\d+)`, name: `${title}_one`, component: () => import('@/views/content/ContentDetail.vue'), meta: { title: 'content', permission: 'content.read', menu: title } } as RouteRecordRaw,
]

export const router = createRouter({
  history: createWebHistory(),
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
  routes: [
    { path: '/sign-in', name: 'sign_in', component: () => import('@/views/session/SignIn.vue'), meta: { title: 'sign_in' } },
    { path: '/sign-in/provider', name: 'provider_back', component: () => import('@/views/session/ProviderBack.vue'), meta: { title: 'sign_in' } },
    { path: '/screen', name: 'screen', component: () => import('@/views/monitor/ScreenPage.vue'), meta: { title: 'screen', permission: 'pile.read', menu: 'monitor' } },
    { path: '/bill', name: 'bill_check', component: () => import('@/views/bills/BillCheck.vue'), meta: { title: 'bill_check' } },
    {
      path: '/',
      component: ConsoleLayout,
      children: [
        page('', 'home', 'home.read', () => import('@/views/home/HomePage.vue')),
        page('first-run', 'first_run', 'operator.write', () => import('@/views/first-run/FirstRunPage.vue'), { menu: 'home', platform: true }),
        page('monitor', 'monitor', 'pile.read', () => import('@/views/monitor/OverviewPage.vue')),
        page('monitor/stations/:id(\\d+)', 'station_board', 'pile.read', () => import('@/views/monitor/StationBoard.vue'), { menu: 'monitor' }),
        page('alarms', 'alarms', 'alarm.read', () => import('@/views/alarms/AlarmList.vue')),
        page('alarms/:id(\\d+)', 'alarm', 'alarm.read', () => import('@/views/alarms/AlarmDetail.vue'), { menu: 'alarms' }),
        page('work-orders', 'work_orders', 'work_order.read', () => import('@/views/work-orders/WorkOrderList.vue')),
        page('work-orders/:id(\\d+)', 'work_order', 'work_order.read', () => import('@/views/work-orders/WorkOrderDetail.vue'), { menu: 'work_orders' }),
        page('inspection-plans', 'inspection_plans', 'work_order.read', () => import('@/views/work-orders/InspectionPlans.vue'), { platform: true }),
        page('alarm-rules', 'alarm_rules', 'alarm.read', () => import('@/views/alarms/AlarmRules.vue')),
        page('safety-rules', 'safety_rules', 'safety.read', () => import('@/views/safety/SafetyRules.vue')),
        page('safety-trials/:id(\\d+)', 'safety_trial', 'safety.read', () => import('@/views/safety/SafetyTrial.vue'), { menu: 'safety_rules' }),
        page('safety-acts', 'safety_acts', 'safety.read', () => import('@/views/safety/SafetyActs.vue')),
        page('safety-acts/:id(\\d+)', 'safety_act', 'safety.read', () => import('@/views/safety/SafetyActDetail.vue'), { menu: 'safety_acts' }),
        page('emergencies', 'emergencies', 'safety.read', () => import('@/views/safety/EmergencyList.vue')),
        page('emergencies/:id(\\d+)', 'emergency', 'safety.read', () => import('@/views/safety/EmergencyDetail.vue'), { menu: 'emergencies' }),
        page('battery-safety', 'battery_safety', 'safety.read', () => import('@/views/safety/BatterySafetyList.vue')),
        page('device-checks', 'device_checks', 'safety.read', () => import('@/views/safety/DeviceChecks.vue')),
        page('dangers', 'dangers', 'work_order.read', () => import('@/views/safety/DangerPage.vue')),
        page('healing-runs', 'healing_runs', 'alarm.read', () => import('@/views/healing/RunList.vue')),
        page('healing-runs/:id(\\d+)', 'healing_run', 'alarm.read', () => import('@/views/healing/RunDetail.vue'), { menu: 'healing_runs' }),
        page('healing-playbooks', 'healing_playbooks', 'alarm.read', () => import('@/views/healing/PlaybookList.vue')),
        page('piles', 'piles', 'pile.read', () => import('@/views/piles/PileList.vue')),
        page('piles/:code', 'pile', 'pile.read', () => import('@/views/piles/PileDetail.vue'), { menu: 'piles' }),
        page('pile-batches', 'pile_batches', 'pile.read', () => import('@/views/pile-batches/PileBatchList.vue')),
        page('pile-batches/:id(\\d+)', 'pile_batch', 'pile.read', () => import('@/views/pile-batches/PileBatchDetail.vue'), { menu: 'pile_batches' }),
        page('dialects', 'dialects', 'pile.read', () => import('@/views/dialects/DialectList.vue')),
        page('dialects/:id(\\d+)', 'dialect', 'pile.read', () => import('@/views/dialects/DialectDetail.vue'), { menu: 'dialects' }),
        page('reservations', 'reservations', 'pile.read', () => import('@/views/reservations/ReservationList.vue')),
        page('configuration-profiles', 'configuration_profiles', 'pile.read', () => import('@/views/configuration-profiles/ProfileList.vue')),
        page('firmware', 'firmware', 'pile.read', () => import('@/views/firmware/FirmwareList.vue')),
        page('firmware/:id(\\d+)', 'firmware_one', 'pile.read', () => import('@/views/firmware/FirmwareDetail.vue'), { menu: 'firmware' }),
        page('stations', 'stations', 'station.read', () => import('@/views/stations/StationList.vue')),
        page('stations/:id(\\d+)', 'station', 'station.read', () => import('@/views/stations/StationDetail.vue'), { menu: 'stations' }),
        page('map', 'map', 'station.read', () => import('@/views/map/MapPage.vue')),
        page('advice', 'advice', 'station.read', () => import('@/views/advice/AdviceList.vue')),
        page('advice/:id(\\d+)', 'advice_one', 'station.read', () => import('@/views/advice/AdviceDetail.vue'), { menu: 'advice' }),
        page('forecast', 'forecast', 'station.read', () => import('@/views/forecast/ForecastPage.vue')),
        page('reports', 'reports', 'report.read', () => import('@/views/reports/ReportPage.vue')),
        page('report-hours', 'report_hours', 'report.read', () => import('@/views/reports/HoursPage.vue')),
        page('pile-healths', 'pile_healths', 'pile.read', () => import('@/views/reports/HealthPage.vue')),
        page('report-plans', 'report_plans', 'report.read', () => import('@/views/reports/PlanList.vue')),
        page('kpis', 'kpis', 'report.read', () => import('@/views/reports/KpiList.vue')),
        page('operators', 'operators', 'station.read', () => import('@/views/operators/OperatorList.vue')),
        page('cities', 'cities', 'station.read', () => import('@/views/cities/CityList.vue')),
        page('orders', 'orders', 'order.read', () => import('@/views/orders/OrderList.vue')),
        page('orders/:id(\\d+)', 'order', 'order.read', () => import('@/views/orders/OrderDetail.vue'), { menu: 'orders' }),
        page('abnormal-orders', 'abnormal_orders', 'order.read', () => import('@/views/abnormal-orders/AbnormalDesk.vue')),
        page('order-imports', 'order_imports', 'order.import', () => import('@/views/order-imports/OrderImportList.vue')),
        page('tariffs', 'tariffs', 'tariff.read', () => import('@/views/tariffs/TariffList.vue')),
        page('tariffs/:id(\\d+)', 'tariff', 'tariff.read', () => import('@/views/tariffs/TariffDetail.vue'), { menu: 'tariffs' }),
        page('tariff-plans', 'tariff_plans', 'tariff.read', () => import('@/views/tariff-plans/TariffPlanList.vue')),
        page('tariff-plans/:id(\\d+)', 'tariff_plan', 'tariff.read', () => import('@/views/tariff-plans/TariffPlanDetail.vue'), { menu: 'tariff_plans' }),
        page('customers', 'customers', 'customer.read', () => import('@/views/customers/CustomerList.vue')),
        page('customers/:id(\\d+)', 'customer', 'customer.read', () => import('@/views/customers/CustomerDetail.vue'), { menu: 'customers' }),
        page('customer-source', 'customer_source', 'job.read', () => import('@/views/customer-source/CustomerSource.vue'), { platform: true }),
        page('customer-segments', 'customer_segments', 'customer.read', () => import('@/views/segments/SegmentPage.vue')),
        page('member-levels', 'member_levels', 'customer.read', () => import('@/views/member-levels/MemberLevelList.vue')),
        page('erasures', 'erasures', 'customer.erase', () => import('@/views/erasures/ErasureList.vue')),
        page('fleets', 'fleets', 'fleet.read', () => import('@/views/fleets/FleetList.vue')),
        page('fleets/:id(\\d+)', 'fleet', 'fleet.read', () => import('@/views/fleets/FleetDetail.vue'), { menu: 'fleets' }),
        page('cards', 'cards', 'card.read', () => import('@/views/cards/CardList.vue')),
        page('invoices', 'invoices', 'invoice.read', () => import('@/views/invoices/InvoiceList.vue')),
        page('invoices/new', 'invoice_new', 'invoice.write', () => import('@/views/invoices/InvoiceApply.vue'), { menu: 'invoices' }),
        page('sellers', 'sellers', 'invoice.read', () => import('@/views/sellers/SellerList.vue')),
        page('invoices/:id(\\d+)', 'invoice', 'invoice.read', () => import('@/views/invoices/InvoiceDetail.vue'), { menu: 'invoices' }),
        page('payments', 'payments', 'payment.read', () => import('@/views/payments/PaymentList.vue')),
        page('payments/:id(\\d+)', 'payment', 'payment.read', () => import('@/views/payments/PaymentDetail.vue'), { menu: 'payments' }),
        page('refunds', 'refunds', 'payment.read', () => import('@/views/refunds/RefundList.vue')),
        page('refunds/:id(\\d+)', 'refund', 'payment.read', () => import('@/views/refunds/RefundDetail.vue'), { menu: 'refunds' }),
        page('pay-channels', 'pay_channels', 'payment.read', () => import('@/views/pay-channels/PayChannelList.vue'), { platform: true }),
        page('postings', 'postings', 'ledger.read', () => import('@/views/ledger/PostingList.vue')),
        page('trial-balance', 'trial_balance', 'ledger.read', () => import('@/views/ledger/TrialBalance.vue'), { platform: true }),
        page('reconciliations', 'reconciliations', 'reconciliation.read', () => import('@/views/reconciliation/ReconciliationList.vue')),
        page('reconciliations/:id(\\d+)', 'reconciliation', 'reconciliation.read', () => import('@/views/reconciliation/ReconciliationDetail.vue'), { menu: 'reconciliations' }),
        page('differences', 'differences', 'reconciliation.read', () => import('@/views/reconciliation/DifferenceList.vue'), { menu: 'reconciliations' }),
        page('meter-changes', 'meter_changes', 'reconciliation.read', () => import('@/views/reconciliation/MeterChangeList.vue'), { menu: 'reconciliations' }),
        page('channel-bills', 'channel_bills', 'reconciliation.read', () => import('@/views/counter-bills/ChannelBillList.vue')),
        page('channel-bills/:id(\\d+)', 'channel_bill', 'reconciliation.read', () => import('@/views/counter-bills/CounterBillDetail.vue'), { menu: 'channel_bills' }),
        page('peer-bills', 'peer_bills', 'reconciliation.read', () => import('@/views/counter-bills/PeerBillList.vue')),
        page('peer-bills/:id(\\d+)', 'peer_bill', 'reconciliation.read', () => import('@/views/counter-bills/CounterBillDetail.vue'), { menu: 'peer_bills' }),
        page('peers', 'peers', 'reconciliation.read', () => import('@/views/counter-bills/PeerList.vue'), { menu: 'peer_bills' }),
        page('counter-differences', 'counter_differences', 'reconciliation.read', () => import('@/views/counter-bills/CounterDifferenceList.vue'), { menu: 'channel_bills' }),
        page('day-bills', 'day_bills', 'reconciliation.read', () => import('@/views/day-bills/DayBillList.vue')),
        page('day-bills/:id(\\d+)', 'day_bill', 'reconciliation.read', () => import('@/views/day-bills/DayBillDetail.vue'), { menu: 'day_bills' }),
        page('payees', 'payees', 'sharing.read', () => import('@/views/sharing/PayeeList.vue')),
        page('sharing-rules', 'sharing_rules', 'sharing.read', () => import('@/views/sharing/SharingRuleList.vue')),
        page('sharing-periods', 'sharing_periods', 'sharing.read', () => import('@/views/sharing/SharingPeriodList.vue')),
        page('sharing-periods/:id(\\d+)', 'sharing_period', 'sharing.read', () => import('@/views/sharing/SharingPeriodDetail.vue'), { menu: 'sharing_periods' }),
        page('feedback', 'feedback', 'feedback.read', () => import('@/views/feedback/FeedbackList.vue')),
        page('feedback/statistics', 'feedback_statistics', 'feedback.read', () => import('@/views/feedback/FeedbackStatistics.vue'), { menu: 'feedback' }),
        page('feedback/:id(\\d+)', 'feedback_detail', 'feedback.read', () => import('@/views/feedback/FeedbackDetail.vue'), { menu: 'feedback' }),
        page('feedback-templates', 'feedback_templates', 'feedback.read', () => import('@/views/feedback/FeedbackTemplates.vue')),
        page('feedback-blocks', 'feedback_blocks', 'feedback.read', () => import('@/views/feedback/FeedbackBlocks.vue')),
        page('callers', 'callers', 'feedback.read', () => import('@/views/callers/CallerPage.vue')),
        ...contents('customer-app/banners', 'customer_banners'),
        ...contents('customer-app/notices', 'customer_notices'),
        ...contents('customer-app/activities', 'customer_activities'),
        ...contents('customer-app/faqs', 'customer_faqs'),
        ...contents('customer-app/messages', 'customer_messages'),
        page('customer-app/preview', 'customer_preview', 'content.read', () => import('@/views/content/PhonePreview.vue')),
        page('coupons', 'coupons', 'content.read', () => import('@/views/coupons/CouponList.vue')),
        page('coupons/:id(\\d+)', 'coupon', 'content.read', () => import('@/views/coupons/CouponDetail.vue'), { menu: 'coupons' }),
        page('driver-prices', 'driver_prices', 'content.read', () => import('@/views/driver-prices/DriverPriceList.vue')),
        page('driver-prices/:id(\\d+)', 'driver_price', 'content.read', () => import('@/views/driver-prices/DriverPriceDetail.vue'), { menu: 'driver_prices' }),
        ...contents('driver-app/tasks', 'driver_tasks'),
        ...contents('driver-app/banners', 'driver_banners'),
        ...contents('driver-app/notices', 'driver_notices'),
        ...contents('driver-app/faqs', 'driver_faqs'),
        ...contents('driver-app/messages', 'driver_messages'),
        page('driver-app/preview', 'driver_preview', 'content.read', () => import('@/views/content/PhonePreview.vue')),
        ...contents('staff-notices', 'staff_notices'),
        page('unknown-piles', 'unknown_piles', 'pile.write', () => import('@/views/unknown-piles/UnknownPileList.vue'), { platform: true }),
        page('staff', 'staff', 'staff.read', () => import('@/views/staff/StaffList.vue')),
        page('identity-providers', 'identity_providers', 'staff.read', () => import('@/views/staff/ProviderList.vue'), { platform: true }),
        page('roles', 'roles', 'staff.read', () => import('@/views/roles/RoleList.vue')),
        page('parameters', 'parameters', 'parameter.read', () => import('@/views/parameters/ParameterList.vue'), { platform: true }),
        page('parameters/:id([a-z0-9_]+)', 'parameter', 'parameter.read', () => import('@/views/parameters/ParameterDetail.vue'), { menu: 'parameters', platform: true }),
        page('dictionaries', 'dictionaries', 'parameter.read', () => import('@/views/dictionaries/DictionaryList.vue'), { platform: true }),
        page('dictionaries/:id([a-z0-9_]+)', 'dictionary', 'parameter.read', () => import('@/views/dictionaries/DictionaryDetail.vue'), { menu: 'dictionaries', platform: true }),
        page('backups', 'backups', 'job.read', () => import('@/views/backups/BackupList.vue'), { platform: true }),
        page('drills', 'drills', 'job.read', () => import('@/views/backups/DrillList.vue'), { menu: 'backups', platform: true }),
        page('jobs', 'jobs', 'job.read', () => import('@/views/jobs/JobList.vue'), { platform: true }),
        page('jobs/:id([a-z0-9_]+)', 'job', 'job.read', () => import('@/views/jobs/JobDetail.vue'), { menu: 'jobs', platform: true }),
        page('brand', 'brand', 'brand.write', () => import('@/views/brand/BrandPage.vue')),
        page('channels', 'channels', 'job.read', () => import('@/views/channels/ChannelList.vue'), { platform: true }),
        page('channels/:id(\\d+)', 'channel', 'job.read', () => import('@/views/channels/ChannelDetail.vue'), { menu: 'channels', platform: true }),
        page('account', 'account', undefined, () => import('@/views/account/AccountPage.vue')),
        page('exports', 'exports', undefined, () => import('@/views/exports/ExportList.vue')),
        page('audit', 'audit', 'audit.read', () => import('@/views/audit/AuditList.vue'), { platform: true }),
        page('log-ins', 'log_ins', 'audit.read', () => import('@/views/audit/LogInList.vue'), { platform: true }),
        { path: 'denied', name: 'denied', component: () => import('@/views/NoPermission.vue'), meta: { title: 'denied' } },
        { path: ':rest(.*)*', name: 'missing', component: () => import('@/views/NotFound.vue'), meta: { title: 'missing' } },
      ],
    },
  ],
})

router.beforeEach(async (to) => {
  // Open to all: who was shown a bill has no account.
  if (to.name === 'bill_check' || to.name === 'provider_back') return true
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
  // What is owed comes first: the page of one's own account is where it is done.
  if (session.current.owed && to.name !== 'account') return { name: 'account', query: { to: to.fullPath } }
  if (!mayOpen(to.meta)) return { name: 'denied', query: { page: to.meta.title } }
  return true
})

// The session ended on the server. The page stays as it is, with what was typed; a dialog over it signs in again.
hooks.signedOut = () => {
  if (session.known && session.current) session.ended = true
}

watch(
  [() => router.currentRoute.value.meta.title, () => router.currentRoute.value.params, language, brand],
  ([title, params]) => {
    const thing = params.code ?? params.id
    document.title = [thing, title ? t(`page.${title}`) : null, brand.value?.short_name ?? 'PileOps'].filter(Boolean).join(' · ')
  },
  { immediate: true },
)
