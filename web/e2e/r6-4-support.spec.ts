import { readFileSync } from 'node:fs'
import { expect, test } from '@playwright/test'
import { signIn } from './console'

test('R-6.4 跟踪号与支持包: an error shows its trace id and copies it, and whoever looks after the platform takes a bundle along', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await signIn(page)
  const trace = '4bf92f3577b34da6a3ce929d0e0e4736'
  await page.route('**/api/v1/settings*', (route) =>
    route.fulfill({ status: 500, contentType: 'application/json', body: JSON.stringify({ code: 'internal', message: '系统内部错误', field: null, trace_id: trace }) }),
  )
  await page.goto('/parameters?tab=start')
  const failed = page.getByRole('alert').filter({ hasText: '跟踪号' }).first()
  await expect(failed).toContainText(trace)
  await failed.getByRole('button', { name: '复制' }).click()
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(trace)
  await page.unroute('**/api/v1/settings*')
  await failed.getByRole('button', { name: '重试' }).click()
  await expect(page.getByText('slow_query_ms', { exact: true })).toBeVisible()
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: '下载支持包' }).click()])
  expect(file.suggestedFilename()).toMatch(/^pileops-support_.*\.zip$/)
  expect(readFileSync(await file.path()).subarray(0, 2).toString()).toBe('PK')
})
