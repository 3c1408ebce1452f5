import { expect, test } from '@playwright/test'
import type { components } from '../api/schema'
import { complaints, shot, signIn } from './console'

test('R-5.s somebody who leaves hands over what is open, and the account is stopped', async ({ page }) => {
  const faults = complaints(page)
  await signIn(page)
  const headers = { 'X-Requested-With': 'pileops' }
  const account = `leaving.${Date.now() % 1_000_000}`
  const made = await page.request.post('/api/v1/staff', { headers, data: { account, name: `离职的${account}`, role: 'service', operator_id: null, area: { kind: 'everywhere' } } })
  const { id } = (await made.json()) as { id: number }
  const { items } = (await (await page.request.get('/api/v1/feedback?state=waiting&limit=1')).json()) as { items: components['schemas']['Feedback'][] }
  const given = await page.request.patch(`/api/v1/feedback/${items[0]!.id}`, { headers, data: { action: 'assign', version: items[0]!.version, handler_id: id } })
  expect(given.ok()).toBe(true)
  await page.goto(`/staff?account=${account}`)
  await page.getByRole('row').filter({ hasText: account }).getByRole('button', { name: '离职交接' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByRole('link', { name: items[0]!.no })).toBeVisible()
  await shot(page, 'handover')
  await dialog.getByRole('button', { name: '交接并停用账号' }).click()
  await expect(dialog.locator('.is-error').first()).toBeVisible()
  await dialog.getByLabel('接收人').click()
  await page.getByRole('option').filter({ hasText: '· admin' }).click()
  await dialog.getByLabel('交接说明').fill('钥匙在前台')
  await dialog.getByRole('button', { name: '交接并停用账号' }).click()
  await expect(page.getByText(/1 件事项已交接/)).toBeVisible()
  await expect(page.getByRole('row').filter({ hasText: account })).toContainText('停用')
  expect(faults).toEqual([])
})
