// Words for firmware, logs and security events, part of en.ts; Chinese in firmware.zh-CN.ts.
export default {
  transfer: {
    asked: 'Asked', accepted: 'Accepted', downloading: 'Downloading', downloaded: 'Downloaded', installing: 'Installing', installed: 'Installed, not shown yet', confirmed: 'Updated', uploading: 'Uploading', uploaded: 'Received', failed: 'Failed',
    replaced: 'Replaced', title: 'Firmware and logs', now: 'Now: {version}', update: 'Update the firmware', ask_log: 'Get a log', kind: 'Kind', what: 'Version / file', state: 'Result', steps: 'Steps', message: 'Message',
    staff: 'By', created: 'Begun', ended: 'Ended', none: 'No firmware was sent and no log was asked for yet', way: 'How', way_plain: 'Plain', way_signed: 'Signed (the pile checks the signature; it needs the security extension)', at: 'When to fetch it', at_once: 'At once', at_help: 'On the clock of the station, {zone}',
    ftp_help: 'A 云快充 pile fetches it from the firmware server (FTP) among the channels when it is idle. Put the file there first, under its own name; the pile says something only at the end',
    retries: 'Retries', retry_interval: 'Between retries', seconds: 's', firmware_help: 'Now {version}; only firmware that fits this pile and has its file is listed', log_help: 'Diagnostics are for every OCPP pile; the two logs for OCPP 2.x, and for 1.6 with the security extension', from: 'From', until: 'Until', update_begun: 'Sent; how far it is shows here once the pile begins', log_begun: 'Sent; the file can be fetched here once it is received',
  },
  transfer_kind: {
    firmware: 'Firmware', signed_firmware: 'Signed firmware', diagnostics: 'Diagnostics', diagnostics_log: 'Diagnostics log', security_log: 'Security log',
  },
  transfer_step: {
    accepted: 'Agreed', refused: 'Refused', unsupported: 'Not supported', timed_out: 'No answer', link_lost: 'Link lost', received: 'File received', DownloadScheduled: 'Download scheduled', Downloading: 'Downloading', DownloadPaused: 'Download paused', Downloaded: 'Downloaded',
    DownloadFailed: 'Download failed', SignatureVerified: 'Signature verified', InvalidSignature: 'Invalid signature', InstallScheduled: 'Installation scheduled', Installing: 'Installing', InstallRebooting: 'Rebooting', InstallVerificationFailed: 'Verification failed', InstallationFailed: 'Installation failed', Installed: 'Installed', Uploading: 'Uploading',
    Uploaded: 'Uploaded', UploadFailed: 'Upload failed', UploadFailure: 'Upload failed', PermissionDenied: 'Permission denied', NotSupportedOperation: 'Not supported', BadMessage: 'Bad message',
  },
  firmware: {
    name: 'Name', name_hint: 'Such as: 120 kW DC controller', version: 'Version', version_help: 'As the pile tells it after the update, by which it is known to have succeeded', vendor: 'Vendor', vendor_help: 'As the piles introduce themselves; empty: any', model: 'Model', note: 'Note', file: 'File', choose: 'Choose the file', no_file: 'No file yet',
    digest: 'SHA-256 from the manufacturer', digest_hint: 'Optional; the platform compares it', digest_bad: 'A SHA-256 has 64 hexadecimal digits', signature: 'Signature (Base64)', certificate: 'Signing certificate (PEM)', signed: 'Signed', signed_yes: 'Has a signature and its certificate', signed_no: 'Without a signature; plain updates only',
    fits: 'For', fits_any: 'Any vendor and model', operator: 'Operator', platform: 'Platform', created: 'Uploaded', staff: 'By', results: 'Updates', counted: '{n}', done: '{n} done', failed: '{n} failed',
    create: 'Upload firmware', upload: 'Upload', uploaded: 'The file is here', uploading: 'Uploading', measuring: 'Working out the SHA-256', delete: 'Delete', ask_delete: 'Delete {name} ({version})? What was done with it stays; the file is gone for good.', deleted: '{name} was deleted', at_piles: 'What became of it at each pile', empty_hint: 'No firmware yet. Upload a file of the manufacturer, then update piles from their page or in a batch.',
  },
  security_event: {
    title: 'Security events of the pile', at: 'Time (pile)', kind: 'Event', info: 'Information', received: 'Received', none: 'The pile has reported none',
  },
  security_event_kind: {
    FirmwareUpdated: 'Firmware updated', FailedToAuthenticateAtCentralSystem: 'Could not authenticate at the platform', CentralSystemFailedToAuthenticate: 'The platform could not authenticate', SettingSystemTime: 'System time was set', StartupOfTheDevice: 'Device started', ResetOrReboot: 'Reset or reboot', SecurityLogWasCleared: 'Security log was cleared', ReconfigurationOfSecurityParameters: 'Security parameters were changed', MemoryExhaustion: 'Out of memory', InvalidMessages: 'Invalid messages',
    AttemptedReplayAttacks: 'Attempted replay', TamperDetectionActivated: 'Tampering detected', InvalidFirmwareSignature: 'Invalid firmware signature', InvalidFirmwareSigningCertificate: 'Invalid firmware signing certificate', InvalidCentralSystemCertificate: 'Invalid platform certificate', InvalidChargePointCertificate: 'Invalid pile certificate',
  },
}
