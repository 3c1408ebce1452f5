// A charging station made of the npm package `ocpp-rpc`, a second implementation that is not ours, in its strict
// mode: every message in either direction is checked by the package's own copy of the official schemas. Scenarios
// bear the names of the Open Charge Alliance's test cases, as far as we know them.
import { randomUUID } from 'node:crypto'
import { createRequire } from 'node:module'
import { parseArgs } from 'node:util'

const { RPCClient } = createRequire(import.meta.url)('ocpp-rpc')
const { values: given } = parseArgs({
  options: Object.fromEntries(['protocol', 'address', 'pile', 'password', 'tag', 'token'].map((name) => [name, { type: 'string' }])),
})

let passed = 0
let failed = 0
function equal(what, found, wanted) {
  const [one, other] = [JSON.stringify(found), JSON.stringify(wanted)]
  if (one === other) passed += 1
  else {
    failed += 1
    console.log(`FAILED ${what}: expected ${other}, found ${one}`)
  }
}

async function api(method, path, body) {
  const headers = { authorization: `Bearer ${given.token}`, 'content-type': 'application/json' }
  const answer = await fetch(`http://${given.address}/api/v1${path}`, { method, headers, body: body && JSON.stringify(body) })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
  return text ? JSON.parse(text) : null
}

/** The order of a session, once it is in one of these states. */
async function order(session, states) {
  let one = null
  for (let tries = 0; tries < 75; tries += 1) {
    const found = await api('GET', `/orders?session_key=${session}&from_ms=0&to_ms=4000000000000`)
    if (found.items.length > 0) one = await api('GET', `/orders/${found.items[0].id}`)
    if (one && states.includes(one.state)) return one
    await new Promise((done) => setTimeout(done, 200))
  }
  return one
}

const ago = (minutes) => new Date(Date.now() - minutes * 60_000).toISOString()
const asked = []
const client = new RPCClient({ endpoint: `ws://${given.address}/ocpp`, identity: given.pile, password: given.password, protocols: [given.protocol], strictMode: true, reconnect: false })
// What breaks the schemas ends the run.
client.on('strictValidationFailure', ({ error }) => equal('a message fits its schema', error.message, ''))
client.handle(({ method, params }) => {
  asked.push([method, params])
  return { status: 'Accepted' }
})

async function commands(pairs) {
  for (const [what, body, action, wanted] of pairs) {
    const command = await api('POST', `/piles/${given.pile}/commands?wait_ms=20000`, body)
    const [method, params] = asked.pop() ?? []
    equal(what, [command.state, method, Object.fromEntries(Object.keys(wanted).map((name) => [name, params?.[name]]))], ['accepted', action, wanted])
  }
}

async function ocpp16() {
  const boot = await client.call('BootNotification', { chargePointVendor: 'independent', chargePointModel: 'rpc' })
  equal('TC_001_CSMS Cold Boot Charge Point', [boot.status, boot.interval > 0], ['Accepted', true])
  for (const connectorId of [0, 1]) await client.call('StatusNotification', { connectorId, errorCode: 'NoError', status: 'Available' })
  const card = async (idTag) => (await client.call('Authorize', { idTag })).idTagInfo.status
  equal('TC_004_1_CSMS Regular Charging Session, Identification First: Authorize', await card(given.tag), 'Accepted')
  equal('TC_023_CSMS Start Charging Session, Authorize Invalid', await card('NOBODY-KNOWS-ME'), 'Invalid')
  equal('TC_023_CSMS Start Charging Session, Authorize Blocked', await card('E2E-BLOCKED'), 'Blocked')
  const began = await client.call('StartTransaction', { connectorId: 1, idTag: given.tag, meterStart: 1000, timestamp: ago(60) })
  equal('TC_004_1_CSMS Regular Charging Session: StartTransaction', began.idTagInfo.status, 'Accepted')
  const transactionId = began.transactionId
  await client.call('MeterValues', { connectorId: 1, transactionId, meterValue: [{ timestamp: ago(30), sampledValue: [{ value: '5000' }] }] })
  await client.call('StopTransaction', { transactionId, idTag: given.tag, meterStop: 11_000, timestamp: ago(1), reason: 'Local' })
  const one = await order(transactionId, ['completed', 'abnormal'])
  equal('TC_004_1_CSMS Regular Charging Session: the order', [one?.state, one?.energy_dwh], ['completed', 100_000])
  await commands([
    ['TC_013_CSMS Hard Reset', { kind: 'reset', hard: true }, 'Reset', { type: 'Hard' }],
    ['TC_014_CSMS Soft Reset', { kind: 'reset', hard: false }, 'Reset', { type: 'Soft' }],
    ['TC_061_CSMS Clear Authorization Data in Authorization Cache', { kind: 'cache_clear' }, 'ClearCache', {}],
  ])
}

