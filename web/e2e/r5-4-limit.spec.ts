import { expect, test } from '@playwright/test'
import { complaints, shot, signIn } from './console'

test('R-5.4 a fleet has a limit for every driver and sees what each has used', async ({ page }) => {
  const faults = complaints(page)
  await signIn(page)
  const { items } = (await (await page.request.get('/api/v1/fleets?limit=100')).json()) as { items: { id: number; driver_count: number }[] }
  // The oldest with drivers is the demo's; others may be of tests before.
  await page.goto(`/fleets/${items.filter((fleet) => fleet.driver_count > 1).at(-1)!.id}?tab=limits`)
  const card = page.getByRole('region', { name: '司机用量上限' })
  await card.getByRole('button', { name: '设置', exact: true }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('每单（元）').fill('100')
  await dialog.getByLabel('每日（元）').fill('50')
  await dialog.getByRole('button', { name: '保存' }).click()
  await expect(dialog).toContainText('每日上限不能低于每单上限')
  await dialog.getByLabel('每日（元）').fill('200')
  await dialog.getByRole('button', { name: '保存' }).click()
  await expect(card).toContainText('每单 ¥100.00 · 每日 ¥200.00')
  await expect(card.getByRole('row').nth(1)).toContainText('/')
  await card.getByRole('button', { name: '充电站与时段', exact: true }).first().click()
  await dialog.getByText('指定时段').click()
  await dialog.getByLabel('开始').fill('25:00')
  await dialog.getByRole('button', { name: '保存' }).click()
  await expect(dialog).toContainText('时刻应为 00:00 到 24:00')
  await dialog.getByLabel('开始').fill('21:00')
  await dialog.getByRole('button', { name: '保存' }).click()
  await expect(card).toContainText('每天 21:00')
  await shot(page, 'fleet-driver-limits')
  // The hour that cannot be was refused by the server, and the browser notes that.
  expect(faults.filter((fault) => !/status of 400/.test(fault))).toEqual([])
})
