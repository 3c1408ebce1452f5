import { expect, test } from '@playwright/test'
import { readFile } from 'node:fs/promises'
import { complaints, shot, signIn } from './console'

test('R-5.3.2 the filtered orders are exported with chosen columns and found again', async ({ page }) => {
  const faults = complaints(page)
  await signIn(page)
  await page.goto('/orders?range=all&state=completed')
  await expect(page.getByText(/共 [\d,]+ 条/)).toBeVisible()
  const total = (await page.getByText(/共 [\d,]+ 条/).innerText()).replace(/\D/g, '')
  await page.getByRole('button', { name: '导出', exact: true }).click()
  const dialog = page.getByRole('dialog', { name: '导出' })
  await expect(dialog).toContainText('全部')
  await dialog.getByText('CSV').click()
  await dialog.getByText('运营商', { exact: true }).click()
  await shot(page, 'export-dialog')
  await dialog.getByRole('button', { name: '开始导出' }).click()
  const fetched = page.waitForEvent('download')
  await dialog.getByRole('link', { name: '下载' }).click()
  const file = await fetched
  expect(file.suggestedFilename()).toMatch(/^充电订单.*\.csv$/)
  const lines = (await readFile((await file.path())!, 'utf8')).trimEnd().split('\r\n')
  expect(lines[0]).toContain('订单号')
  expect(lines[0]).not.toContain('运营商')
  expect(lines.at(-2)).toContain(`合计 (${total})`)
  expect(lines.at(-1)).toContain('导出人')
  expect(lines.length).toBe(Number(total) + 3)
  await shot(page, 'export-done')
  // Left and found again, also after the page was loaded anew.
  await page.goto('/exports')
  const row = page.locator('tbody tr').first()
  await expect(row).toContainText('已完成')
  await expect(row.getByRole('link', { name: '下载' })).toBeVisible()
  await shot(page, 'exports')
  expect(faults).toEqual([])
})

test('R-5.3.2 a view of the orders is saved under a name and opened again', async ({ page }) => {
  await signIn(page)
  await page.goto('/orders?range=last_month&state=completed')
  await page.getByRole('button', { name: '已存视图' }).click()
  await page.getByRole('textbox', { name: '视图名称' }).fill('上月对账')
  await page.getByRole('button', { name: '保存当前视图' }).click()
  await page.goto('/orders')
  await page.getByRole('button', { name: '已存视图' }).click()
  await page.getByRole('button', { name: '上月对账', exact: true }).click()
  await expect(page).toHaveURL(/range=last_month/)
  await expect(page).toHaveURL(/state=completed/)
})
