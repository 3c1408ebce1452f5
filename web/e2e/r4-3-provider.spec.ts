import { expect, test, type Page } from '@playwright/test'
import { complaints, shot, signIn } from './console'
import { Identity } from './identity'

const at = process.env.PILEOPS_URL ?? 'http://127.0.0.1:8080'

async function leave(page: Page): Promise<void> {
  await page.context().clearCookies()
  await page.goto('/sign-in')
}

test('R-4.3 staff come in by a provider of identities, strangers and what was not begun here do not', async ({ page }) => {
  const provider = new Identity(`${at}/sign-in/provider`)
  await provider.open()
  const faults = complaints(page)
  const own = `oidc.${Date.now() % 1_000_000}`
  const name = `认证${Date.now() % 10_000}`
  provider.people = [own, 'nobody.here']
  try {
    await signIn(page)
    const made = await page.request.post('/api/v1/staff', { headers: { 'X-Requested-With': 'pileops' }, data: { account: own, name: '经认证的人', role: 'viewer', operator_id: null } })
    expect(made.ok(), await made.text()).toBe(true)

    await page.goto('/identity-providers')
    await page.getByRole('button', { name: '新建统一身份认证' }).click()
    const form = page.getByRole('dialog')
    await expect(form).toContainText(`${at}/sign-in/provider`)
    await form.getByLabel('名称', { exact: true }).fill(name)
    await form.locator('.el-form-item').filter({ hasText: '状态' }).locator('.el-select').click()
    await page.getByRole('option', { name: '已开启' }).click()
    await form.getByLabel('签发方地址').fill(provider.issuer)
    await form.getByLabel('客户端标识').fill(provider.client)
    await form.getByLabel('客户端密钥').fill(provider.secret)
    await form.getByRole('button', { name: '保存' }).click()
    await expect(page.getByText(`“${name}”已保存`)).toBeVisible()

    // Whoever the platform knows comes in as themselves, and where they wanted to go.
    await page.context().clearCookies()
    await page.goto('/piles')
    await expect(page).toHaveURL(/\/sign-in\?to=/)
    await page.getByRole('button', { name: `用${name}登录` }).click()
    await expect(page.getByRole('heading', { name: '集团认证中心' })).toBeVisible()
    await page.getByRole('link', { name: own }).click()
    await expect(page).toHaveURL(/\/piles$/)
    await expect(page.getByRole('navigation', { name: '主菜单' })).toBeVisible()
    const session = (await (await page.request.get('/api/v1/session')).json()) as { staff: { account: string; role: string } }
    expect(session.staff).toMatchObject({ account: own, role: 'viewer' })
    expect(faults).toEqual([])

    // A stranger is told that there is no account, and led back.
    await leave(page)
    await page.getByRole('button', { name: `用${name}登录` }).click()
    await page.getByRole('link', { name: 'nobody.here' }).click()
    const alert = page.getByRole('alert')
    await expect(alert).toContainText('账号')
    await expect(alert).not.toContainText('密码不正确')
    await shot(page, 'provider-stranger')
    expect((await page.request.get('/api/v1/session')).status()).toBe(401)
    await page.getByRole('link', { name: '回到登录页' }).click()
    await expect(page.getByLabel('密码', { exact: true })).toBeVisible()

    // What somebody else has begun, or nobody, opens nothing: nor does an address that was used before.
    await page.goto('/sign-in/provider?code=stolen&state=made-up')
    await expect(alert).toContainText('不是由此页面发起')
    await page.goto('/sign-in')
    await page.getByRole('button', { name: `用${name}登录` }).click()
    const way = (await page.getByRole('link', { name: own }).getAttribute('href'))!
    await page.getByRole('link', { name: own }).click()
    await expect(page.getByRole('navigation', { name: '主菜单' })).toBeVisible()
    await leave(page)
    await page.goto(way)
    await expect(alert).toContainText('不是由此页面发起')
    expect((await page.request.get('/api/v1/session')).status()).toBe(401)
    expect(provider.refused).toEqual([])
  } finally {
    provider.close()
  }

  // Taken away by its name, it is no longer offered.
  await signIn(page, { keep: true })
  await page.goto('/identity-providers')
  await page.getByRole('row').filter({ hasText: name }).getByRole('button', { name: '删除' }).click()
  const ask = page.getByRole('dialog')
  await expect(ask).toContainText(name)
  await ask.getByRole('button', { name: '删除' }).click()
  await expect(page.getByText(`“${name}”已删除`)).toBeVisible()
  await leave(page)
  await expect(page.getByLabel('密码', { exact: true })).toBeVisible()
  await expect(page.getByRole('button', { name: `用${name}登录` })).toHaveCount(0)
})
