import { defaultPath } from './commands/run.ts'

/** What a process finds in its environment beside what the container says. */
export function environmentOf(env: Readonly<Record<string, string>>, tty = false): Readonly<Record<string, string>> {
  return { PATH: defaultPath, HOME: '/root', ...(tty && { TERM: 'xterm' }), ...env }
}
