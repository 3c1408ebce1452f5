// 按协议原名发送指令的文字，并入 zh-CN.ts；英文见 operations.en.ts。
export default {
  operation: {
    search: '按名称查找操作', list: '操作列表', none: '该协议没有可单独发送的操作', none_found: '没有匹配的操作', choose: '请在左侧选择一个操作', whole_pile: '0（整桩）',
  },
  schema: {
    yes: '是', no: '否', form: '表单', view: '填写方式', json: '参数 (JSON)', json_bad: '不是有效的 JSON 对象：{why}', table: '表格', empty: '没有内容', nothing: '这个操作不需要参数，可以直接发送。', not_given: '可不填', at_most: '最多 {n} 个字符', address: '网址',
    add: '添加{label}', remove: '删除这一项', remove_named: '删除{label}第 {n} 项', leave_out: '不填这一组', leave_out_named: '不填{label}', rule_required: '必填', rule_object: '应为一组字段', rule_array: '应为列表', rule_unknown: '该操作没有这个字段', rule_min_items: '至少需要 {n} 项', rule_max_items: '最多 {n} 项', rule_string: '应为文本',
    rule_enum: '应为以下之一：{words}', rule_max_length: '最多 {n} 个字符', rule_min_length: '至少 {n} 个字符', rule_date: '应为时间，例如 2026-07-15T02:30:05Z', rule_number: '应为数字', rule_integer: '应为整数', rule_minimum: '不能小于 {n}', rule_maximum: '不能大于 {n}', rule_multiple: '应为 {n} 的整数倍', rule_boolean: '应为是或否',
  },
  ocpp_field: {
    connector_nos: '枪（第一把为主枪）', balance_fen: '余额（分，100 = 1 元）',
    connectorId: '枪号', idTag: '卡号', meterStart: '起始表数 (Wh)', meterStop: '结束表数 (Wh)', timestamp: '时间', transactionId: '交易号', status: '状态', errorCode: '故障码', vendorErrorCode: '厂商故障码', info: '说明', reason: '停止原因', vendorId: '厂商标识', chargePointVendor: '厂商', chargePointModel: '型号', chargePointSerialNumber: '出厂编号', firmwareVersion: '程序版本', iccid: 'SIM 卡 ICCID', meterSerialNumber: '电表编号', interval: '间隔 (秒)', currentTime: '平台时间', key: '参数', value: '值', type: '类型', requestedMessage: '召测消息', expiryDate: '有效期至', parentIdTag: '卡组', Energy_Active_Import_Register: '电表读数', Power_Active_Import: '功率', Power_Offered: '可用功率', Current_Import: '电流', Current_Offered: '可用电流', Voltage: '电压', SoC: 'SOC', Temperature: '温度',
    certificate: '证书', certificateChain: '证书链', certificateHashData: '证书散列', certificateType: '证书类型', chargingProfile: '充电曲线', csChargingProfiles: '充电曲线', chargingProfileId: '曲线编号', chargingProfileKind: '时间方式', chargingProfilePurpose: '用途', chargingRateUnit: '限值单位', chargingSchedule: '时间表', chargingSchedulePeriod: '时段',
    configurationKey: '配置项', data: '内容', duration: '时长 (秒)', fileName: '文件名', filename: '文件名', firmware: '固件', hashAlgorithm: '散列算法', id: '编号', idTagInfo: '授权信息', installDateTime: '安装时间', issuerKeyHash: '签发者公钥散列', issuerNameHash: '签发者名称散列',
    latestTimestamp: '最晚时间', oldestTimestamp: '最早时间', limit: '限值', listVersion: '列表版本', localAuthorizationList: '授权列表', location: '地址', log: '日志', logType: '日志类型', messageId: '消息标识', minChargingRate: '最低充电限值', numberPhases: '相数', readonly: '只读',
    recurrencyKind: '重复周期', remoteLocation: '上传地址', requestId: '请求编号', reservationId: '预约编号', retries: '重试次数', retrieveDate: '下载时间', retrieveDateTime: '下载时间', retryInterval: '重试间隔 (秒)', scheduleStart: '开始时刻', serialNumber: '序列号', signature: '签名', signingCertificate: '签名证书',
    stackLevel: '优先级', startPeriod: '起始 (秒)', startSchedule: '时间表起点', startTime: '开始时间', stopTime: '结束时间', unknownKey: '桩没有的配置项', updateType: '更新方式', validFrom: '生效时间', validTo: '失效时间', connector_no: '枪号', operative: '允许工作', power_percent: '最大功率 (%)',
    hard: '立即重启', order_id: '订单', raise: '升起', cards: '卡号', keys: '配置项', message: '消息', connector: '枪号', errorDescription: '错误说明',
  },
  ocpp_word: {
    Absolute: '按绝对时间', Accepted: '已接受', AcceptedCanceled: '已接受，并取消了先前的任务', Blocked: '已冻结', BootNotification: '启动通知', CentralSystemRootCertificate: '平台根证书', ChargePointMaxProfile: '整桩上限', ConcurrentTx: '正在别处充电', Daily: '每天', DiagnosticsLog: '诊断日志', DiagnosticsStatusNotification: '诊断状态', Differential: '增量',
    Expired: '已过期', Failed: '失败', Faulted: '故障', FirmwareStatusNotification: '升级状态', Full: '整表', Hard: '立即重启', Heartbeat: '心跳', Inoperative: '停用', Invalid: '无效', InvalidCertificate: '证书无效', LogStatusNotification: '日志状态', ManufacturerRootCertificate: '固件厂商根证书',
    MeterValues: '计量数据', NotFound: '没有找到', NotImplemented: '未实现', NotSupported: '不支持', Occupied: '被占用', Operative: '启用', RebootRequired: '重启后生效', Recurring: '周期重复', Rejected: '已拒绝', Relative: '从充电开始算起', RevokedCertificate: '证书已吊销', Scheduled: '稍后执行',
    SecurityLog: '安全日志', SignChargePointCertificate: '申请桩证书', Soft: '正常结束后重启', StatusNotification: '状态通知', TxDefaultProfile: '充电默认', TxProfile: '本次充电', Unavailable: '停用', Unknown: '未知', UnknownMessageId: '未知消息标识', UnknownVendorId: '未知厂商标识', UnlockFailed: '解锁失败', Unlocked: '已解锁',
    VersionMismatch: '版本不符', Weekly: '每周', A: '安培', W: '瓦', StartTransaction: '开始交易', StatusChanged: '状态变化',
  },
}