async function ocpp201() {
  const boot = await client.call('BootNotification', { reason: 'PowerUp', chargingStation: { vendorName: 'independent', model: 'rpc' } })
  equal('TC_B_01_CSMS Cold Boot Charging Station', [boot.status, boot.interval > 0], ['Accepted', true])
  await client.call('StatusNotification', { timestamp: ago(61), connectorStatus: 'Available', evseId: 1, connectorId: 1 })
  const card = async (idToken) => (await client.call('Authorize', { idToken: { idToken, type: 'Central' } })).idTokenInfo.status
  equal('TC_C_02_CSMS Local start transaction, Authorization Accepted', await card(given.tag), 'Accepted')
  equal('TC_C_06_CSMS Local start transaction, Authorization Blocked', await card('E2E-BLOCKED'), 'Blocked')
  const transactionId = randomUUID()
  const meter = (minutes, value, context) => [{ timestamp: ago(minutes), sampledValue: [{ value, context, measurand: 'Energy.Active.Import.Register', unitOfMeasure: { unit: 'Wh' } }] }]
  const event = (eventType, seqNo, minutes, value, context, triggerReason, more = {}) =>
    client.call('TransactionEvent', { eventType, seqNo, timestamp: ago(minutes), triggerReason, transactionInfo: { transactionId }, meterValue: meter(minutes, value, context), ...more })
  const evse = { id: 1, connectorId: 1 }
  const began = await event('Started', 0, 60, 1000, 'Transaction.Begin', 'Authorized', { evse, idToken: { idToken: given.tag, type: 'Central' } })
  equal('TC_E_01_CSMS Start transaction', began.idTokenInfo?.status, 'Accepted')
  await event('Updated', 1, 30, 5000, 'Sample.Periodic', 'MeterValuePeriodic')
  await event('Ended', 2, 1, 11_000, 'Transaction.End', 'StopAuthorized')
  const one = await order(transactionId, ['completed', 'abnormal'])
  equal('TC_E_09_CSMS Stop transaction: the order', [one?.state, one?.energy_dwh], ['completed', 100_000])
  await commands([
    ['TC_B_22_CSMS Reset Charging Station, Immediate', { kind: 'reset', hard: true }, 'Reset', { type: 'Immediate' }],
    ['TC_B_20_CSMS Reset Charging Station, OnIdle', { kind: 'reset', hard: false }, 'Reset', { type: 'OnIdle' }],
    ['TC_C_37_CSMS Clear Authorization Cache', { kind: 'cache_clear' }, 'ClearCache', {}],
  ])
}

try {
  await client.connect()
  equal('the sub-protocol', client.protocol, given.protocol)
  await (given.protocol === 'ocpp1.6' ? ocpp16() : ocpp201())
  await client.close()
} catch (error) {
  failed += 1
  console.log(`FAILED the run: ${error.stack}`)
}
console.log(`${given.protocol.replace('ocpp', 'ocpp-rpc-')}: ${passed} passed, ${failed} failed`)
process.exit(failed ? 1 : 0)
