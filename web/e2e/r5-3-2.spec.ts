import { expect, test } from '@playwright/test'
import { readFile } from 'node:fs/promises'
import type { components } from '../api/schema'
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

test('R-5.3.2 a held order is settled by hand: the amount is shown before, the page explains it afterwards', async ({ page }) => {
  const faults = complaints(page)
  await signIn(page)
  await page.goto('/orders?state=abnormal&range=all')
  await page.locator('tbody tr a').first().click()
  const card = page.getByRole('region', { name: '异常结算' })
  await expect(card).toContainText('系统没有对这笔订单计费')
  await shot(page, 'settlement-held')
  await card.getByRole('button', { name: '处理异常' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('手工填金额').click()
  // The energy of this order is beyond belief: what was delivered is asked for.
  await dialog.getByRole('spinbutton', { name: '实际电量' }).fill('33.5')
  // Above what one person may decide: the demo's staff have set 500 yuan.
  await dialog.getByRole('spinbutton', { name: '电费' }).fill('500')
  await dialog.getByRole('spinbutton', { name: '服务费' }).fill('0.01')
  await dialog.getByRole('spinbutton', { name: '服务费' }).press('Tab')
  await expect(dialog.getByText('须由另一位有权限的同事复核')).toBeVisible()
  await expect(dialog.getByRole('button', { name: '提交复核' })).toBeVisible()
  await dialog.getByRole('spinbutton', { name: '电费' }).fill('12')
  await dialog.getByRole('spinbutton', { name: '电费' }).press('Tab')
  await expect(dialog.getByText('¥12.01', { exact: true })).toBeVisible()
  await dialog.getByRole('button', { name: '确认结算' }).click()
  await expect(dialog.getByText('请写明原因，至少 2 个字')).toBeVisible()
  await shot(page, 'settlement-dialog')
  await dialog.getByRole('textbox', { name: '原因' }).fill('与车主电话核实')
  await dialog.getByRole('button', { name: '确认结算' }).click()
  await expect(dialog).toBeHidden()
  await expect(card.getByText('已结算', { exact: true })).toBeVisible()
  await expect(page.getByText(/人工结算：.*按手工填写的金额结算为 12\.01 元。原因：与车主电话核实/)).toBeVisible()
  await shot(page, 'settlement-done')
  expect(faults).toEqual([])
})

test('R-5.3.2 lost orders are uploaded, looked at with their errors, confirmed, found and taken back', async ({ page }) => {
  const faults = complaints(page)
  await signIn(page)
  // A pile's own past order tells the price that its station had then.
  // One of some weeks ago, from before any change of a price, and of an ordinary day like those of the file.
  let order: components['schemas']['OrderDetail'] | undefined
  for (let weeks = 3; weeks < 9 && !order; weeks += 1) {
    const now = new Date()
    const wednesday = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() - now.getUTCDay() + 3 - 7 * weeks)
    const asked = await page.request.get(`/api/v1/orders?state=completed&from_ms=${wednesday}&to_ms=${wednesday + 43_200_000}&limit=1`)
    const id = ((await asked.json()) as { items: { id: number }[] }).items[0]?.id
    if (id == null) continue
    const found = (await (await page.request.get(`/api/v1/orders/${id}`)).json()) as components['schemas']['OrderDetail']
    if (found.tariff && found.tariff.day_name == null && found.segments.length) order = found
  }
  if (!order) throw new Error('no order of an ordinary day')
  const like = order
  const price = order.segments[0]!
  const cost = (price.electricity_price_e5 + price.service_price_e5) / 100_000
  const place = { sharp: 0, peak: 1, flat: 2, valley: 3 }[price.period]
  const energies = [0, 1, 2, 3].map((n) => (n === place ? '1' : '')).join(',')
  const key = Date.now() % 2_000_000_000
  const head = '交易流水号*,电桩编号*,枪号*,开始时间*,结束时间*,尖电量,峰电量,平电量,谷电量,总电量*,电表起值,电表止值,总金额,VIN,来源说明*'
  const row = (n: number, hour: string, change: { pile?: string; total?: string; amount?: string } = {}) =>
    `${key + n},${change.pile ?? like.pile_code},1,2026-01-07 ${hour}:00:00,2026-01-07 ${hour}:20:00,${energies},${change.total ?? '1'},,,${change.amount ?? ''},,断网补录`
  const rows = [head, row(0, '03', { amount: cost.toFixed(4) }), row(1, '04'), row(2, '05', { pile: '没有这台桩' }), row(3, '06', { total: '2' }), row(4, '07', { amount: (cost + 1).toFixed(2) }), row(5, '03')]
  const file = { name: '七月断网补录.csv', mimeType: 'text/csv', buffer: Buffer.from(`\ufeff${rows.join('\r\n')}\r\n`) }

  await page.goto('/order-imports')
  await page.getByRole('button', { name: '导入丢失订单' }).click()
  const dialog = page.getByRole('dialog', { name: /导入/ })
  await expect(dialog.getByRole('link', { name: '下载模板（XLSX）' })).toBeVisible()
  await shot(page, 'order-import-choose')
  await page.locator('input[type=file]').setInputFiles({ name: '补录.pdf', mimeType: 'application/pdf', buffer: Buffer.from('x') })
  await expect(dialog).toContainText('只能导入 .xlsx 或 .csv 文件')
  await page.locator('input[type=file]').setInputFiles(file)
  await expect(dialog.getByText('待确认')).toBeVisible()
  await expect(dialog).toContainText('没有电桩编号为 没有这台桩 的桩')
  await expect(dialog).toContainText('与尖峰平谷电量之和 1.0000 kWh 不等')
  await expect(dialog).toContainText('与文件中另一行在同一枪上时间重叠')
  await shot(page, 'order-import-checked')
  const fetched = page.waitForEvent('download')
  await dialog.getByRole('link', { name: '下载全部错误' }).click()
  expect((await readFile((await (await fetched).path())!, 'utf8')).trimEnd().split('\r\n').length).toBe(5)

  await dialog.getByRole('button', { name: '确认导入 2 行' }).click()
  await shot(page, 'order-import-asked')
  await page.getByRole('button', { name: '确认导入', exact: true }).click()
  await expect(dialog.getByText('已导入')).toBeVisible()
  await shot(page, 'order-import-done')
  await dialog.getByRole('link', { name: '查看补录的订单' }).click()
  await page.getByRole('link', { name: new RegExp(/^\d{18}$/) }).first().click()
  await expect(page.getByText('导入补录').first()).toBeVisible()
  await expect(page.getByText(/导入批次 \d+ · 断网补录/)).toBeVisible()
  await shot(page, 'order-imported')

  // The same file again has nothing new.
  await page.goto('/order-imports')
  await page.getByRole('button', { name: '导入丢失订单' }).click()
  await page.locator('input[type=file]').setInputFiles(file)
  await expect(dialog.getByText('无可导入')).toBeVisible()
  await expect(dialog.getByRole('button', { name: /^确认导入/ })).toHaveCount(0)
  await shot(page, 'order-import-again')
  await dialog.getByRole('button', { name: '关闭', exact: true }).last().click()

  const found = async (n: number) => ((await (await page.request.get(`/api/v1/orders?session_key=${key + n}`)).json()) as { total: number }).total
  expect([await found(0), await found(1), await found(2)]).toEqual([1, 1, 0])
  await shot(page, 'order-imports')
  await page.getByRole('button', { name: '撤销批次' }).first().click()
  await shot(page, 'order-import-undo-asked')
  await page.getByRole('button', { name: '撤销批次', exact: true }).last().click()
  await expect(page.locator('tbody tr').nth(1)).toContainText('已撤销')
  expect([await found(0), await found(1)]).toEqual([0, 0])
  await shot(page, 'order-imports-undone')
  expect(faults).toEqual([])
})

test('R-5.3.2 orders are sorted by a column, found by more filters, and carry notes', async ({ page }) => {
  const faults = complaints(page)
  await signIn(page)
  await page.goto('/orders?range=all&state=completed')
  const amounts = async () => (await page.locator('tbody tr td .strong').allInnerTexts()).map((text) => Number(text.replace(/[^\d.]/g, '')))
  const head = page.getByRole('columnheader', { name: '总金额' })
  await head.getByRole('button').click()
  await expect(head).toHaveAttribute('aria-sort', 'descending')
  await expect(page).toHaveURL(/sort=-total/)
  await expect(async () => expect(await amounts()).toEqual([...(await amounts())].sort((a, b) => b - a))).toPass()
  const most = (await amounts())[0]!
  await head.getByRole('button').click()
  await expect(head).toHaveAttribute('aria-sort', 'ascending')
  await expect(async () => expect(await amounts()).toEqual([...(await amounts())].sort((a, b) => a - b))).toPass()
  // Pages go on in the same order.
  const last = (await amounts()).at(-1)!
  await page.getByRole('button', { name: '下一页' }).click()
  await expect(page).toHaveURL(/page=2/)
  await expect(async () => expect((await amounts())[0]!).toBeGreaterThanOrEqual(last)).toPass()

  await page.getByRole('button', { name: '更多条件' }).click()
  await page.getByRole('spinbutton', { name: '总金额最小值' }).fill(String(most))
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(new RegExp(`total=${String(most).replace('.', '\\.')}`))
  await expect(async () => expect((await amounts()).every((amount) => amount >= most)).toBe(true)).toPass()
  await shot(page, 'orders-more-filters')

  await page.locator('tbody tr a').first().click()
  const notes = page.getByRole('region', { name: '备注' })
  await expect(notes).toContainText('还没有备注')
  await notes.getByRole('button', { name: '写备注' }).click()
  await page.getByRole('dialog', { name: '写备注' }).getByRole('textbox').fill('车主来电询问费用，已说明分时电价')
  await shot(page, 'order-note-dialog')
  await page.getByRole('dialog', { name: '写备注' }).getByRole('button', { name: '保存' }).click()
  await expect(notes).toContainText('已说明分时电价')
  await shot(page, 'order-notes')
  expect(faults).toEqual([])
})
