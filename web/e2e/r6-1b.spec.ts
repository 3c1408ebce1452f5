import { expect, test, type Page } from '@playwright/test'
import { complaints, shot, signIn, startable } from './console'

interface Board {
  id: number
  name: string
}

const headers = { 'X-Requested-With': 'pileops' }

/** A station where a session goes on: the one of a free pile that is started here. */
async function stationOf(page: Page): Promise<Board> {
  for (const { pile, no } of (await startable(page, /ocpp/)).slice(0, 8)) {
    const { station_id: id, station_name: name } = pile
    if (id == null || !name) continue
    const plan = async () => (await (await page.request.get(`/api/v1/stations/${id}/emergency`)).json()) as { order_count: number; live_id: number | null }
    if ((await plan()).live_id != null) continue
    await page.request.post(`/api/v1/piles/${encodeURIComponent(pile.code)}/commands?wait_ms=20000`, { headers, data: { kind: 'start', connector_no: no } })
    // A pile without a car gives the order up; the next one may have a car.
    for (let tries = 0; tries < 20; tries += 1) {
      const { items } = (await (await page.request.get(`/api/v1/orders?state=charging&station_id=${id}&limit=50`)).json()) as { items: { pile_code: string }[] }
      if (items.some((order) => order.pile_code === pile.code) && (await plan()).order_count > 0) return { id, name }
      await page.waitForTimeout(1_000)
    }
  }
  throw new Error('no pile on line started a session')
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
  await expect(page.getByText('沿疏散标志有序撤离').first()).toBeVisible()
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
