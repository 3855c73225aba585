import type { ShellState } from './shell-state.ts'

/** What an interactive shell shows before a command: `PS1`, with `\w`, `\h`, `\u` and `\$` filled in. */
export function prompt(state: ShellState): string {
  const home = state.variables.get('HOME') ?? '/root'
  const place = state.cwd === home ? '~' : state.cwd
  const shown: Readonly<Record<string, string>> = {
    w: place,
    W: place.split('/').pop() || '/',
    h: state.world.pod.name,
    u: 'root',
    $: '#',
    n: '\n',
  }
  return (state.variables.get('PS1') ?? '\\w \\$ ').replace(
    /\\([whuWn$])/g,
    (_all, letter: string) => shown[letter] ?? '',
  )
}
