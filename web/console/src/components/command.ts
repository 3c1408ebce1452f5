// From a command that was sent to what the pile said, told in words.
import { api, type Command } from '@/api'
import { word } from '@/i18n'
import { told } from '@/problem'

const SECONDS_MAX = 30
const open = (command: Command) => command.state === 'queued'
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Waits for the pile as long as a person would. */
export async function ended(sent: Command): Promise<Command> {
  let command = sent
  for (let i = 0; i < SECONDS_MAX && open(command); i += 1) {
    await sleep(1000)
    command = await api.command_get(command.id)
  }
  return command
}

/** A refusal or silence is never told as success. `more` stands behind the pile's words. */
export function outcomeTold(label: string, command: Command, more = ''): void {
  const text = `${label}: ${command.message || word('command_told', command.state)}${more}`
  told(text, command.state === 'accepted' ? 'success' : open(command) || command.state === 'deferred' ? 'info' : 'warning')
}
