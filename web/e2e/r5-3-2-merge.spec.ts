import { expect, test } from '@playwright/test'
import type { components } from '../api/schema'
import { complaints, number, shot, signIn } from './console'

test('R-5.3.2 two connectors that charged one car are one group: the other by one click, the sum right', async ({ page }) => {
  const faults = complaints(page)
  await signIn(page)
  const { items } = (await (await page.request.get('/api/v1/orders?from_ms=0&state=completed&limit=200')).json()) as components['schemas']['OrderList']
  const order = items.find((one) => one.merge)!
  const other = order.merge!.others[0]!
  await page.goto(`/orders?order_no=${order.order_no}`)
  const row = page.getByRole('row').filter({ hasText: order.order_no })
  await expect(row.getByRole('link', { name: `${other.connector_no} 号枪 …${other.order_no.slice(-4)}` })).toHaveAttribute('href', `/orders/${other.order_id}`)
  await row.getByRole('link', { name: /^并充/ }).click()
  await expect(page).toHaveURL(new RegExp(`merge_of=${order.id}`))
  await expect(page.getByRole('row').filter({ hasText: other.order_no })).toBeVisible()
  await expect(page.getByRole('row').filter({ hasText: order.order_no })).toBeVisible()
  const sum = order.total_fen + other.total_fen
  await expect(page.locator('tfoot')).toContainText((sum / 100).toFixed(2))
  await shot(page, 'order-merge-list')
  await page.goto(`/orders/${order.id}`)
  const card = page.getByRole('region', { name: '多枪并充' })
  await expect(card.locator('tbody tr')).toHaveCount(2)
  expect(number(await card.locator('tfoot td').last().textContent())).toBeCloseTo(sum / 100, 2)
  await shot(page, 'order-merge')
  await card.getByRole('link', { name: other.order_no }).click()
  await expect(page.getByRole('heading', { name: '充电订单' }).or(page.getByText(other.order_no).first())).toBeVisible()
  await expect(page).toHaveURL(new RegExp(`/orders/${other.order_id}$`))
  expect(faults).toEqual([])
})
