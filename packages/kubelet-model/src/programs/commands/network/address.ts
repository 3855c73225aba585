import type { CommandContext } from '../../shell/world.ts'

const literal = /^(?:\d{1,3}\.){3}\d{1,3}$|^[\da-f:]*:[\da-f:.]*$/i

/** The address of a host by `/etc/hosts`, then by the cluster's DNS; undefined for a name that is none. */
export function addressOf(context: CommandContext, host: string): string | undefined {
  return addressesOf(context, host)?.[0]
}

/** The same, all of them. */
export function addressesOf({ world }: CommandContext, host: string): readonly string[] | undefined {
  if (literal.test(host)) return [host]
  const file = '/etc/hosts'
  const lines = world.files.exists(file) ? world.files.read(file).split('\n') : []
  for (const line of lines) {
    const [address = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/)
    if (names.includes(host)) return [address]
  }
  return world.network?.resolve(host)
}
