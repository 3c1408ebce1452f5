import { expect, test } from '@playwright/test'
import { complaints, signIn } from './console'

test('R-5.3.2 the bill of an order is saved as PDF, and a wrong code is not verified', async ({ page }) => {
  const faults = complaints(page)
  await signIn(page)
  const { items } = (await (await page.request.get('/api/v1/orders?state=completed&limit=1&from_ms=0')).json()) as { items: { id: number; order_no: string }[] }
  await page.goto(`/orders/${items[0]!.id}`)
  await page.getByRole('button', { name: '导出账单 PDF' }).click()
  const download = page.waitForEvent('download')
  await page.getByRole('menuitem', { name: '中文账单' }).click()
  expect((await download).suggestedFilename()).toContain(items[0]!.order_no)
  await page.goto(`/bill?no=${items[0]!.order_no}&code=0000-0000-0000`)
  await expect(page.getByRole('alert').getByText('没有这张账单')).toBeVisible()
  expect(faults.filter((f) => !/status of 404/.test(f))).toEqual([])
})
