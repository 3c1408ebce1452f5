import { expect, test, type Page } from '@playwright/test'
import { account, complaints, number, orderGet, orderListed, password, shot, signIn, startable } from './console'

const term = (page: Page, name: string) => page.getByRole('term').filter({ hasText: new RegExp(`^${name}$`) }).locator('xpath=following-sibling::dd[1]').first()

test('a wrong password is told clearly, the right one leads to the page that was asked for', async ({ page }) => {
  const faults = complaints(page)
  await page.goto('/orders?range=today')
  await expect(page.getByRole('heading', { name: '充电桩数字化运营管理平台' })).toBeVisible()
  await shot(page, 'sign-in')
  await page.getByLabel('账号', { exact: true }).fill(account)
  await page.getByLabel('密码', { exact: true }).fill(`${password}x`)
  await page.getByRole('button', { name: '登录', exact: true }).click()
  await expect(page.getByRole('alert')).toContainText(/账号|密码/)
  await expect(page.getByLabel('账号', { exact: true })).toHaveValue(account)
  await page.getByLabel('密码', { exact: true }).fill(password)
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/orders\?range=today/)
  await expect(page.getByRole('button', { name: '今日' })).toHaveAttribute('aria-pressed', 'true')
  expect(faults).toEqual([])
})

test('home shows the figures of today and leads to filtered lists', async ({ page }) => {
  const faults = complaints(page)
  await signIn(page)
  await expect(page.getByRole('region', { name: '今日' }).getByRole('article')).toHaveCount(5)
  await expect(page.getByRole('status').filter({ hasText: '实时' })).toBeVisible()
  await expect(page.getByRole('img', { name: '今日逐时' })).toBeVisible()
  await shot(page, 'home')
  await page.getByRole('link', { name: /^空闲/ }).click()
  await expect(page).toHaveURL(/\/piles\?state=available/)
  expect(faults).toEqual([])
})

test('the pile list keeps its filter in the address bar', async ({ page }) => {
  const faults = complaints(page)
  await signIn(page)
  await page.getByRole('navigation', { name: '主菜单' }).getByRole('link', { name: '充电桩', exact: true }).click()
  const rows = page.locator('tbody tr')
  await expect(rows.first()).toBeVisible()
  await shot(page, 'piles')
  const first = (await page.locator('tbody tr a').first().innerText()).trim()
  // Fuzzy: a part of the code, in the other case.
  await page.getByRole('textbox', { name: '电桩编号' }).fill(first.slice(1).toLowerCase())
  await expect(page).toHaveURL(/code=/)
  await expect(page.getByRole('link', { name: first, exact: true })).toBeVisible()
  await page.reload()
  await expect(page.getByRole('textbox', { name: '电桩编号' })).toHaveValue(first.slice(1).toLowerCase())
  await expect(page.getByRole('link', { name: first, exact: true })).toBeVisible()
  await page.getByRole('textbox', { name: '电桩编号' }).fill('%没有_')
  await expect(page.getByText('没有符合条件的记录')).toBeVisible()
  await page.getByRole('button', { name: '清空条件' }).click()
  await expect(page).not.toHaveURL(/code=/)
  await expect(rows.first()).toBeVisible()
  expect(faults).toEqual([])
})

