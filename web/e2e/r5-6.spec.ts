import { expect, test } from '@playwright/test'
import { complaints, shot, signIn } from './console'

test('R-5.6 what the mini-program sends is found, answered and closed, and the person reads the answer', async ({ page, request }) => {
  const faults = complaints(page)
  const phone = '13700001111'
  const made = await request.post('/api/v1/public/feedback', {
    headers: { 'X-Requested-With': 'pileops' },
    data: { request_id: `e2e-${Date.now()}`, kind: 'complaint', category: 'bill', content: '扣费与页面单价不一致，请核对', phone, name: '赵欣' },
  })
  expect(made.status()).toBe(201)
  const { no } = (await made.json()) as { no: string }
  await signIn(page)
  await page.getByRole('link', { name: /^待处理反馈/ }).click()
  await expect(page).toHaveURL(/feedback\?.*state=waiting/)
  await page.getByRole('textbox', { name: '手机号' }).fill('1111')
  await expect(page.getByText('共 1 条')).toBeVisible()
  await expect(page).toHaveURL(/phone=1111/)
  await expect(page.getByRole('cell', { name: '137****1111' })).toBeVisible()
  await page.getByRole('link', { name: no }).click()
  await page.getByRole('button', { name: '受理', exact: true }).click()
  await page.getByRole('dialog').getByRole('button', { name: '受理' }).click()
  await expect(page.getByText('处理中', { exact: true })).toBeVisible()
  // Nothing written: told at the field, and nothing sent.
  await page.getByRole('button', { name: '回复用户' }).click()
  await expect(page.getByRole('alert').getByText('请填写回复内容')).toBeVisible()
  await page.getByRole('button', { name: '计费说明' }).click()
  await page.getByRole('button', { name: '回复用户' }).click()
  await expect(page.getByText('待用户确认', { exact: true })).toBeVisible()
  await page.getByRole('button', { name: '关闭', exact: true }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('说明（仅内部可见）').fill('已核对，计费无误')
  await dialog.getByRole('button', { name: '关闭', exact: true }).last().click()
  await expect(page.getByText('已关闭', { exact: true })).toBeVisible()
  await page.getByRole('button', { name: '查看完整号码' }).click()
  await expect(page.getByText(phone)).toBeVisible()
  await shot(page, 'feedback-detail')
  const told = await request.get(`/api/v1/public/feedback?no=${no}&phone=${phone}`)
  const text = await told.text()
  expect(text).toContain('已核对您的订单')
  expect(text).not.toContain('计费无误')
  expect(faults).toEqual([])
})

test('R-5.6 feedback from a telephone call is recorded, a wrong number is told at its field', async ({ page }) => {
  const faults = complaints(page)
  await signIn(page)
  await page.goto('/feedback')
  await page.getByRole('button', { name: '登记反馈' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('分类').press('Enter')
  await page.getByRole('option', { name: '充电慢' }).click()
  await dialog.getByLabel('手机号').fill('123')
  await dialog.getByLabel('内容').fill('来电：充电功率偏低')
  await dialog.getByRole('button', { name: '保存' }).click()
  await expect(dialog.getByText('手机号应为 5 到 15 位数字')).toBeVisible()
  await dialog.getByLabel('手机号').fill('13612345678')
  await dialog.getByRole('button', { name: '保存' }).click()
  await expect(dialog).toBeHidden()
  await page.goto('/feedback?phone=13612345678')
  await expect(page.getByText('来电：充电功率偏低').first()).toBeVisible()
  // The browser itself says that the server refused.
  expect(faults.filter((f) => !/status of 400/.test(f))).toEqual([])
})

test('R-5.6 statistics say what was promised and whether it was kept', async ({ page }) => {
  await signIn(page)
  await page.goto('/feedback')
  await page.getByRole('button', { name: '统计与时限' }).click()
  await expect(page.getByText('答复及时率').first()).toBeVisible()
  await page.getByRole('row', { name: /咨询/ }).last().getByRole('button', { name: '编辑' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('首次答复（分钟）').fill('90')
  await dialog.getByRole('button', { name: '保存' }).click()
  await expect(dialog).toBeHidden()
  await expect(page.getByRole('row', { name: /咨询.*90 分钟/ })).toBeVisible()
})
