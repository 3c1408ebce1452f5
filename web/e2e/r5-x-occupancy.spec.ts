import { expect, test } from '@playwright/test'
import { complaints, shot, signIn } from './console'

test('R-5.x a station sets what it asks for cars that stay plugged in', async ({ page }) => {
  const faults = complaints(page)
  await signIn(page)
  const { items } = (await (await page.request.get('/api/v1/stations')).json()) as { items: { id: number }[] }
  await page.goto(`/stations/${items[0]!.id}?tab=occupancy`)
  const card = page.getByRole('region', { name: '占位费' })
  await card.getByRole('button', { name: /设置占位费|修改方案/ }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('计费时段开始').fill('25:00')
  await dialog.getByRole('button', { name: '保存' }).click()
  await expect(dialog).toContainText('请填写时刻')
  await dialog.getByLabel('计费时段开始').fill('08:00')
  await dialog.getByLabel('计费时段结束').fill('22:00')
  await dialog.getByLabel('免费时长（分钟）').fill('20')
  await dialog.getByRole('button', { name: '保存' }).click()
  await expect(card).toContainText('充电结束后免费 20 分钟')
  await expect(card).toContainText('仅 08:00–22:00 计费')
  await page.reload()
  await expect(card).toContainText('充电结束后免费 20 分钟')
  await shot(page, 'station-occupancy')
  expect(faults).toEqual([])
})
