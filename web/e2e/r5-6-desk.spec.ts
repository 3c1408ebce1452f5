import { expect, test } from '@playwright/test'
import { complaints, shot, signIn } from './console'

const send = { 'X-Requested-With': 'pileops' }

test('R-5.6 whoever calls is known by the number, and their feedback is rated after the answer', async ({ page, request }) => {
  const faults = complaints(page)
  const phone = '13700002222'
  const numbers: string[] = []
  for (const content of ['第一次：无法启动', '第二次：仍无法启动']) {
    const made = await request.post('/api/v1/public/feedback', { headers: send, data: { request_id: `desk-${Date.now()}-${numbers.length}`, kind: 'complaint', category: 'cannot_start', content, phone, name: '钱敏' } })
    numbers.push(((await made.json()) as { no: string }).no)
  }
  await signIn(page)
  await page.goto('/callers')
  await page.getByRole('textbox', { name: '来电号码' }).fill(phone)
  await page.getByRole('button', { name: '查询' }).click()
  await expect(page.getByText('没有用户使用这个号码')).toBeVisible()
  await page.getByRole('tab', { name: '反馈 2' }).click()
  await page.getByRole('link', { name: numbers[0] }).click()
  // The second is merged into the first with one click; the template is filled in.
  const caller = page.getByRole('region', { name: '来电查询' })
  await caller.getByRole('tab', { name: /^反馈/ }).click()
  await caller.getByRole('button', { name: '合并到本条' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '合并' }).click()
  await expect(caller.getByText('已合并', { exact: true })).toBeVisible()
  await page.getByRole('button', { name: '已恢复', exact: true }).click()
  await page.getByRole('button', { name: '回复用户' }).click()
  await expect(page.getByText('待用户确认', { exact: true })).toBeVisible()
  const rated = await request.put('/api/v1/public/feedback/score', { headers: send, data: { no: numbers[1], phone, score: 2, text: '等得太久' } })
  expect(rated.status()).toBe(204)
  await page.reload()
  await expect(page.getByRole('img', { name: '2 分，满分 5 分' })).toBeVisible()
  await expect(page.getByText('等得太久').first()).toBeVisible()
  await shot(page, 'feedback-desk')
  await page.goto('/feedback?score=2&phone=2222')
  await expect(page.getByText('共 1 条')).toBeVisible()
  expect(faults).toEqual([])
})

test('R-5.6 reply templates are made, refused where a place cannot be filled, and deleted', async ({ page }) => {
  await signIn(page)
  await page.goto('/feedback-templates')
  await page.getByRole('button', { name: '新建模板' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('模板名称').fill('占位提醒')
  await dialog.getByLabel('内容').fill('{phone} 您好')
  await dialog.getByRole('button', { name: '新建' }).click()
  await expect(dialog.getByText('花括号中只能是')).toBeVisible()
  await dialog.getByLabel('内容').fill('{name}您好，{station}的车位已清理')
  await dialog.getByRole('button', { name: '新建' }).click()
  await expect(dialog).toBeHidden()
  const row = page.getByRole('row', { name: /占位提醒/ })
  await expect(row).toBeVisible()
  await shot(page, 'feedback-templates')
  await row.getByRole('button', { name: '删除' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '删除' }).click()
  await expect(row).toBeHidden()
})
