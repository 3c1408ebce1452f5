// 首次使用引导，并入 zh-CN.ts；英文见 first_run.en.ts。
export default {
  first_run: {
    title: '首次使用引导', lead: '六步完成第一笔充电。每一步做完会自动打勾，可以随时离开，回来接着做。', all_done: '第一笔充电已经完成，平台可以使用了。', progress: '已完成 {done} / {all}', is_done: '已完成', is_not_done: '未完成',
    later: '稍后继续', home: '进入首页', dismiss: '不再显示', ask_dismiss: '整个平台都不再显示首次使用引导，所有账号都不会再看到。各项内容仍可在菜单中设置。', strip: '首次使用引导：已完成 {done} / {all}，下一步「{next}」', go_on: '继续', before: '请先完成：{names}',
    step_operator: '登记公司', step_city: '开通城市', step_station: '新建充电站', step_tariff: '设置计费', step_pile: '接入第一台桩', step_charge: '第一笔充电',
    about_operator: '填写运营这些充电桩的公司。充电站、账号和账目都归属于它，以后可以登记更多运营商。', about_city: '选择充电站所在的城市。只有开通的城市才能建站，暂停的城市不接受新的充电。', about_station: '充电站是桩所在的地点。公司和城市已经填好，写上名称和地址即可，照片、营业时间等以后再补。', about_tariff: '按时段设置电费和服务费。没有计费模型的充电站不能启动充电。', about_pile: '登记桩的编号，再把下面的内容填进桩的设置界面，然后等它连上来。', about_charge: '插好枪，点击远程启动，看着电量和金额增加，停止后核对账单。',
    url: '平台地址', host: '服务器地址', port: '端口', identity: '桩标识', serial: '桩编号', password: '接入密码', password_kept: '登记时只显示一次；忘记了可在桩的页面重新设置', password_none: '未设置',
    local_ocpp: '这是本机地址，桩无法访问。请用桩能访问的地址打开控制台，或设置 public_url；并让 listen 监听外部地址。', local_ykc: '这是本机地址，桩无法访问。请用桩能访问的地址打开控制台，或设置 public_url；并让 ykc_listen 监听外部地址。',
    waiting: '正在等待 {code} 连上来…', here: '{name} 已连接，最近通信 {at}', gone: '{name} 曾经连接，最近通信 {at}，现在离线', stranger: '{at} 有一台编号为 {code} 的设备来过，但没有登记。如果就是它，请核对编号，或在这里登记：',
    give: '给「{station}」使用「{tariff}」', given: '「{station}」已使用「{tariff}」', charge_how: '枪插到车上后点击「远程启动」；没有车时，用桩自带的刷卡或扫码启动也可以。', charge_offline: '桩现在离线，连上后才能启动。', charge_later: '充电结束并收到桩的记录后，这里显示账单。启动失败时，订单页会写明原因。',
    onward: '接下来', onward_piles: '批量导入其余的充电桩', onward_staff: '给同事开账号', onward_backups: '设置备份，并做一次恢复演练', onward_pay: '接入支付渠道',
  },
}
