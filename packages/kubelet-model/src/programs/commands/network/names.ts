import type { CommandContext, CommandFunction } from '../../shell/world.ts'
import { parseOptions } from '../options.ts'
import { addressesOf } from './address.ts'

/** The first name server by `/etc/resolv.conf`. */
function nameServer({ world }: CommandContext): string {
  const file = '/etc/resolv.conf'
  const text = world.files.exists(file) ? world.files.read(file) : ''
  return /^nameserver\s+(\S+)/m.exec(text)?.[1] ?? '127.0.0.1'
}

/** `nslookup NAME`: what the cluster's DNS answers. */
const nslookup: CommandFunction = async (context) => {
  const { stdout, world, task } = context
  const { operands } = parseOptions(
    context.args.filter((word) => !/^-(?:type|query|q|debug)/.test(word)),
    '',
  )
  const [name = ''] = operands
  if (name === '') {
    await context.stderr.write('nslookup: a name is expected\n')
    return 1
  }
  await task.step(10)
  const server = nameServer(context)
  await stdout.write(`Server:\t\t${server}\nAddress:\t${server}:53\n\n`)
  const found = world.network?.resolve(name)
  if (found === undefined) {
    await stdout.write(`** server can't find ${name}: NXDOMAIN\n\n`)
    return 1
  }
  await stdout.write(`${found.map((address) => `Name:\t${name}\nAddress: ${address}\n`).join('')}\n`)
  return 0
}

/** `getent hosts NAME`: the same by `/etc/hosts` too. */
const getent: CommandFunction = async (context) => {
  const [database, name] = context.args
  if (database !== 'hosts' && database !== 'ahosts' && database !== 'ahostsv4') {
    await context.stderr.write(`getent: only hosts are modelled, not ${database ?? ''}\n`)
    return 1
  }
  await context.task.step(10)
  const found = name === undefined ? [] : (addressesOf(context, name) ?? [])
  await context.stdout.write(found.map((address) => `${address.padEnd(15)} ${name}\n`).join(''))
  return found.length > 0 ? 0 : 2
}

export const nameCommands: Readonly<Record<string, CommandFunction>> = { nslookup, getent }
