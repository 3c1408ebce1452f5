import { readFileSync } from 'node:fs'
import { expect, test, type Download } from '@playwright/test'
import { complaints, signIn } from './console'

const lines = async (download: Download) => {
  const text = readFileSync(await download.path(), 'utf8')
  return text.trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>)
}

test('R-5.2.1 报文录制: what was said about an order is downloaded with its bill, and what a pile said in a time', async ({ page }) => {
  const faults = complaints(page)
  await signIn(page)
  // An order that a pile of the demo makes while it runs: those of its past have no frames.
  const headers = { 'X-Requested-With': 'pileops' }
  const free = (await (await page.request.get('/api/v1/piles?online=true&state=available&protocol=ocpp1.6&limit=1')).json()) as { items: { code: string }[] }
  await page.request.post(`/api/v1/piles/${encodeURIComponent(free.items[0]!.code)}/commands?wait_ms=20000`, { headers, data: { kind: 'start', connector_no: 1 } })
  let id = 0
  const charging = async () => {
    const found = (await (await page.request.get('/api/v1/orders?state=charging&limit=20&totals=false')).json()) as { items: { id: number }[] }
    return (id = found.items[0]?.id ?? 0)
  }
  await expect.poll(charging, { timeout: 60_000 }).not.toBe(0)
  await page.request.post(`/api/v1/orders/${id}/stop`, { headers })
  const state = async () => ((await (await page.request.get(`/api/v1/orders/${id}`)).json()) as { state: string }).state
  await expect.poll(state, { timeout: 60_000 }).toMatch(/completed|abnormal/)
  await page.goto(`/orders/${id}`)
  await page.getByRole('button', { name: '下载回放文件' }).first().click()
  const dialog = page.getByRole('dialog')
  await expect(dialog).toContainText('个人信息')
  if (process.env.PILEOPS_SHOTS) {
    await page.setViewportSize({ width: 1366, height: 768 })
    await page.screenshot({ path: `${process.env.PILEOPS_SHOTS}/recording-order.png` })
  }
  const [file] = await Promise.all([page.waitForEvent('download'), dialog.getByRole('button', { name: '下载回放文件' }).click()])
  expect(file.suggestedFilename()).toMatch(/^\d{18}\.jsonl$/)
  const [header, ...frames] = await lines(file)
  expect(header).toMatchObject({ format: 'pileops-recording', version: 1, masked: true })
  expect((header!.orders as { id: number }[]).map((one) => one.id)).toEqual([id])
  expect(frames.length).toBeGreaterThan(0)

  const code = (header!.pile as { code: string }).code
  await page.goto(`/piles/${encodeURIComponent(code)}?tab=frames`)
  await page.getByRole('button', { name: '下载回放文件' }).click()
  const asked = page.getByRole('dialog')
  await expect(asked).toContainText(code)
  if (process.env.PILEOPS_SHOTS) {
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.setViewportSize({ width: 1920, height: 1080 })
    await page.screenshot({ path: `${process.env.PILEOPS_SHOTS}/recording-pile-dark.png` })
  }
  const [whole] = await Promise.all([page.waitForEvent('download'), asked.getByRole('button', { name: '下载回放文件' }).click()])
  const [second, ...said] = await lines(whole)
  expect(second).toMatchObject({ format: 'pileops-recording' })
  expect(said.length).toBeGreaterThanOrEqual(frames.length)
  expect(faults).toEqual([])
})
