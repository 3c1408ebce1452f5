import { expect, test } from '@playwright/test'
import { complaints, shot, signIn } from './console'

test('R-5.6 whoever abuses the public door is put on the blacklist, is told why, and is lifted', async ({ page }) => {
  const faults = complaints(page)
  await signIn(page)
  const headers = { 'X-Requested-With': 'pileops' }
  const phone = `139${String(Date.now()).slice(-8)}`
  const draft = (n: number) => ({ request_id: `block-${phone}-${n}`, kind: 'complaint', category: 'other', content: '加微信领优惠', phone })
  const sent = await page.request.post('/api/v1/public/feedback', { headers, data: draft(1) })
  expect(sent.ok()).toBe(true)
  const { no } = (await sent.json()) as { no: string }
  await page.goto(`/feedback?no=${no}`)
  await page.getByRole('link', { name: no }).click()
  await page.getByRole('button', { name: '加入黑名单' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('原因').fill('多次提交广告内容')
  await shot(page, 'block-dialog')
  await dialog.getByRole('button', { name: '加入黑名单' }).click()
  await expect(page.getByText(/已加入黑名单，至/)).toBeVisible()
  const refused = await page.request.post('/api/v1/public/feedback', { headers, data: draft(2) })
  expect(refused.status()).toBe(422)
  expect(((await refused.json()) as { message: string }).message).toContain('多次提交广告内容')
  await page.goto(`/feedback-blocks?phone=${phone}`)
  const row = page.getByRole('row').filter({ hasText: no })
  await expect(row).toContainText('生效中')
  await shot(page, 'feedback-blocks')
  await row.getByRole('button', { name: '解除' }).click()
  await page.getByRole('dialog').getByLabel('解除原因').fill('已说明情况')
  await page.getByRole('dialog').getByRole('button', { name: '解除' }).click()
  await expect(row).toContainText('已解除')
  expect((await page.request.post('/api/v1/public/feedback', { headers, data: draft(2) })).ok()).toBe(true)
  expect(faults).toEqual([])
})
