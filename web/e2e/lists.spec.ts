import { expect, test } from '@playwright/test'
import type { components } from '../api/schema'
import { complaints, signIn } from './console'

type Orders = components['schemas']['OrderList']

test('the orders of a pile are its own, not those of a pile whose code begins alike', async ({ page }) => {
  const faults = complaints(page)
  await signIn(page)
  const asked = await page.request.get('/api/v1/orders?limit=1')
  const code = ((await asked.json()) as Orders).items[0]!.pile_code
  // A part of a code finds several piles in the list of orders, and none as a pile.
  const of = async (query: string) => ((await (await page.request.get(`/api/v1/orders?${query}`)).json()) as Orders).totals!.order_count
  expect(await of(`pile_code=${code.slice(0, -1)}`)).toBeGreaterThan(await of(`pile=${code}`))
  expect(await of(`pile=${code.slice(0, -1)}`)).toBe(0)
  const request = page.waitForRequest(/\/api\/v1\/orders\?/)
  await page.goto(`/piles/${encodeURIComponent(code)}?tab=orders`)
  expect(new URL((await request).url()).searchParams.get('pile')).toBe(code)
  await expect(page.getByRole('link', { name: /^\d{18}$/ }).first()).toBeVisible()
  expect(faults).toEqual([])
})

test('the number of an order of an earlier month is found, and the page says why', async ({ page }) => {
  const faults = complaints(page)
  await signIn(page)
  const now = new Date()
  const to = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1) - 2 * 86_400_000
  const { items } = (await (await page.request.get(`/api/v1/orders?from_ms=0&to_ms=${to}&limit=1`)).json()) as Orders
  const order = items[0]!
  await page.goto('/orders')
  await page.getByRole('textbox', { name: '订单号', exact: true }).fill(order.order_no)
  await expect(page.getByRole('link', { name: order.order_no })).toBeVisible()
  await expect(page.getByText('共 1 条')).toBeVisible()
  await expect(page.getByRole('note')).toContainText('不限时间')
  await expect(page.getByRole('button', { name: '本月' })).toBeDisabled()
  expect(faults).toEqual([])
})

test('a link from a station shows its name, which can be taken away', async ({ page }) => {
  await signIn(page)
  await page.goto('/stations')
  const row = page.locator('tbody tr').first()
  const name = (await row.locator('td').first().innerText()).trim()
  await row.getByRole('link', { name: '查看订单' }).click()
  await expect(page).toHaveURL(/\/orders\?.*station_id/)
  await expect(page.locator('.chip')).toContainText(name)
  await page.getByRole('button', { name: '去掉条件：充电站' }).click()
  await expect(page.locator('.chip')).toHaveCount(0)
  await expect(page).not.toHaveURL(/station_id/)
})

test('what waits for a person is as much in the list as on the home page', async ({ page }) => {
  await signIn(page)
  const link = page.getByRole('link', { name: /^异常订单 \d+$/ })
  const told = Number((await link.locator('b').innerText()).trim())
  await link.click()
  await expect(page).toHaveURL(/\/abnormal-orders/)
  await expect(page.getByText(`共 ${told} 条`)).toBeVisible()
})
