import { createHash, randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { expect, test, type Page } from '@playwright/test'
import { complaints, shot, signIn } from './console'

/** A pile of OCPP 1.6 over a bare socket: what it says is up to the test. */
class Pile {
  private constructor(private readonly socket: Socket) {}

  static async open(base: string, code: string, password: string): Promise<Pile> {
    const url = new URL(base)
    const socket = connect(Number(url.port), url.hostname)
    const key = randomBytes(16).toString('base64')
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject)
      socket.once('connect', () => {
        socket.write(
          [`GET /ocpp/${code} HTTP/1.1`, `Host: ${url.host}`, 'Upgrade: websocket', 'Connection: Upgrade', `Sec-WebSocket-Key: ${key}`, 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Protocol: ocpp1.6', `Authorization: Basic ${Buffer.from(`${code}:${password}`).toString('base64')}`, '', ''].join('\r\n'),
        )
      })
      socket.once('data', (data) => {
        const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
        if (data.toString('latin1').includes(accept)) resolve()
        else reject(new Error(data.toString('latin1').split('\r\n')[0]))
      })
    })
    return new Pile(socket)
  }

  /** A call as a masked text frame; the answer is not looked at. */
  call(action: string, payload: object): void {
    const body = Buffer.from(JSON.stringify([2, randomBytes(6).toString('hex'), action, payload]))
    const mask = randomBytes(4)
    const head = body.length < 126 ? Buffer.from([0x81, 0x80 | body.length]) : Buffer.from([0x81, 0x80 | 126, body.length >> 8, body.length & 0xff])
    this.socket.write(Buffer.concat([head, mask, body.map((b, i) => b ^ mask[i % 4]!)]))
  }
  close(): void {
    this.socket.destroy()
  }
}

async function pileOf(page: Page): Promise<{ code: string; password: string }> {
  const code = `ALARM-${Date.now()}`
  const made = await page.evaluate(async (code) => {
    const headers = { 'content-type': 'application/json', 'x-requested-with': 'pileops' }
    const stations = (await (await fetch('/api/v1/stations')).json()) as { items: { id: number }[] }
    const body = JSON.stringify({ code, name: null, station_id: stations.items[0]!.id, kind: 'dc', protocol: 'ocpp1.6', rated_power_w: 60000, connector_count: 1, password: 'alarm-pass-1' })
    return (await fetch('/api/v1/piles', { method: 'POST', headers, body })).status
  }, code)
  expect(made).toBe(201)
  return { code, password: 'alarm-pass-1' }
}

test('R-6.1a 告警中心: a fault from the wire is an alarm, a work order, and closed', async ({ page, baseURL }) => {
  test.setTimeout(120_000)
  const faults = complaints(page)
  await signIn(page)
  const { code, password } = await pileOf(page)
  const pile = await Pile.open(baseURL!, code, password)
  try {
    const status = (status: string, errorCode: string) => pile.call('StatusNotification', { connectorId: 1, errorCode, status })
    pile.call('BootNotification', { chargePointVendor: 'e2e', chargePointModel: 'alarm' })
    status('Available', 'NoError')
    status('Faulted', 'GroundFailure')
    await page.goto(`/alarms?pile=${code}`)
    const row = page.getByRole('row').filter({ hasText: code })
    await expect(row).toContainText('漏电或接地故障', { timeout: 20_000 })
    await expect(row).toContainText('紧急')
    await shot(page, 'alarm-list')
    await row.getByRole('link').first().click()
    await expect(page.getByText('处理建议')).toBeVisible()
    await expect(page.getByLabel('当时的报文')).toContainText('StatusNotification')
    await page.getByRole('button', { name: '确认', exact: true }).click()
    await page.getByRole('button', { name: '新建工单' }).click()
    await page.getByRole('dialog').getByRole('button', { name: '保存' }).click()
    await expect(page).toHaveURL(/\/work-orders\/\d+$/, { timeout: 20_000 })
    // On the telephone of whoever is on site.
    await page.setViewportSize({ width: 390, height: 844 })
    await page.getByRole('button', { name: '接单' }).click()
    await page.getByRole('button', { name: '到场' }).click()
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true)
    await shot(page, 'work-order-phone')
    await page.getByRole('button', { name: '完工' }).click()
    const done = page.getByRole('dialog')
    await done.getByRole('button', { name: '完工' }).click()
    await expect(done.getByRole('alert')).toBeVisible()
    await done.getByLabel('处理结果').fill('更换漏电模块')
    await done.getByRole('button', { name: '完工' }).click()
    await expect(page.getByText('待验收').first()).toBeVisible()
    await expect(page.getByRole('button', { name: '验收通过' })).toBeDisabled()
    await page.setViewportSize({ width: 1366, height: 768 })
    status('Available', 'NoError')
    await page.goto(`/alarms?pile=${code}`)
    await expect(row).toContainText('已恢复', { timeout: 20_000 })
    await row.getByRole('link').first().click()
    await page.getByRole('button', { name: '关闭', exact: true }).click()
    await page.getByRole('dialog').getByLabel('说明').fill('已更换漏电模块')
    await page.getByRole('dialog').getByRole('button', { name: '关闭', exact: true }).last().click()
    await expect(page.getByText('已关闭').first()).toBeVisible({ timeout: 20_000 })
  } finally {
    pile.close()
  }
  expect(faults).toEqual([])
})

test('R-6.1a 监控大屏: it fills 1920×1080 and 3840×2160, by day and by night', async ({ page }) => {
  const faults = complaints(page)
  await signIn(page)
  for (const [width, height] of [
    [1920, 1080],
    [3840, 2160],
  ] as const) {
    await page.setViewportSize({ width, height })
    await page.goto('/screen')
    await expect(page.getByText('在线率')).toBeVisible()
    await expect(page.getByText('实时更新中')).toBeVisible({ timeout: 20_000 })
    for (const turn of ['夜间', '日间']) {
      const button = page.getByRole('button', { name: turn })
      if (await button.isVisible()) await button.click()
      await shot(page, `screen-${width}-${turn === '夜间' ? 'night' : 'day'}`)
    }
    const fits = await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth && document.documentElement.scrollHeight <= window.innerHeight)
    expect(fits).toBe(true)
  }
  expect(faults).toEqual([])
})
