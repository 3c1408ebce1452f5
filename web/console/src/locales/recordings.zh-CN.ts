// 报文录制
export default {
  recording: {
    slowed: '该桩于 {at} 报文过快，平台已放慢读取', slowed_help: '超过参数「每桩每秒报文上限」；报文页有记录。请检查桩的上报间隔或是否重复上传。',
    fetch: '下载回放文件', plain: '含完整卡号与 VIN', masked: '卡号与 VIN 已替换', who: '个人信息', title: '下载 {name} 的回放文件', from: '从', to: '到', to_help: '最多 7 天；只含此期间开始并结束的订单', hint: '包含报文、计费模型和订单结果，可用 pileops replay 在空平台上回放核对', plain_hint: '本次下载会记入审计日志', done: '已下载 {name}',
  },
}
