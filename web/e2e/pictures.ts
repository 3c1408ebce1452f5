import { test, type Page } from '@playwright/test'
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { everyPage, signIn } from './console'

const manual = process.env.PILEOPS_PICTURES
const look = process.env.PILEOPS_LOOK
const every = process.env.PILEOPS_PAGES
/** Only pages whose names fit; the others keep the pictures that they have. */
const only = new RegExp(process.env.PILEOPS_PAGES_ONLY || '')
/** Only pictures that are not there yet. */
const missing = !!process.env.PILEOPS_PAGES_MISSING
test.describe.configure({ timeout: 5_400_000 })

async function dress(page: Page, theme: 'light' | 'dark', language: 'zh-CN' | 'en') {
  await page.evaluate(([t, l]) => {
    localStorage.setItem('pileops.theme', JSON.stringify(t))
    localStorage.setItem('pileops.language', JSON.stringify(l))
  }, [theme, language])
}
async function picture(page: Page, path: string, file: string) {
  await page.goto(path)
  await page.locator('main .card, .sign-in').first().waitFor()
  // Data, charts and transitions come to rest.
  await page.waitForTimeout(1_500)
  if (file.endsWith('.webp')) await small(page, file)
  else await page.screenshot({ path: file, animations: 'disabled' })
}
/** A tenth of what a PNG takes: hundreds of pictures are kept beside the sources. */
async function small(page: Page, file: string) {
  const session = await page.context().newCDPSession(page)
  const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: 55 })
  await session.detach()
  await writeFile(file, Buffer.from(data, 'base64'))
}
/** Pages about one thing: a pile that charges, and an order with a bill over several periods. */
async function things(page: Page) {
  const get = async <T>(path: string) => (await (await page.request.get(`/api/v1${path}`)).json()) as T
  const piles = await get<{ items: { code: string; protocol: string }[] }>('/piles?state=charging&limit=20')
  const orders = await get<{ items: { id: number; total_fen: number }[] }>('/orders?state=completed&limit=100')
  const running = await get<{ items: { id: number }[] }>('/orders?state=charging&limit=20')
  const dearest = orders.items.reduce((best, o) => (o.total_fen > best.total_fen ? o : best))
  const speaks = (protocol: string) => `/piles/${(piles.items.find((p) => p.protocol.startsWith(protocol)) ?? piles.items[0]!).code}`
  return { ocpp: speaks('ocpp'), ocpp16: speaks('ocpp1.6'), ocpp2: speaks('ocpp2'), ykc: speaks('ykc'), order: `/orders/${dearest.id}`, running: `/orders/${running.items.at(-1)!.id}` }
}

test('the pictures of the manual', async ({ page }) => {
  test.skip(!manual, 'PILEOPS_PICTURES names no folder')
  await page.setViewportSize({ width: 1366, height: 768 })
  await signIn(page)
  const at = await things(page)
  await picture(page, '/', `${manual}/home.png`)
  await picture(page, '/orders', `${manual}/orders.png`)
  await picture(page, at.order, `${manual}/order.png`)
  await picture(page, at.ykc, `${manual}/pile.png`)
  await page.goto('/tariffs')
  await page.getByRole('button', { name: '新建计费模型' }).click()
  await page.waitForTimeout(1_000)
  await page.screenshot({ path: `${manual}/tariff.png`, animations: 'disabled' })
  await dress(page, 'dark', 'zh-CN')
  await page.setViewportSize({ width: 1920, height: 1080 })
  await picture(page, '/', `${manual}/home-dark.png`)
})

/** The tabs of some pages, each by its first page that has it. */
async function tabs(page: Page, paths: string[], but: string[]): Promise<Record<string, string>> {
  const found: Record<string, string> = {}
  for (const path of paths) {
    await page.goto(path)
    await page.locator('main .card').first().waitFor()
    const names = await page.locator('main [role=tab]').evaluateAll((all) => all.map((tab) => tab.id.replace(/^tab-/, '')))
    const noun = path.split('/')[1]!.replace(/s$/, '')
    for (const name of names.filter((name) => !but.includes(name))) found[`${noun}-${name}`] ??= `${path}?tab=${name}`
  }
  return found
}

/** What the menu leads to and one thing behind each list, whatever they are by now; and what only a tab or a
 * filter shows. */
async function allPages(page: Page): Promise<Record<string, string>> {
  const at = await things(page)
  const paths = await everyPage(page)
  const named = (path: string) => path.replace(/^\//, '').replace(/[^\w-]+/g, '-') || 'home'
  const station = paths.find((path) => /^\/stations\/\d/.test(path))
  const more = await tabs(page, [at.ocpp2, at.ocpp16, at.ykc, ...(station ? [station] : [])], ['live', 'orders', 'frames', 'base', 'commands', 'today', 'piles'])
  return { ...more, ...Object.fromEntries(paths.map((path) => [named(path), path])), ocpp: at.ocpp, ykc: at.ykc, order: at.order, running: at.running, 'pile-orders': `${at.ykc}?tab=orders`, frames: `${at.ocpp}?tab=frames`, base: `${at.ocpp}?tab=base`, commands: `${at.ocpp}?tab=commands`, chips: '/orders?station_id=1&state=abnormal&range=all' }
}

test('every page in every dress', async ({ page }) => {
  test.skip(!look, 'PILEOPS_LOOK names no folder')
  await page.goto('/sign-in')
  await page.screenshot({ path: `${look}/sign-in.png` })
  await signIn(page)
  const pages = await allPages(page)
  for (const [width, height, theme, language] of [
    [1366, 768, 'light', 'zh-CN'],
    [1366, 768, 'dark', 'en'],
    [1920, 1080, 'light', 'en'],
    [1920, 1080, 'dark', 'zh-CN'],
  ] as const) {
    await page.setViewportSize({ width, height })
    await dress(page, theme, language)
    for (const [name, path] of Object.entries(pages)) await picture(page, path, `${look}/${width}-${theme}-${language}-${name}.png`)
  }
})

test('every page, for the documents', async ({ page }) => {
  test.skip(!every, 'PILEOPS_PAGES names no folder')
  await mkdir(every!, { recursive: true })
  await signIn(page)
  const pages = Object.entries(await allPages(page)).map(([name, path]) => ({ name: name.replace(/(-\d+)+$/, '-detail'), path }))
  const dresses = [
    [1366, 768, 'light'],
    [1366, 768, 'dark'],
    [1920, 1080, 'light'],
    [1920, 1080, 'dark'],
  ] as const
  for (const [width, height, theme] of dresses) {
    await page.setViewportSize({ width, height })
    await dress(page, theme, 'zh-CN')
    for (const { name, path } of pages.filter(({ name }) => only.test(name))) {
      const file = `${every}/${name}-${width}-${theme}.webp`
      if (!missing || !existsSync(file)) await picture(page, path, file)
    }
  }
  const taken = pages.filter(({ name }) => dresses.every(([width, , theme]) => existsSync(`${every}/${name}-${width}-${theme}.webp`)))
  const rows = taken.map(({ name }) => `| ${name} | ${dresses.map(([width, , theme]) => `[${width} ${theme}](${name}-${width}-${theme}.webp)`).join(' | ')} |`)
  const head = ['# Every page', '', 'From the demo, taken by `scripts/screenshots.sh --pages`.', '', '| page | | | | |', '|---|---|---|---|---|']
  await writeFile(`${every}/README.md`, [...head, ...rows, ''].join('\n'))
})
