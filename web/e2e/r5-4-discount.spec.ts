import { expect, test } from '@playwright/test'
import type { components } from '../api/schema'
import { complaints, shot, signIn } from './console'

test('R-5.4 what a member level takes off stands in the list, on the page and in the payment of an order', async ({ page }) => {
  const faults = complaints(page)
  await signIn(page)
  await page.goto('/member-levels')
  await expect(page.getByRole('row').filter({ hasText: '金卡会员' })).toContainText('减 10%')
  await shot(page, 'member-levels')
  let order: components['schemas']['Order'] | undefined
  let cursor: string | null = ''
  for (let n = 0; n < 20 && !order && cursor != null; n++) {
    const list = (await (await page.request.get(`/api/v1/orders?from_ms=0&state=completed&limit=200&totals=false${cursor ? `&cursor=${cursor}` : ''}`)).json()) as components['schemas']['OrderList']
    // Others have activities and coupons.
    for (const one of list.items.filter((item) => item.discount_fen > 0)) {
      const detail = (await (await page.request.get(`/api/v1/orders/${one.id}`)).json()) as components['schemas']['OrderDetail']
      if (detail.discounts.length === 1 && detail.discounts[0]!.kind === 'member') {
        order = one
        break
      }
    }
    cursor = list.next_cursor ?? null
  }
  const discount = (order!.discount_fen / 100).toFixed(2)
  await page.goto(`/orders?order_no=${order!.order_no}`)
  await expect(page.getByRole('row').filter({ hasText: order!.order_no })).toContainText(`优惠 ¥${discount}`)
  await page.goto(`/orders/${order!.id}`)
  await expect(page.getByText('会员优惠').first()).toBeVisible()
  await expect(page.getByText(`−¥${discount}`).first()).toBeVisible()
  await expect(page.getByText(((order!.total_fen - order!.discount_fen) / 100).toFixed(2)).first()).toBeVisible()
  await shot(page, 'order-discount')
  expect(faults).toEqual([])
})
