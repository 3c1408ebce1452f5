// 车队导入与使用限制的文字，并入 zh-CN.ts；英文见 fleet.en.ts。
export default {
  fleet_row: { new: '新增', joined: '加入车队', existing: '已在车队' },
  fleet_file: {
    button: '导入司机与车辆', title: '导入司机与车辆', checking: '正在检查',
    rule: '上传 XLSX 或 CSV，先检查、预览，确认后才写入。全部行正确才会写入，同一文件导入两次不会重复。每行填司机（姓名、手机号）、车辆（车牌号），或两者；一名司机有多辆车就写多行。手机号已是平台用户的，加入本车队并保留原资料。',
    columns: '卡号须已在“充电卡”登记且未绑定他人；车架号 17 位，不含 I、O、Q。',
    driver: '司机', car: '车辆', name: '姓名', phone: '手机号', card: '卡号', plate: '车牌号', vin: '车架号', drivers_new: '新司机', drivers_joined: '已有用户加入', cars: '车辆', cards: '绑定卡', existing: '没有变化', wrong: '有误',
    mend: '{n} 行有误，请在文件中改好后重新选择；目前没有写入任何内容', nothing_new: '文件中的司机与车辆都已在本车队，没有需要导入的', warnings: '{n} 处提醒：不影响导入，请核对', good: '全部行通过检查，请核对后确认导入', taken: '已导入：司机 {drivers} 人，车辆 {cars} 辆，绑定卡 {cards} 张', errors_fetch: '下载全部错误（{n}）', more: '仅显示前 {n} 行', confirm: '确认导入', error_file: '导入错误.csv',
  },
  driver_limit: {
    tab: '用量上限', title: '司机用量上限', note: '由车队付费的司机，每单、每日、每月最多充多少（金额、电量，或两者）。用完后拒绝启动（云快充“余额不足”，OCPP 1.6 为 Blocked，OCPP 2 为 NoCredit）；充电中接近上限时平台下发停止。日、月按北京时间，进行中的充电按冻结金额计入。',
    every: '全部司机', own: '单独设置', edit: '设置', driver: '司机', limits: '上限', used_day: '今日已用', used_month: '本月已用', none: '不限', order_fen: '每单（元）', day_fen: '每日（元）', month_fen: '每月（元）', order_dwh: '每单（kWh）', day_dwh: '每日（kWh）', month_dwh: '每月（kWh）', help: '留空为不限', own_help: '全部留空则按“全部司机”的上限', saved: '用量上限已保存，从下一次启动起生效', empty: '车队还没有司机', per_order: '每单 {n}', per_day: '每日 {n}', per_month: '每月 {n}', places: '充电站与时段', stations: '{n} 座充电站', anywhere: '任何充电站、任何时间', places_note: '在车队自己的使用限制之内，再限制司机可以充电的充电站与时段；单独设置的代替“全部司机”的设置。限制外启动被拒绝，保存后从下一次启动起生效。',
  },
  fleet_limit: {
    title: '使用限制', edit: '设置使用限制', stations: '可用充电站', hours: '可用时段', all_stations: '全部充电站', any_hour: '任意时间', some_stations: '指定充电站', some_hours: '指定时段', stations_more: '等 {n} 座', none: '不限制：司机可以在任何充电站、任何时间用车队账户充电',
    days: '日期', from: '开始', to: '结束', next_day: '次日', add: '添加时段', remove: '删除时段 {n}', window: '时段 {n}', clock: '按充电站所在地时间；结束不晚于开始表示到次日',
    stations_none: '请至少选择一个充电站', days_none: '请为每个时段至少选择一天', hour_bad: '时刻应为 00:00 到 24:00，开始与结束不能相同', hours_none: '请至少添加一个时段',
    note: '保存后，限制外的司机从下一次刷卡起被桩拒绝（云快充原因“该账户不能在此桩上充电”，OCPP 为 Blocked）；正在进行的充电不受影响。限制同样适用于车队司机名下的卡和 VIN 即插即充。', saved: '使用限制已保存，从下一次启动起生效',
  },
}
