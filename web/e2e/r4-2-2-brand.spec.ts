import AxeBuilder from '@axe-core/playwright'
import { expect, test, type Page } from '@playwright/test'
import { readFileSync } from 'node:fs'
import { complaints, passwordOwn, shot, signIn } from './console'

const logo = readFileSync(new URL('../../crates/server/src/demo/photos/logo.png', import.meta.url))
const PASSWORD = 'Correct-Horse-9'
const GIVEN = 'Another-Horse-8'

async function faults(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).options({ runOnly: { type: 'rule', values: ['color-contrast'] } }).analyze()
  return violations.flatMap((v) => v.nodes.map((n) => `${new URL(page.url()).pathname} ${n.target.join(' ')} ${n.any[0]?.message ?? ''}`))
}
const accent = (page: Page) => page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue('--accent').trim())

test('R-4.2.2 an operator has its own name, logo and colour, seen before they are saved and readable in both dresses', async ({ page, browser }) => {
  test.setTimeout(180_000)
  const complained = complaints(page)
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
  await signIn(page)
  const made = await page.request.post('/api/v1/staff', { headers: { 'X-Requested-With': 'pileops' }, data: { account: `brand.${Date.now()}`, name: '品牌管理员', role: 'admin', operator_id: 1, password: GIVEN } })
  expect(made.ok()).toBe(true)
  const { account } = ((await (await page.request.get('/api/v1/staff?account=brand.')).json()) as { items: { account: string }[] }).items.at(-1)!
  await passwordOwn(account, GIVEN, PASSWORD)
  await page.goto('/brand')
  await expect(page.getByText('尚未设置，当前显示默认品牌')).toBeVisible()
  await shot(page, 'brand-default')

  // The operator's administrator sees its own alone.
  const own = await browser.newContext({ baseURL: new URL(page.url()).origin, locale: 'zh-CN', colorScheme: 'light', viewport: { width: 1366, height: 768 } })
  const desk = await own.newPage()
  const deskComplained = complaints(desk)
  await desk.goto('/sign-in')
  await desk.getByLabel('账号', { exact: true }).fill(account)
  await desk.getByLabel('密码', { exact: true }).fill(PASSWORD)
  await desk.keyboard.press('Enter')
  await expect(desk.getByRole('navigation', { name: '主菜单' })).toBeVisible()
  await desk.goto('/brand')
  await expect(desk.getByLabel('品牌属于')).toHaveCount(0)
  await desk.getByRole('textbox', { name: '产品名称' }).fill('江城智充运营平台')
  await desk.getByRole('textbox', { name: '简称' }).fill('江城智充')
  const colour = desk.getByRole('textbox', { name: '主题色' })
  await colour.fill('#808080')
  await expect(desk.getByText('这个颜色太接近黑、白或灰')).toBeVisible()
  await colour.fill('#ffb300')
  await expect(desk.getByText(/已自动调深为 #/)).toBeVisible()
  const upload = desk.getByRole('group', { name: '标志', exact: true })
  await upload.locator('input[type=file]').setInputFiles({ name: 'logo.svg', mimeType: 'image/svg+xml', buffer: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>') })
  await expect(upload.getByRole('alert')).toContainText('不接受 SVG')
  await upload.locator('input[type=file]').setInputFiles({ name: 'logo.png', mimeType: 'image/png', buffer: logo })
  await expect(desk.getByRole('region', { name: '预览' }).locator('img')).toHaveCount(2)
  expect(await accent(desk), 'nothing changes before it is saved').toBe('#0b8577')
  await shot(desk, 'brand-preview')
  expect(await faults(desk)).toEqual([])
  await desk.getByRole('button', { name: '保存品牌' }).click()
  await expect(desk.getByRole('complementary').getByText('江城智充', { exact: true })).toBeVisible()
  await expect(desk).toHaveTitle(/江城智充$/)
  const light = await accent(desk)
  expect(light).not.toBe('#0b8577')

  for (const dress of ['light', 'dark'] as const) {
    await desk.emulateMedia({ colorScheme: dress, reducedMotion: 'reduce' })
    for (const path of ['/', '/piles', '/stations', '/map', '/brand', '/orders', '/staff']) {
      await desk.goto(path)
      await desk.locator('main .card').first().waitFor()
      await expect(desk.locator('main .el-skeleton')).toHaveCount(0)
      expect(await faults(desk), dress).toEqual([])
    }
    await desk.goto('/stations')
    await expect(desk.locator('tbody tr').first()).toBeVisible()
    await shot(desk, `brand-${dress}`)
  }
  // The first picture has the colour already, and the sign-in page is the one that people know.
  await desk.emulateMedia({ colorScheme: 'light' })
  await desk.route('**/api/v1/session/brand', (route) => route.abort())
  await desk.goto('/stations')
  await expect(desk.getByRole('complementary').getByText('江城智充', { exact: true })).toBeVisible()
  expect(await accent(desk)).toBe(light)
  await desk.unroute('**/api/v1/session/brand')
  await desk.request.delete('/api/v1/session', { headers: { 'X-Requested-With': 'pileops' } })
  await desk.goto('/sign-in')
  await expect(desk.getByRole('heading', { name: '江城智充运营平台' })).toBeVisible()
  await shot(desk, 'brand-sign-in')
  expect(deskComplained.filter((c) => !/400|ERR_FAILED/.test(c))).toEqual([])
  await own.close()

  // The platform's staff still see the platform's, and take the operator's back.
  await page.goto('/brand?operator_id=1')
  await expect(page.getByRole('textbox', { name: '简称' })).toHaveValue('江城智充')
  expect(await accent(page)).toBe('#0b8577')
  await page.getByRole('button', { name: '恢复默认' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '恢复默认' }).click()
  await expect(page.getByText('尚未设置，当前显示默认品牌')).toBeVisible()
  expect(complained).toEqual([])
})
