// Words of what is held about a person, part of en.ts.
export default {
  erasure: { asked: 'To be decided', done: 'Erased', rejected: 'Rejected' },
  person: {
    tab: 'Personal data', export: 'Export personal data', export_note: 'Everything that the platform holds about this person (profile, cars, orders, payments, invoices, feedback and photos) in one ZIP: an XLSX for people and a JSON for machines. Only when the person has asked for it and is known to be the one; each export is logged. The file is fetched under Exports, and deleted after some days.', export_told: 'It is being made; fetch it here when it is complete',
    erase: 'Erase personal data', erase_note: 'Once the account is cancelled, two people together erase name, phone, cars, titles, words and photos of feedback. Orders and books keep the number of the customer alone and still add up; invoices and vouchers of the accounts are kept by law. It cannot be undone.', ask: 'Ask for erasure', approve: 'Approve and erase', reject: 'Reject', reason: 'Reason', reason_place: 'e.g. asked for by telephone, known by phone number and last order', ask_approve: 'Erase the personal data of customer {id}? It cannot be undone; after a restore from a backup it is done again by itself.',
    asked_told: 'Asked for; somebody else decides it', erased_told: 'Erased', rejected_told: 'Rejected', asked_by: '{who} at {at}: {reason}', decided_because: '{who}: {reason}', erased_at: 'Erased at {at}',
    why_export: 'Your account has no right to export personal data', why_erase: 'Your account has no right to erase personal data', why_tied: 'Something still ties the person, see above', why_asked: 'It was asked for already', why_own: 'Somebody else has to decide it',
    customer: 'Customer', state: 'State', staff: 'Asked by', created: 'Asked at', decided_by: 'Decided by', decided_at: 'Decided at', decision: 'Decision', rows: 'Rows', none: 'No erasures. Once a customer is cancelled, ask for it under Personal data on their page',
  },
}
