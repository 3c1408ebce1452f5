import { expect, test } from '@playwright/test'
import { complaints, shot, signIn } from './console'

test('R-5.2.1 several piles are disabled and enabled at once by the server, each with its outcome, found again later', async ({ page }) => {
  const faults = complaints(page)
  await signIn(page)
  const dialog = page.getByRole('dialog')
  const rows = page.locator('tbody tr')
  for (const [deed, state] of [['停用', '停用'], ['启用', '启用']] as const) {
    await page.goto('/piles?station_name=%E5%94%90%E5%9F%8E')
    await expect(rows).toHaveCount(4)
    await page.locator('thead label.el-checkbox').click()
    await page.getByRole('button', { name: '批量操作（4）' }).click()
    await dialog.locator('.el-select').click()
    await page.getByRole('option', { name: deed, exact: true }).click()
    if (deed === '停用') await shot(page, 'pile-batch-dialog')
    await dialog.getByRole('button', { name: '执行（4 台）' }).click()
    await expect(page).toHaveURL(/\/pile-batches\/\d+$/)
    await expect(page.getByRole('status').filter({ hasText: '成功 4' })).toBeVisible()
    await expect(rows.filter({ hasText: '成功' })).toHaveCount(4)
    await shot(page, `pile-batch-${deed === '停用' ? 1 : 2}`)
    await page.goto('/piles?station_name=%E5%94%90%E5%9F%8E')
    await expect(rows.filter({ hasText: state })).toHaveCount(4)
  }
  // Left and found again; what went wrong says why, and can be tried again.
  await page.goto('/pile-batches')
  await expect(rows.filter({ hasText: '启用' }).first()).toContainText('成功 4')
  await shot(page, 'pile-batches')
  await page.goto('/pile-batches?deed=clock_set')
  await rows.first().getByRole('link', { name: /^#/ }).click()
  await expect(rows.filter({ hasText: '离线' }).first()).toBeVisible()
  await shot(page, 'pile-batch-failed')
  await page.getByRole('button', { name: /^重试未成功的/ }).click()
  await expect(page.getByText('已结束').first()).toBeVisible({ timeout: 90_000 })
  await page.goto('/pile-batches/999999')
  await expect(page.getByRole('alert')).toContainText('没有这个批量操作')
  expect(faults.filter((f) => !/404/.test(f))).toEqual([])
})
