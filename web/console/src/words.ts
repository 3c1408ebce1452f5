// The values of the contract's enums, for the choices of filters and forms. The types make sure that none is misspelt.
import type { Alarm, Backup, Card, Channel, ChannelSend, ConfigurationProfile, ConnectorBrief, Content, Coupon, Customer, Delivery, Difference, Drill, DriverPrice, Feedback, Invoice, JobRun, LoadView, Order, Parameter, PayChannel, CounterDifference, Payee, Payment, Period, Pile, PileBatch, PileBatchRow, PileEvent, PileRecord, PileSecurity, Posting, Reconciliation, Refund, Reservation, SharingPeriod, SharingRule, SmtpConfig, Station, StationDetail, TariffPlan, TariffPlanPile, Transfer, Voucher, Wallet, WorkOrder } from '@/api'
import type { Option } from '@/components/list'
import { word } from '@/i18n'

export const connectorStatuses: ConnectorBrief['status'][] = ['available', 'preparing', 'charging', 'suspended_ev', 'suspended_evse', 'finishing', 'reserved', 'unavailable', 'faulted', 'unknown']
export const lifecycles: Pile['lifecycle'][] = ['inactive', 'enabled', 'disabled', 'retired']
export const kinds: Pile['kind'][] = ['dc', 'ac', 'ac_dc']
export const protocols: Pile['protocol'][] = ['ocpp1.6', 'ocpp2.0.1', 'ocpp2.1', 'ykc1.5', 'ykc1.6']
export const alarmLevels: Alarm['level'][] = ['critical', 'major', 'minor', 'notice']
export const alarmSources: Alarm['source'][] = ['fault', 'stop', 'battery', 'ground_lock', 'variable', 'session', 'offline', 'flapping']
export const alarmStates: Alarm['state'][] = ['open', 'acknowledged', 'silenced', 'recovered', 'closed', 'pending']
export const workOrderKinds: WorkOrder['kind'][] = ['alarm', 'feedback', 'manual', 'inspection']
export const workOrderStates: WorkOrder['state'][] = ['waiting', 'accepted', 'on_site', 'done', 'closed', 'cancelled']
export const orderStates: Order['state'][] = ['starting', 'charging', 'stopping', 'unsettled', 'completed', 'failed', 'abnormal']
export const startModes: Order['start_mode'][] = ['console', 'app', 'card', 'offline_card', 'vin', 'pile', 'import']
export const payWays: NonNullable<Order['pay_way']>[] = ['wallet', 'fleet', 'later']
export const paidStates: NonNullable<Order['paid_state']>[] = ['open', 'paid', 'owed', 'part_refunded', 'refunded', 'written_off']
export const stopClasses: NonNullable<Order['stop_class']>[] = ['normal', 'start_failed', 'balance', 'fault', 'emergency', 'safety', 'unknown']
export const abnormalities: Order['abnormalities'] = ['no_record', 'amount_differs', 'zero_baseline', 'meter_backwards', 'power_exceeded', 'time_implausible', 'meter_mismatch', 'unannounced', 'token_refused', 'no_tariff', 'connector_taken', 'period_mismatch', 'connector_unknown', 'reading_missing', 'record_repeated', 'period_foreign', 'no_energy', 'after_failure']
export const tariffPlanStates: TariffPlan['state'][] = ['scheduled', 'effective', 'withdrawn']
export const deliveryStates: TariffPlanPile['state'][] = ['confirmed', 'refused', 'waiting', 'sent', 'charging', 'offline', 'scheduled', 'own', 'superseded', 'not_needed']
export const tariffMatches: Pile['tariff_match'][] = ['same', 'different', 'unknown', 'not_needed']
export const securityProfiles: PileSecurity['required'][] = ['password', 'tls', 'certificate']
export const batchDeeds: PileBatch['deed'][] = ['enable', 'disable', 'move', 'tariff_assign', 'reset_soft', 'clock_set', 'tariff_set', 'firmware_update']
export const reconciliationStates: Reconciliation['state'][] = ['open', 'signed', 'reopened']
export const differenceStates: Difference['state'][] = ['open', 'accepted', 'corrected', 'written_off', 'passed_on', 'gone']
export const differenceKinds: Difference['kind'][] = ['record_without_order', 'order_without_record', 'energy_differs', 'amount_differs', 'order_held', 'not_posted', 'posting_differs', 'posted_unsettled', 'double_record', 'foreign_record', 'late_record', 'meter_gap', 'meter_overlap', 'meter_backwards', 'meter_changed']
export const payeeKinds: Payee['kind'][] = ['site', 'partner', 'platform', 'other']
export const sharingBases: SharingRule['basis'][] = ['service', 'margin', 'total', 'energy', 'fixed']
export const sharingCycles: SharingPeriod['cycle'][] = ['day', 'week', 'month']
export const sharingPeriodStates: SharingPeriod['state'][] = ['trial', 'proposed', 'closed']
export const counterDifferenceKinds: CounterDifference['kind'][] = ['only_ours', 'only_theirs', 'amount_differs', 'energy_differs', 'state_differs', 'twice', 'day_shifted', 'fee_differs', 'refund_without_payment']
export const reservationStates: Reservation['state'][] = ['asked', 'accepted', 'used', 'expired', 'cancelled', 'refused']
export const monitorKinds = ['UpperThreshold', 'LowerThreshold', 'Delta', 'Periodic', 'PeriodicClockAligned'] as const
export const displayPriorities = ['AlwaysFront', 'InFront', 'NormalCycle'] as const
export const displayStates = ['Idle', 'Charging', 'Faulted', 'Unavailable'] as const
export const displayFormats = ['UTF8', 'ASCII', 'HTML', 'URI', 'QRCODE'] as const
export const vendorVerdicts = ['Accepted', 'Rejected', 'UnknownMessageId', 'UnknownVendorId', 'CALLERROR'] as const
/** Of OCPP 2.1 only. */
export const monitorKinds21 = ['TargetDelta', 'TargetDeltaRelative'] as const
export const monitorBases = ['All', 'FactoryDefault', 'HardWiredOnly'] as const
export const severities = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] as const
export const pileEventKinds: PileEvent['kind'][] = ['battery', 'ground_lock', 'variable', 'session']
export const editions: ConfigurationProfile['edition'][] = ['ocpp1.6', 'ocpp2']
export const transferStates: Transfer['state'][] = ['asked', 'accepted', 'downloading', 'downloaded', 'installing', 'installed', 'confirmed', 'uploading', 'uploaded', 'failed', 'replaced']
export const batchStates: PileBatch['state'][] = ['running', 'done', 'halted']
export const batchRowStates: PileBatchRow['state'][] = ['failed', 'cut', 'running', 'waiting', 'done']
export const socketKinds: NonNullable<PileRecord['connectors'][number]['socket']>[] = ['dc_plug', 'ac_plug', 'ac_outlet', 'household', 'wireless', 'other']
export const socketStandards: NonNullable<PileRecord['connectors'][number]['standard']>[] = ['gb2015', 'gb2011', 'gb2023']
export const stationKinds: Station['kind'][] = ['public', 'bus', 'taxi', 'logistics', 'sanitation', 'staff', 'private', 'other']
export const placeKinds: NonNullable<Station['place_kind']>[] = ['residential', 'public_institution', 'enterprise', 'office', 'industrial_park', 'transport_hub', 'sports_culture', 'green_space', 'building_parking', 'roadside', 'motorway_service', 'other']
export const loadStrategies: NonNullable<LoadView['setting']>['strategy'][] = ['equal', 'priority', 'departure']
export const parkingFees: NonNullable<StationDetail['parking_fee']>[] = ['paid', 'free', 'free_first', 'free_charging']
export const carKinds: StationDetail['car_kinds'] = ['passenger', 'taxi', 'bus', 'van', 'truck', 'sanitation']
export const cardStatuses: Card['status'][] = ['accepted', 'blocked', 'expired']
export const customerMarks: Customer['marks'] = ['new', 'sleeping', 'night', 'high_value', 'fleet']
export const customerSources: Customer['source'][] = ['own', 'scim', 'pull']
export const customerStatuses: Customer['status'][] = ['active', 'frozen', 'deactivated', 'cancelled']
export const feedbackSources: Feedback['source'][] = ['mini_program', 'app', 'phone', 'site', 'peer', 'hotline']
export const feedbackKinds: Feedback['kind'][] = ['complaint', 'suggestion', 'question', 'fault']
export const feedbackStates: Feedback['state'][] = ['waiting', 'working', 'answered', 'closed', 'merged']
export const contentStates: Content['state'][] = ['draft', 'scheduled', 'published', 'withdrawn', 'ended']
export const faqTopics: NonNullable<Content['topic']>[] = ['charging', 'payment', 'invoice', 'account', 'device', 'other']
export const taskMetrics: NonNullable<Content['metric']>[] = ['orders', 'energy']
export const messageEvents: NonNullable<Content['event']>[] = ['charge_start', 'charge_end', 'charge_abort', 'occupation', 'refund', 'invoice', 'voucher']
export const couponKinds: Coupon['kind'][] = ['amount', 'percent', 'service']
export const couponPayers: Coupon['payer'][] = ['platform', 'operator']
export const couponStates: Coupon['state'][] = ['active', 'stopped', 'exhausted', 'ended']
export const voucherStates: Voucher['state'][] = ['unused', 'used', 'cancelled', 'expired']
export const priceFees: DriverPrice['fee'][] = ['service', 'electricity']
export const priceCuts: DriverPrice['cut'][] = ['percent', 'amount']
export const invoiceKinds: Invoice['kind'][] = ['digital_general', 'digital_special', 'electronic_general', 'electronic_special', 'receipt']
export const invoiceStates: Invoice['state'][] = ['review', 'waiting', 'issuing', 'issued', 'sent', 'failed', 'reversing', 'reversed', 'rejected']
export const parameterGroups: Parameter['group'][] = ['order', 'money', 'device', 'service', 'retention', 'backup']
export const parameterOrigins: Parameter['origin'][] = ['default', 'console', 'file', 'environment', 'command_line']
export const backupStates: Backup['state'][] = ['done', 'failed', 'gone']
export const drillKinds: Drill['kind'][] = ['restore', 'disaster', 'moment', 'fallback']
export const jobRunStates: JobRun['state'][] = ['running', 'done', 'failed', 'cut']
export const smtpSecurities: SmtpConfig['security'][] = ['tls', 'starttls', 'none']
export const channelPurposes: ChannelSend['purpose'][] = ['test', 'invoice', 'alarm', 'event']
export const channelKinds: Channel['kind'][] = ['smtp', 'webhook', 'ftp']
export const webhookEvents: Delivery['event'][] = ['order.completed', 'order.abnormal', 'pile.online', 'pile.offline', 'reservation.changed', 'occupancy.warned', 'feedback.created', 'alarm.opened', 'alarm.closed', 'work_order.overdue', 'mail.failed']
export const webhookStates: Delivery['state'][] = ['waiting', 'sent', 'failed']
/** The roles that come with the product; others have names of their own. */
export const roles = ['admin', 'operations', 'finance', 'service', 'technician', 'viewer']
export const accountKinds: Posting['debit']['kind'][] = ['principal', 'gift', 'receivable', 'fleet', 'revenue', 'channel', 'promotion', 'write_off', 'refunding', 'discount', 'payee_payable', 'shared_revenue', 'paid_out', 'channel_fee', 'withheld']
export const postingCodes: Posting['code'][] = ['electricity', 'service', 'top_up', 'gift_grant', 'deduction', 'refund', 'write_off', 'order_pay', 'excess', 'refund_hold', 'refund_undo', 'refund_done', 'discount', 'share', 'share_back', 'payout', 'occupancy', 'channel_fee']
export const payChannelKinds: PayChannel['kind'][] = ['wechat', 'simulated']
export const paymentPurposes: Payment['purpose'][] = ['top_up', 'order']
export const payStates: Payment['state'][] = ['created', 'paying', 'paid', 'closed', 'failed']
export const refundKinds: Refund['kind'][] = ['top_up', 'order', 'excess']
export const refundRoutes: Refund['route'][] = ['source', 'hand']
export const refundStates: Refund['state'][] = ['applied', 'approved', 'submitted', 'processing', 'done', 'failed', 'rejected', 'cancelled']
export const walletChangeKinds: Wallet['changes'][number]['kind'][] = ['top_up', 'gift_grant', 'principal_deduction', 'gift_deduction']
export const periods: Period[] = ['sharp', 'peak', 'flat', 'valley']

export const optionsOf = (group: string, values: readonly string[]): Option[] => values.map((value) => ({ value, label: word(group, value) }))
export const orderOpen = (state: Order['state']): boolean => state === 'starting' || state === 'charging' || state === 'stopping'
/** As the server's model has it: the pile itself has the last word on `unknown`. */
export const canStart = (status: ConnectorBrief['status']): boolean => ['unknown', 'available', 'preparing', 'finishing'].includes(status)
export const redReasons: NonNullable<Invoice['red_reason']>[] = ['returned', 'mistake', 'stopped', 'allowance']
export const mailStates: NonNullable<Invoice['mail_state']>[] = ['waiting', 'sent', 'failed']
export const invoiceChannels: Invoice['channel'][] = ['receipt', 'nuonuo']
