import { CommandError } from '../../shell/shell-error.ts'
import type { CommandFunction } from '../../shell/world.ts'
import { parseOptions } from '../options.ts'
import { addressOf } from './address.ts'

/** `nc -z HOST PORT`: tells whether somebody listens. Conversations are not modelled. */
export const nc: CommandFunction = async (context) => {
  const { stderr, task, world } = context
  const options = parseOptions(context.args, 'zvnuw:lp:e:')
  const [host, port] = options.operands
  if (!options.has('z') || options.has('u')) throw new CommandError('only -z is modelled, over TCP')
  if (host === undefined || port === undefined) throw new CommandError('a host and a port are expected')
  if (!/^\d{1,5}$/.test(port)) throw new CommandError(`bad port '${port}'`)
  await task.step(10)
  const address = addressOf(context, host)
  if (address === undefined) throw new CommandError(`bad address '${host}'`)
  const connects = world.network?.connects(address, Number(port)) ?? false
  if (options.has('v')) {
    const end = connects ? 'open' : 'Connection refused'
    await stderr.write(connects ? `${host} (${address}:${port}) open\n` : `nc: ${host} (${address}:${port}): ${end}\n`)
  }
  return connects ? 0 : 1
}
