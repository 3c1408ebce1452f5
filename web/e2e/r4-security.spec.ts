import { expect, test } from '@playwright/test'
import { complaints, signIn } from './console'

test('R-OCPP security: what a pile must show is set with a warning, the root can be fetched, and the pile is asked for a certificate', async ({ page }) => {
  const faults = complaints(page)
  await signIn(page)
  const found = await page.request.get('/api/v1/piles?protocol=ocpp1.6&online=true&limit=1')
  const code = ((await found.json()) as { items: { code: string }[] }).items[0]!.code
  await page.goto(`/piles/${encodeURIComponent(code)}?tab=security`)
  await expect(page.getByText('当前连接：密码')).toBeVisible()
  await expect(page.getByRole('radio', { name: /^1\s*密码/ })).toBeChecked()
  if (process.env.PILEOPS_SHOTS) await page.screenshot({ path: `${process.env.PILEOPS_SHOTS}/security.png` })

  const fetching = page.waitForEvent('download')
  await page.getByRole('button', { name: '下载根证书' }).click()
  expect((await fetching).suggestedFilename()).toBe('pileops-root-ca.pem')

  // More than the pile shows would cut its link: it is said, and nothing happens without a yes.
  await page.getByRole('radio', { name: /TLS \+ 证书/ }).click()
  const ask = page.getByRole('dialog')
  await expect(ask).toContainText('正在使用的连接会立即断开')
  await ask.getByRole('button', { name: '取消' }).click()
  await expect(page.getByRole('radio', { name: /^1\s*密码/ })).toBeChecked()

  await page.getByRole('button', { name: '让桩申请证书' }).click()
  await page.getByRole('tab', { name: '指令' }).click()
  await expect(page.getByRole('row').filter({ hasText: 'ExtendedTriggerMessage' }).first()).toBeVisible()
  expect(faults).toEqual([])
})
