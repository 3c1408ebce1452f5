// The values of the contract's enums, for the choices of filters and forms. The types make sure that none is misspelt.
import type { Card, ChannelSend, ConnectorBrief, Content, Coupon, Customer, DriverPrice, Feedback, Invoice, JobRun, Order, Parameter, Period, Pile, PileBatch, PileBatchRow, SmtpConfig, Station, StationDetail, TariffPlan, TariffPlanPile, Voucher } from '@/api'
import type { Option } from '@/components/list'
import { word } from '@/i18n'

export const connectorStatuses: ConnectorBrief['status'][] = ['available', 'preparing', 'charging', 'suspended_ev', 'suspended_evse', 'finishing', 'reserved', 'unavailable', 'faulted', 'unknown']
export const lifecycles: Pile['lifecycle'][] = ['inactive', 'enabled', 'disabled', 'retired']
export const kinds: Pile['kind'][] = ['dc', 'ac', 'ac_dc']
export const protocols: Pile['protocol'][] = ['ocpp1.6', 'ykc1.5', 'ykc1.6']
export const orderStates: Order['state'][] = ['starting', 'charging', 'stopping', 'unsettled', 'completed', 'failed', 'abnormal']
export const startModes: Order['start_mode'][] = ['console', 'app', 'card', 'offline_card', 'vin', 'pile', 'import']
export const stopClasses: NonNullable<Order['stop_class']>[] = ['normal', 'start_failed', 'balance', 'fault', 'emergency', 'safety', 'unknown']
export const abnormalities: Order['abnormalities'] = ['no_record', 'amount_differs', 'zero_baseline', 'meter_backwards', 'power_exceeded', 'time_implausible', 'meter_mismatch', 'unannounced', 'token_refused', 'no_tariff', 'connector_taken', 'period_mismatch', 'connector_unknown']
export const tariffPlanStates: TariffPlan['state'][] = ['scheduled', 'effective', 'withdrawn']
export const deliveryStates: TariffPlanPile['state'][] = ['confirmed', 'refused', 'waiting', 'sent', 'charging', 'offline', 'scheduled', 'superseded', 'not_needed']
export const tariffMatches: Pile['tariff_match'][] = ['same', 'different', 'unknown', 'not_needed']
export const batchDeeds: PileBatch['deed'][] = ['enable', 'disable', 'move', 'reset_soft', 'clock_set', 'tariff_set']
export const batchStates: PileBatch['state'][] = ['running', 'done', 'halted']
export const batchRowStates: PileBatchRow['state'][] = ['failed', 'cut', 'running', 'waiting', 'done']
export const stationKinds: Station['kind'][] = ['public', 'bus', 'taxi', 'logistics', 'sanitation', 'staff', 'private', 'other']
export const placeKinds: NonNullable<Station['place_kind']>[] = ['residential', 'public_institution', 'enterprise', 'office', 'industrial_park', 'transport_hub', 'sports_culture', 'green_space', 'building_parking', 'roadside', 'motorway_service', 'other']
export const parkingFees: NonNullable<StationDetail['parking_fee']>[] = ['paid', 'free', 'free_first', 'free_charging']
export const carKinds: StationDetail['car_kinds'] = ['passenger', 'taxi', 'bus', 'van', 'truck', 'sanitation']
export const cardStatuses: Card['status'][] = ['accepted', 'blocked', 'expired']
export const customerKinds: Customer['kind'][] = ['person', 'driver', 'employee']
export const customerSources: Customer['source'][] = ['own', 'scim']
export const customerStatuses: Customer['status'][] = ['active', 'frozen', 'deactivated', 'cancelled']
export const feedbackSources: Feedback['source'][] = ['mini_program', 'app', 'phone', 'site', 'peer', 'hotline']
export const feedbackKinds: Feedback['kind'][] = ['complaint', 'suggestion', 'question', 'fault']
export const feedbackStates: Feedback['state'][] = ['waiting', 'working', 'answered', 'closed', 'merged']
export const contentStates: Content['state'][] = ['draft', 'scheduled', 'published', 'withdrawn', 'ended']
export const targetGroups: Content['group'][] = ['all', 'person', 'driver', 'employee', 'fleet']
export const faqTopics: NonNullable<Content['topic']>[] = ['charging', 'payment', 'invoice', 'account', 'device', 'other']
export const taskMetrics: NonNullable<Content['metric']>[] = ['orders', 'energy']
export const messageEvents: NonNullable<Content['event']>[] = ['charge_start', 'charge_end', 'charge_abort', 'occupation', 'refund', 'invoice', 'voucher']
export const couponKinds: Coupon['kind'][] = ['amount', 'percent', 'service']
export const couponPayers: Coupon['payer'][] = ['platform', 'operator']
export const couponStates: Coupon['state'][] = ['active', 'stopped', 'exhausted', 'ended']
export const voucherStates: Voucher['state'][] = ['unused', 'used', 'cancelled', 'expired']
export const priceFees: DriverPrice['fee'][] = ['service', 'electricity']
export const priceCuts: DriverPrice['cut'][] = ['percent', 'amount']
export const invoiceKinds: Invoice['kind'][] = ['digital_general', 'digital_special', 'electronic_general', 'electronic_special']
export const invoiceCustomerKinds: Invoice['customer_kind'][] = ['person', 'company', 'driver']
export const invoiceStates: Invoice['state'][] = ['review', 'waiting', 'issuing', 'issued', 'sent', 'failed', 'reversing', 'reversed', 'rejected']
export const parameterGroups: Parameter['group'][] = ['order', 'money', 'device', 'retention']
export const parameterOrigins: Parameter['origin'][] = ['default', 'console', 'file', 'environment', 'command_line']
export const jobRunStates: JobRun['state'][] = ['running', 'done', 'failed', 'cut']
export const smtpSecurities: SmtpConfig['security'][] = ['tls', 'starttls', 'none']
export const channelPurposes: ChannelSend['purpose'][] = ['test', 'invoice']
/** The roles that come with the product; others have names of their own. */
export const roles = ['admin', 'operations', 'finance', 'service', 'technician', 'viewer']
export const periods: Period[] = ['sharp', 'peak', 'flat', 'valley']

export const optionsOf = (group: string, values: readonly string[]): Option[] => values.map((value) => ({ value, label: word(group, value) }))
export const orderOpen = (state: Order['state']): boolean => state === 'starting' || state === 'charging' || state === 'stopping'
/** As the server's model has it: the pile itself has the last word on `unknown`. */
export const canStart = (status: ConnectorBrief['status']): boolean => ['unknown', 'available', 'preparing', 'finishing'].includes(status)
