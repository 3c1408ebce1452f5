// 固件、日志与安全事件的文字，并入 zh-CN.ts；英文见 firmware.en.ts。
export default {
  transfer: {
    asked: '等待应答', accepted: '已接受', downloading: '下载中', downloaded: '已下载', installing: '安装中', installed: '已安装，待确认', confirmed: '升级成功', uploading: '上传中', uploaded: '已收到', failed: '失败',
    replaced: '被新任务取代', title: '固件与日志', now: '当前版本 {version}', update: '升级固件', ask_log: '上传日志', kind: '类型', what: '版本 / 文件', state: '结果', steps: '过程', message: '说明',
    staff: '操作人', created: '发起时间', ended: '结束时间', none: '还没有升级固件或上传日志', way: '升级方式', way_plain: '普通升级', way_signed: '签名固件（由桩核对签名，需桩支持安全扩展）', at: '下载时间', at_once: '立即', at_help: '按充电站所在时区 {zone} 填写',
    ftp_help: '云快充桩空闲时从「渠道」中的固件服务器（FTP）下载，请先把文件以原文件名放到该服务器的目录；桩完成后才报告结果',
    retries: '重试次数', retry_interval: '重试间隔', seconds: '秒', firmware_help: '当前版本 {version}；这里只列出适用于该桩、已有文件的固件', log_help: '诊断文件适用于所有 OCPP 桩；诊断日志和安全日志适用于 OCPP 2.x 桩，以及支持安全扩展的 1.6 桩', from: '从', until: '到', update_begun: '已下发，桩开始下载后这里会显示进度', log_begun: '已下发，文件收到后可在这里下载',
  },
  transfer_kind: {
    firmware: '升级固件', signed_firmware: '升级签名固件', diagnostics: '诊断文件', diagnostics_log: '诊断日志', security_log: '安全日志',
  },
  transfer_step: {
    accepted: '桩接受', refused: '桩拒绝', unsupported: '桩不支持', timed_out: '桩未应答', link_lost: '连接断开', received: '平台收到文件', DownloadScheduled: '已排定下载', Downloading: '下载中', DownloadPaused: '下载暂停', Downloaded: '已下载',
    DownloadFailed: '下载失败', SignatureVerified: '签名正确', InvalidSignature: '签名无效', InstallScheduled: '已排定安装', Installing: '安装中', InstallRebooting: '重启中', InstallVerificationFailed: '校验失败', InstallationFailed: '安装失败', Installed: '已安装', Uploading: '上传中',
    Uploaded: '已上传', UploadFailed: '上传失败', UploadFailure: '上传失败', PermissionDenied: '被拒绝', NotSupportedOperation: '不支持的方式', BadMessage: '消息错误',
  },
  firmware: {
    name: '名称', name_hint: '例如 120kW 直流桩主控', version: '版本', version_help: '须与桩升级后上报的版本一致，据此确认升级成功', vendor: '厂商', vendor_help: '与桩上报的厂商、型号一致；留空则不限', model: '型号', note: '说明', file: '文件', choose: '选择固件文件', no_file: '尚未上传文件',
    digest: '厂商提供的 SHA-256', digest_hint: '选填；填写后平台会核对', digest_bad: 'SHA-256 应为 64 位十六进制字符', signature: '签名 (Base64)', certificate: '签名证书 (PEM)', signed: '有签名', signed_yes: '有签名与签名证书', signed_no: '没有签名，只能普通升级',
    fits: '适用', fits_any: '不限厂商型号', operator: '所属运营商', platform: '平台', created: '上传时间', staff: '上传人', results: '升级情况', counted: '{n} 次', done: '成功 {n}', failed: '失败 {n}',
    create: '上传固件', upload: '上传', uploaded: '文件已上传', uploading: '正在上传', measuring: '正在计算 SHA-256', delete: '删除固件', ask_delete: '删除固件 {name}（{version}）？升级记录会保留，文件不能恢复。', deleted: '固件 {name} 已删除', at_piles: '各桩升级情况', empty_hint: '还没有固件。上传厂商提供的固件文件后，可在充电桩详情页或批量操作中升级。',
  },
  security_event: {
    title: '桩上报的安全事件', at: '时间（桩）', kind: '事件', info: '说明', received: '收到时间', none: '桩没有上报过安全事件',
  },
  security_event_kind: {
    FirmwareUpdated: '固件已更新', FailedToAuthenticateAtCentralSystem: '向平台认证失败', CentralSystemFailedToAuthenticate: '平台认证失败', SettingSystemTime: '系统时间被修改', StartupOfTheDevice: '设备启动', ResetOrReboot: '复位或重启', SecurityLogWasCleared: '安全日志被清除', ReconfigurationOfSecurityParameters: '安全参数被修改', MemoryExhaustion: '内存耗尽', InvalidMessages: '收到无效消息',
    AttemptedReplayAttacks: '疑似重放攻击', TamperDetectionActivated: '检测到拆动', InvalidFirmwareSignature: '固件签名无效', InvalidFirmwareSigningCertificate: '固件签名证书无效', InvalidCentralSystemCertificate: '平台证书无效', InvalidChargePointCertificate: '桩证书无效',
  },
}
