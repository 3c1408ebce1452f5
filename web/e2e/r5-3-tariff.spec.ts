import { expect, test } from '@playwright/test'
import { complaints, shot, signIn } from './console'

test('R-5.3 a change of prices: planned, shown where it concerns, put into effect at the piles, withdrawn', async ({ page }) => {
  const faults = complaints(page)
  await signIn(page)
  await page.goto('/tariff-plans')
  const table = page.getByRole('table')
  await expect(table.getByRole('row').filter({ hasText: '待生效' })).toHaveCount(1)
  await shot(page, 'tariff-plans')

  // A plan that lacks something says so at its field.
  await page.getByRole('button', { name: '安排调价' }).click()
  const dialog = page.getByRole('dialog', { name: '安排调价' })
  await dialog.getByRole('button', { name: '保存计划' }).click()
  await expect(dialog.getByText('请至少选择一座充电站')).toBeVisible()
  await expect(dialog.getByText('请选择生效时间')).toBeVisible()
  await dialog.getByRole('combobox', { name: '计费模型版本' }).click()
  await page.getByRole('option', { name: /郊区夜充优惠电价/ }).click()
  await dialog.getByRole('combobox', { name: '充电站' }).fill('深圳北')
  await page.getByRole('option', { name: '深圳北站充电站' }).click()
  await page.keyboard.press('Escape')
  await dialog.getByRole('textbox', { name: '原因' }).fill('提前试行一座站')
  await shot(page, 'tariff-plan-dialog')
  await dialog.getByText('立即生效', { exact: true }).click()
  await expect(dialog.getByText('1 座充电站的新订单立刻按新价格计费')).toBeVisible()
  await dialog.getByRole('button', { name: '保存计划' }).click()

  // Its piles: those of OCPP need nothing, the others are told once they are idle.
  await expect(page).toHaveURL(/\/tariff-plans\/\d+$/)
  await expect(page.getByText('已生效').first()).toBeVisible()
  await expect(page.getByText('由平台计费，不需要下发').first()).toBeVisible()
  await expect(page.getByText(/一律按平台的计费模型计费/)).toBeVisible()
  await expect(page.getByRole('row').filter({ hasText: /已确认|等待充电结束|等待上线|等待下发|已下发|桩拒绝/ }).first()).toBeVisible()
  await expect(async () => {
    await page.reload()
    await expect(page.getByRole('row').filter({ hasText: '已确认' }).first()).toBeVisible({ timeout: 2_000 })
  }).toPass({ timeout: 60_000 })
  await shot(page, 'tariff-plan-detail')

  // The station shows what holds now and what comes next.
  await page.getByRole('link', { name: '深圳北站充电站' }).last().click()
  const line = page.getByRole('listitem').filter({ hasText: '现行' })
  await expect(line).toContainText('郊区夜充优惠电价')
  await shot(page, 'station-tariffs')

  // Piles by whether they have it.
  await page.goto('/piles?tariff_match=same')
  await expect(page.getByRole('table').getByRole('row').filter({ hasText: '一致' }).first()).toBeVisible()
  await shot(page, 'piles-tariff')

  // The one to come is taken back; its reason stays.
  await page.goto('/tariff-plans?state=scheduled')
  await page.getByRole('table').getByRole('link', { name: /^#/ }).first().click()
  await shot(page, 'tariff-plan-scheduled')
  await page.getByRole('button', { name: '撤回计划' }).click()
  const ask = page.getByRole('dialog', { name: '撤回计划' })
  await expect(ask).toContainText('将不再生效')
  await ask.getByRole('textbox', { name: '撤回原因' }).fill('改期')
  await ask.getByRole('button', { name: '撤回计划' }).click()
  await expect(page.getByText('已撤回').first()).toBeVisible()
  await expect(page.getByText('· 改期')).toBeVisible()
  await page.goto('/tariff-plans/999999')
  await expect(page.getByRole('alert')).toContainText('没有这个调价计划')
  expect(faults.filter((f) => !/404/.test(f))).toEqual([])
})
