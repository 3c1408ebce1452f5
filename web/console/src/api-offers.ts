// The calls of coupons on orders and of what drivers may charge, through the same door as all others.
import { byId, http, take, v, type BodyOf } from '@/api'

export const offersApi = {
  order_voucher_list: (id: number) => take(http.GET(`${v}/orders/{id}/vouchers`, byId(id))),
  order_voucher_set: (id: number, body: BodyOf<'order_voucher_set'>) => take(http.PUT(`${v}/orders/{id}/voucher`, { ...byId(id), body })),
  fleet_driver_limit_list: (id: number) => take(http.GET(`${v}/fleets/{id}/driver-limits`, byId(id))),
  fleet_driver_limit_set: (id: number, body: BodyOf<'fleet_driver_limit_set'>) => take(http.PUT(`${v}/fleets/{id}/driver-limits`, { ...byId(id), body })),
}