for (const [family, protocol] of [
  ['OCPP', /^ocpp/],
  ['云快充', /^ykc/],
] as const)
  test(`a session of ${family}: start from the console, watch it live, stop it, read the bill`, async ({ page }) => {
    test.setTimeout(420_000)
    const faults = complaints(page)
    await signIn(page)

    let orderPath = ''
    for (const { pile, no } of (await startable(page, protocol)).slice(0, 8)) {
      await page.goto(`/piles/${encodeURIComponent(pile.code)}`)
      const card = page.getByRole('article', { name: `${no} 号枪` })
      const start = card.getByRole('button', { name: '远程启动' })
      await expect(card).toBeVisible()
      // The pile may have been taken meanwhile.
      if (!(await start.isEnabled())) continue
      await shot(page, `pile-${family}`)
      await start.click()
      const question = page.getByRole('dialog', { name: '远程启动' })
      await expect(question).toContainText(pile.code)
      await question.getByRole('button', { name: '远程启动' }).click()
      const order = card.getByRole('link', { name: /^\d{12,}/ })
      if (await order.waitFor({ timeout: 45_000 }).then(() => true, () => false)) {
        // A pile without a car gives the order up; the next one may have a car.
        const charging = await expect(card.getByText('充电中').first()).toBeVisible({ timeout: 45_000 }).then(() => true, () => false)
        if (charging) {
          orderPath = (await order.getAttribute('href')) ?? ''
          await shot(page, `pile-charging-${family}`)
          await order.click()
          break
        }
      }
    }
    expect(orderPath, 'some pile on line started a session').toMatch(/^\/orders\/\d+$/)

    // Live: the energy grows on the open page. The mark would be gone after a reload.
    await page.evaluate(() => Object.assign(window, { notReloaded: true }))
    const energy = term(page, '电量')
    const before = number(await energy.innerText())
    await expect.poll(async () => number(await energy.innerText()), { timeout: 60_000 }).toBeGreaterThan(before)
    await shot(page, `order-live-${family}`)
    // The list tells of the running order what its own page does.
    expect((await orderListed(page, Number(orderPath.split('/').pop()))).energy_dwh).toBeGreaterThan(0)

    await page.getByRole('button', { name: '远程停止' }).click()
    const question = page.getByRole('dialog', { name: '远程停止' })
    await question.getByRole('button', { name: '远程停止' }).click()
    await expect(page.getByText('已完成').first()).toBeVisible({ timeout: 60_000 })
    expect(await page.evaluate(() => 'notReloaded' in window)).toBe(true)

    // The bill: segments, a total that is theirs, and words that explain it.
    const bill = page.getByRole('region', { name: '账单' })
    await expect(bill.getByText('分段合计')).toBeVisible()
    expect(await bill.locator('tbody tr').count()).toBeGreaterThan(0)
    const order = await orderGet(page, Number(orderPath.split('/').pop()))
    await expect.poll(async () => Math.round(number(await term(page, '总金额').innerText()) * 100)).toBe(order.total_fen)
    expect(order.electricity_fen + order.service_fen).toBe(order.total_fen)
    expect(order.explanation.length).toBeGreaterThan(0)
    for (const sentence of order.explanation) await expect(page.getByText(sentence.zh)).toBeVisible()
    expect(order.curve.length).toBeGreaterThan(0)
    await expect(page.getByRole('img', { name: '充电曲线' })).toBeVisible()
    await shot(page, `order-bill-${family}`)

    // The frames of the session, decoded and raw.
    const frame = page.getByRole('button', { name: /上行|下行/ }).first()
    await frame.click()
    await expect(page.getByText('原始报文').first()).toBeVisible()
    expect(await page.locator('.frame .fields tr').count()).toBeGreaterThan(2)
    await frame.scrollIntoViewIfNeeded()
    await shot(page, `order-frames-${family}`)

    await page.getByRole('button', { name: 'English' }).click()
    await expect(page.getByRole('heading', { name: 'Order', level: 1 })).toBeVisible()
    expect(faults).toEqual([])
  })

test('every page opens in both languages and both themes without a complaint', async ({ page }) => {
  const faults = complaints(page)
  await signIn(page)
  await page.getByRole('button', { name: 'English' }).click()
  await expect(page.getByRole('navigation', { name: 'Main menu' })).toBeVisible()
  const menu = page.getByRole('navigation', { name: 'Main menu' }).getByRole('link')
  const names = await menu.evaluateAll((links) => links.map((a) => a.getAttribute('aria-label') ?? ''))
  expect(names).toContain('Piles')
  for (const name of names) {
    await menu.and(page.getByRole('link', { name, exact: true })).click()
    await expect(page.locator('main .card').first()).toBeVisible()
    await expect(page.locator('main')).not.toContainText(/[a-z]+_[a-z]+\.[a-z]+/)
  }
  await page.getByRole('button', { name: 'Theme' }).click()
  await page.getByRole('menuitem', { name: 'Dark' }).click()
  await expect(page.locator('html')).toHaveClass(/dark/)
  await page.goto('/')
  await shot(page, 'home-dark-en')
  await page.setViewportSize({ width: 1920, height: 1080 })
  await shot(page, 'home-dark-en-1080')
  await page.goto('/no-such-page')
  await expect(page.getByRole('heading', { name: 'Page not found' })).toBeVisible()
  expect(faults).toEqual([])
})
