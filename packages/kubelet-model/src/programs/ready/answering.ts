import type { RequestHandler } from '../../runtime/network.ts'
import type { Program, ProgramContext } from '../../runtime/program.ts'

/** Listens until the container is asked to end. */
async function listenOn(context: ProgramContext, port: number, handler: RequestHandler): Promise<number> {
  context.listen(port, handler)
  await context.terminated
  return 0
}

const text = (body: string, status = 200) => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body,
})

/** The value of `-name=value` or `-name value`. */
function flag(words: readonly string[], name: string): string | undefined {
  for (const [index, word] of words.entries()) {
    const [, found, inline] = /^--?([\w-]+)(?:=([\s\S]*))?$/.exec(word) ?? []
    if (found === name) return inline ?? words[index + 1]
  }
  return undefined
}

const portFrom = (address: string | undefined, standard: number): number =>
  Number(/(\d{1,5})$/.exec(address ?? '')?.[1] ?? standard)

/** `hashicorp/http-echo`: always the same text. */
const httpEcho: Program = {
  networked: true,
  run(context) {
    const words = [...context.command, ...context.args]
    const echoed = flag(words, 'text') ?? context.env['ECHO_TEXT']
    if (echoed === undefined) {
      context.log('Missing -text option!')
      return 127
    }
    return listenOn(context, portFrom(flag(words, 'listen'), 5678), () => text(`${echoed}\n`))
  },
}

/** `traefik/whoami`: tells who was asked and what. */
const whoami: Program = {
  networked: true,
  run(context) {
    const port = portFrom(flag([...context.command, ...context.args], 'port') ?? context.env['WHOAMI_PORT_NUMBER'], 80)
    return listenOn(context, port, ({ method, path, headers }) => {
      const shown = Object.entries(headers).map(([name, value]) => `${name}: ${value}\n`)
      const addresses = (context.network?.addresses ?? []).map((address) => `IP: ${address}\n`)
      if (path === '/health') return text('')
      return text(`Hostname: ${context.pod.name}\n${addresses.join('')}${method} ${path} HTTP/1.1\n${shown.join('')}\n`)
    })
  },
}

/** `agnhost`: the ways of it that examples use. */
const agnhost: Program = {
  async run(context) {
    const words = context.args.length > 0 ? context.args : context.command.slice(1)
    const [way = 'pause'] = words
    if (way === 'pause') {
      await context.terminated
      return 0
    }
    const name = context.pod.name
    if (way === 'serve-hostname') return listenOn(context, portFrom(flag(words, 'port'), 9376), () => text(name))
    if (way !== 'netexec') {
      context.log(`bonsai: not modelled: agnhost ${way}`)
      return 1
    }
    return listenOn(context, portFrom(flag(words, 'http-port'), 8080), ({ path }) => {
      const [where, query = ''] = path.split('?')
      if (where === '/hostname' || where === '/hostName') return text(name)
      if (where === '/healthz') return text('')
      if (where === '/echo') return text(decoded(/(?:^|&)msg=([^&]*)/.exec(query)?.[1] ?? ''))
      if (where === '/') return text(`NOW: ${new Date(context.clock.now()).toISOString()}`)
      return text(`bonsai: not modelled: ${where}\n`, 404)
    })
  },
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value.replaceAll('+', ' '))
  } catch {
    return value
  }
}

/** Images that answer HTTP without files. */
export const answeringPrograms: Readonly<Record<string, Program>> = { 'http-echo': httpEcho, whoami, agnhost }
