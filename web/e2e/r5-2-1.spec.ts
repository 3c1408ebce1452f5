import { expect, test } from '@playwright/test'
import { complaints, shot, signIn } from './console'

test('R-5.2.1 several piles are disabled and enabled at once, each with its outcome', async ({ page }) => {
  const faults = complaints(page)
  await signIn(page)
  await page.goto('/piles?station_name=%E5%94%90%E5%9F%8E')
  const rows = page.locator('tbody tr')
  await expect(rows).toHaveCount(4)
  await page.locator('thead label.el-checkbox').click()
  const dialog = page.getByRole('dialog')
  for (const [deed, state] of [['停用', '停用'], ['启用', '启用']] as const) {
    await page.getByRole('button', { name: '批量操作（4）' }).click()
    await dialog.locator('.el-select').click()
    await page.getByRole('option', { name: deed, exact: true }).click()
    await shot(page, `pile-batch-${deed === '停用' ? 1 : 2}`)
    await dialog.getByRole('button', { name: '执行（4 台）' }).click()
    await expect(dialog.getByText('已完成 4 / 4，失败 0')).toBeVisible()
    await dialog.getByRole('button', { name: '关闭', exact: true }).last().click()
    await expect(rows.filter({ hasText: state })).toHaveCount(4)
    await page.locator('thead label.el-checkbox').click()
  }
  expect(faults).toEqual([])
})
