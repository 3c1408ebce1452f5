import { expect, test } from '@playwright/test'
import { complaints, shot, signIn, startable } from './console'

test('R-5.2.1 every operation by its own name: found, filled in a form made from its schema, sent, answered, found again', async ({ page }) => {
  const faults = complaints(page)
  await signIn(page)
  const free = await startable(page, /ocpp1/)
  const { pile } = free[0]!
  await page.goto(`/piles/${pile.code}`)
  await page.getByRole('button', { name: '更多' }).click()
  await page.getByRole('button', { name: '按协议操作发送' }).click()
  const dialog = page.getByRole('dialog', { name: /按协议操作发送/ })
  const list = dialog.getByRole('navigation')
  await expect(list.getByRole('button')).toHaveCount(26)
  await shot(page, 'operation-list')

  // A form without what must be there says so at the field, and nothing goes out.
  await list.getByPlaceholder('按名称查找操作').fill('充电曲线')
  await list.getByRole('button', { name: /SetChargingProfile/ }).click()
  await dialog.getByRole('button', { name: '发送', exact: true }).click()
  await expect(dialog.getByText('必填').first()).toBeVisible()
  await shot(page, 'operation-form')

  // The pile's answer is a table of names and values, and its JSON.
  await list.getByPlaceholder('按名称查找操作').fill('读取配置')
  await list.getByRole('button', { name: /GetConfiguration/ }).click()
  await dialog.getByRole('button', { name: /配置项|参数/ }).first().click()
  await dialog.getByLabel(/key\[0\]/).fill('HeartbeatInterval')
  await dialog.getByRole('button', { name: '发送', exact: true }).click()
  const answer = dialog.getByRole('status')
  await expect(answer).toContainText('成功')
  await expect(answer.getByRole('cell', { name: 'HeartbeatInterval' })).toBeVisible()
  await shot(page, 'operation-answer')
  await dialog.locator('.bar').getByText('JSON').click()
  await expect(dialog.getByLabel('参数 (JSON)')).toHaveValue(/HeartbeatInterval/)
  await dialog.getByRole('button', { name: '关闭', exact: true }).last().click()

  // Found again in the history, with what was asked and what was said.
  await page.getByRole('tab', { name: '指令记录' }).click()
  const row = page.locator('tbody tr').filter({ hasText: 'GetConfiguration' }).first()
  await row.getByRole('button', { name: /查看/ }).click()
  const told = page.getByRole('dialog', { name: /读取配置/ })
  await expect(told.getByText('HeartbeatInterval').first()).toBeVisible()
  await shot(page, 'operation-history')
  expect(faults).toEqual([])
})
