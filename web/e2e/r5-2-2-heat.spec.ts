import { expect, test } from '@playwright/test'
import { complaints, shot, signIn } from './console'

test('R-5.2.2 the map shows where much is charged, with a legend, and counts only what is asked for', async ({ page }) => {
  const faults = complaints(page)
  await signIn(page)
  await page.goto('/map?heat=energy&days=30')
  const legend = page.getByRole('group', { name: '热力图例' })
  await expect(legend.getByText(/座站，合计/)).toBeVisible()
  await expect(page.locator('canvas.heat')).toBeVisible()
  await shot(page, 'map-heat')
  await page.goto('/map?kind=ac')
  await expect(page.getByText(/座站，/).first()).toBeVisible()
  await expect(page).toHaveURL(/kind=ac/)
  expect(faults).toEqual([])
})

test('R-5.2.2 a station is put where somebody points', async ({ page }) => {
  await signIn(page)
  await page.goto('/stations/1?tab=base')
  await page.getByRole('button', { name: '编辑档案' }).click()
  await page.getByRole('button', { name: '打开地图选点' }).click()
  const picker = page.getByRole('dialog', { name: '在地图上选择充电站位置' })
  const map = picker.getByRole('application')
  await expect(map).toBeVisible()
  await map.click({ position: { x: 300, y: 200 } })
  await expect(picker.getByText(/经度 \d+\.\d{6}/)).toBeVisible()
  await shot(page, 'place-picker')
  await picker.getByRole('button', { name: '使用此位置' }).click()
  await expect(picker).toBeHidden()
  await expect(page.getByLabel('经度')).not.toHaveValue('')
})
