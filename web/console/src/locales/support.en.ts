// Support bundle and trace ids
export default {
  support: { fetch: 'Download support bundle', hint: 'Version, settings, findings, metrics and the last lines of the log for whoever helps; without personal data, passwords and keys. The download is written to the audit log', done: 'Downloaded {name}' },
  trace: { label: 'Trace id', hint: 'Search the server’s log for it to find what else was told of this frame' },
}
