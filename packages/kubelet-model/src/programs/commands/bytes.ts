import { openOutput } from '../shell/devices.ts'
import { inside } from '../shell/glob-files.ts'
import { CommandError } from '../shell/shell-error.ts'
import { readAll, textFrom } from '../shell/streams.ts'
import type { CommandFunction } from '../shell/world.ts'
import { inputFrom, piecesOf } from './inputs.ts'
import { countFrom, parseOptions } from './options.ts'

const dd: CommandFunction = async (context) => {
  const settings = new Map(context.args.map((text) => [text.split('=', 1)[0] ?? '', text.slice(text.indexOf('=') + 1)]))
  for (const name of settings.keys())
    if (!/^(if|of|bs|ibs|obs|count|skip|seek|conv|status|iflag|oflag)$/.test(name))
      throw new CommandError(`unknown operand ${name}`)
  const size = countFrom(settings.get('bs') ?? settings.get('ibs') ?? '512')
  if (size === 0) throw new CommandError('number is out of range: 0')
  const count = settings.has('count') ? countFrom(settings.get('count') ?? '') * size : Number.POSITIVE_INFINITY
  let skip = countFrom(settings.get('skip') ?? '0') * size
  if (settings.has('seek')) throw new CommandError('not modelled: seek', 2)
  const { cwd, world, task, stderr } = context
  const to = settings.get('of')
  const output = to === undefined ? context.stdout : openOutput(to, false, cwd, world, context)
  const started = world.clock.now()
  let left = count
  let total = 0
  for await (const piece of piecesOf(context, inputFrom(settings.get('if') ?? '-', context))) {
    const part = piece.subarray(skip, skip + left)
    skip = Math.max(0, skip - piece.length)
    await output.write(part)
    await task.step(part.length / 4096)
    total += part.length
    left -= part.length
    if (left <= 0) break
  }
  if (settings.get('status') === 'none') return 0
  const records = `${Math.floor(total / size)}+${total % size === 0 ? 0 : 1}`
  const took = (world.clock.now() - started) / 1000
  await stderr.write(
    `${records} records in\n${records} records out\n${total} bytes copied, ${took.toFixed(6)} seconds\n`,
  )
  return 0
}

const base64: CommandFunction = async (context) => {
  const options = parseOptions(context.args, 'diw:', { decode: 'd', wrap: 'w' })
  const bytes = await readAll(inputFrom(options.operands[0] ?? '-', context))
  await context.task.step(bytes.length / 1024)
  if (options.has('d')) {
    const text = textFrom(bytes).replace(/\s+/g, '')
    if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 === 1) throw new CommandError('truncated input')
    await context.stdout.write(Uint8Array.from(atob(text), (one) => one.charCodeAt(0)))
    return 0
  }
  let binary = ''
  for (let at = 0; at < bytes.length; at += 8192) binary += String.fromCharCode(...bytes.subarray(at, at + 8192))
  const text = btoa(binary)
  const width = Number(options.value('w') ?? 76)
  const lines = width > 0 ? (text.match(new RegExp(`.{1,${Math.min(width, 30_000)}}`, 'g')) ?? []) : [text]
  await context.stdout.write(lines.map((line) => `${line}${width > 0 ? '\n' : ''}`).join(''))
  return 0
}

const truncate: CommandFunction = ({ args, cwd, world }) => {
  const options = parseOptions(args, 'cs:', { size: 's' })
  const size = countFrom(options.value('s') ?? '')
  if (size > 64 * 1024 * 1024) throw new CommandError('File too large')
  for (const path of options.operands) {
    const full = inside(cwd, path)
    const before = world.files.exists(full) ? world.files.readBytes(full) : new Uint8Array()
    const bytes = new Uint8Array(size)
    bytes.set(before.subarray(0, size))
    world.files.write(full, bytes)
  }
  return 0
}

/** Commands that mind bytes rather than lines. */
export const byteCommands: Readonly<Record<string, CommandFunction>> = { dd, base64, truncate }
