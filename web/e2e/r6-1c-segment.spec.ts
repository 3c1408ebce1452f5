// R-6.1c 客户分群: from a segment to its customers, and why one of them is in it.
import { expect, test } from '@playwright/test'
import { complaints, signIn } from './console'

test('R-6.1c segments lead to their customers, and a customer says why', async ({ page }) => {
  const faults = complaints(page)
  await signIn(page)
  await page.goto('/customer-segments')
  const table = page.getByRole('region', { name: '按行为' })
  const row = table.getByRole('row').filter({ hasText: '流失风险' })
  await expect(row).toContainText('平均间隔')
  await row.getByRole('link', { name: '流失风险' }).click()
  await expect(page).toHaveURL(/mark=churn_risk/)
  await page.getByRole('table').getByRole('link').first().click()
  const why = page.getByRole('region', { name: '客户分群' })
  await expect(why).toContainText('平均充电间隔')
  await why.getByRole('button', { name: '关闭' }).click()
  await expect(why.getByRole('button', { name: '恢复' })).toBeVisible()
  await why.getByRole('button', { name: '恢复' }).click()
  await expect(why.getByRole('button', { name: '关闭' })).toBeVisible()
  await why.getByRole('link', { name: '流失风险' }).click()
  await expect(page).toHaveURL(/customer-segments#churn_risk/)
  expect(faults).toEqual([])
})
