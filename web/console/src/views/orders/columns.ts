// The columns of an order list; also used for the orders of one pile.
import type { Order } from '@/api'
import type { Column } from '@/components/list'
import { duration, energyNumber, money, timeNear } from '@/format'
import { t, word } from '@/i18n'
import { orderOpen } from '@/words'

export const orderColumns = (): Column<Order>[] => {
  const now = Date.now()
  return [
    { key: 'order_no', label: t('orders.order_no'), always: true },
    { key: 'station_name', label: t('orders.station') },
    { key: 'pile', label: t('orders.pile_and_no') },
    { key: 'state', label: t('orders.state') },
    { key: 'started', label: t('orders.started'), text: (o) => timeNear(o.started_at_ms, now), sort: 'started_at_ms' },
    { key: 'ended', label: t('orders.ended'), text: (o) => timeNear(o.ended_at_ms, now), extra: true },
    { key: 'duration', label: t('orders.duration'), align: 'right', sort: 'duration_s', text: (o) => duration(o.duration_s ?? (orderOpen(o.state) && o.started_at_ms != null ? Math.max(0, now - o.started_at_ms) / 1000 : null)) },
    { key: 'energy', label: `${t('orders.energy')} (kWh)`, align: 'right', text: (o) => energyNumber(o.energy_dwh), sort: 'energy_dwh' },
    { key: 'total', label: t('orders.total'), align: 'right', sort: 'total_fen' },
    { key: 'discount', label: t('discount.title'), align: 'right', text: (o) => money(o.discount_fen), extra: true },
    { key: 'occupancy', label: t('occupancy.title'), align: 'right', text: (o) => money(o.occupancy_fen), extra: true },
    { key: 'payable', label: t('discount.payable'), align: 'right', text: (o) => money(o.total_fen - o.discount_fen + o.occupancy_fen), extra: true },
    { key: 'electricity', label: t('orders.electricity'), align: 'right', text: (o) => money(o.electricity_fen), sort: 'electricity_fen', extra: true },
    { key: 'service', label: t('orders.service'), align: 'right', text: (o) => money(o.service_fen), sort: 'service_fen' },
    { key: 'paid_state', label: t('orders.paid_state') },
    { key: 'pay_way', label: t('orders.pay_way'), text: (o) => (o.pay_way ? word('pay_way', o.pay_way) : null), extra: true },
    { key: 'start_mode', label: t('orders.start_mode'), text: (o) => word('start_mode', o.start_mode), extra: true },
    { key: 'token', label: t('orders.token'), mono: true, extra: true },
    { key: 'customer_name', label: t('orders.customer'), extra: true },
    { key: 'customer_phone', label: t('orders.phone'), mono: true, extra: true },
    { key: 'fleet_name', label: t('orders.fleet'), extra: true },
    { key: 'plate', label: t('orders.plate'), extra: true },
    { key: 'vin', label: t('orders.vin'), mono: true, extra: true },
    { key: 'soc', label: t('orders.soc'), text: (o) => (o.soc_start == null && o.soc_end == null ? null : `${o.soc_start ?? '—'} → ${o.soc_end ?? '—'}%`), extra: true },
    { key: 'stop', label: t('orders.stop') },
    { key: 'operator_name', label: t('orders.operator'), extra: true },
    { key: 'session_key', label: t('orders.session_key'), mono: true, extra: true },
  ]
}
