import { expect, test, type Page } from '@playwright/test'
import { complaints, shot, signIn } from './console'

interface Board {
  id: number
  name: string
}

/** The station of the demo with the fewest sessions, but one: the others go on as they were. */
async function stationOf(page: Page): Promise<Board> {
  // The cars that are there at the start of the demo begin to charge one after the other.
  for (let tries = 0; tries < 30; tries += 1) {
    const stations = (await (await page.request.get('/api/v1/stations')).json()) as { items: { id: number; name: string }[] }
    const found: (Board & { n: number })[] = []
    for (const { id, name } of stations.items.slice(0, 20)) {
      const plan = (await (await page.request.get(`/api/v1/stations/${id}/emergency`)).json()) as { order_count: number; live_id: number | null }
      if (plan.order_count > 0 && plan.live_id == null) found.push({ id, name, n: plan.order_count })
    }
    const least = found.sort((x, y) => x.n - y.n)[0]
    if (least) return least
    await page.waitForTimeout(2_000)
  }
  throw new Error('no station charges')
}

async function fill(page: Page, station: Board, typed: string, reason: string): Promise<void> {
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('充电站', { exact: true }).fill(station.name)
  await page.getByRole('option', { name: station.name, exact: true }).click()
  await dialog.getByLabel('停机原因').fill(reason)
  await dialog.getByLabel('逐字输入站名以确认').fill(typed)
}

test('R-6.1b 紧急停机: a drill sends nothing, a stop by the typed name ends the sessions and is taken back', async ({ page }) => {
  test.setTimeout(180_000)
  const faults = complaints(page)
  await signIn(page)
  const station = await stationOf(page)
  await page.goto('/emergencies')
  await page.getByRole('button', { name: '演练' }).click()
  await fill(page, station, station.name, '季度演练')
  await page.getByRole('button', { name: '开始演练' }).click()
  await expect(page).toHaveURL(/\/emergencies\/\d+$/, { timeout: 20_000 })
  await expect(page.getByLabel('逐桩结果')).toContainText('演练')
  await page.getByRole('button', { name: '结束演练' }).click()
  await page.getByRole('dialog').getByLabel('解除说明').fill('用时三分钟')
  await page.getByRole('dialog').getByRole('button', { name: '结束演练' }).click()
  await expect(page.getByText('用时三分钟')).toBeVisible({ timeout: 20_000 })

  await page.goto('/emergencies')
  await page.getByRole('button', { name: '紧急停机' }).click()
  await fill(page, station, `${station.name}x`, '配电柜冒烟')
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: '立即停机' }).click()
  await expect(dialog).toContainText('与所选充电站的名称不一致')
  await dialog.getByLabel('逐字输入站名以确认').fill(station.name)
  await dialog.getByRole('button', { name: '立即停机' }).click()
  await expect(page).toHaveURL(/\/emergencies\/\d+$/, { timeout: 20_000 })
  await expect(page.getByText('停机中').first()).toBeVisible()
  const results = page.getByLabel('逐桩结果')
  const stopped = results.getByRole('row').filter({ hasText: '停止订单' }).first()
  await expect(stopped).toContainText('成功', { timeout: 60_000 })
  await expect(page.getByText('沿疏散标志有序撤离')).toBeVisible()
  await shot(page, 'emergency')
  await page.getByRole('button', { name: '解除停机' }).click()
  await page.getByRole('dialog').getByLabel('解除说明').fill('误报，现场已确认')
  await page.getByRole('dialog').getByRole('button', { name: '解除停机' }).click()
  await expect(page.getByText('已解除').first()).toBeVisible({ timeout: 20_000 })
  await expect(results.getByRole('row').filter({ hasText: '恢复使用' }).first()).toBeVisible()

  await page.goto('/safety-rules')
  await expect(page.getByText('电池温度超过其允许值')).toBeVisible()
  await shot(page, 'safety-rules')
  expect(faults).toEqual([])
})
