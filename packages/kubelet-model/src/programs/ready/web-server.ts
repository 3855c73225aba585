import type { Program, ProgramContext } from '../../runtime/program.ts'
import { formatted } from '../commands/date.ts'
import { parseOptions } from '../commands/options.ts'
import { inside } from '../shell/glob-files.ts'
import { CommandError } from '../shell/shell-error.ts'
import type { CommandContext, CommandFunction } from '../shell/world.ts'
import { shellProgram } from '../shell-program.ts'
import type { FileServerOptions } from './file-server.ts'
import { fileServer } from './file-server.ts'

/** A server as its image brings it. */
interface WebServer {
  readonly port: number
  readonly root: string
  readonly server: string
  /** The command that an image starts it with. */
  readonly words: readonly string[]
  /** True for words that leave the server in the foreground. */
  readonly staysInFront: (args: readonly string[]) => boolean
  /** What a configuration says otherwise. */
  readonly configuredBy?: string
  readonly page: string
}

const nginx: WebServer = {
  port: 80,
  root: '/usr/share/nginx/html',
  server: 'nginx',
  words: ['nginx', '-g', 'daemon off;'],
  staysInFront: (args) => args.some((text) => /daemon\s+off/.test(text)),
  configuredBy: '/etc/nginx/conf.d/default.conf',
  page: '<!DOCTYPE html>\n<html>\n<head><title>Welcome to nginx!</title></head>\n<body><h1>Welcome to nginx!</h1></body>\n</html>\n',
}

const httpd: WebServer = {
  port: 80,
  root: '/usr/local/apache2/htdocs',
  server: 'Apache',
  words: ['httpd-foreground'],
  staysInFront: () => true,
  page: '<html><body><h1>It works!</h1></body></html>\n',
}

type Settings = Pick<WebServer, 'port' | 'root'>

/** Of a configuration of nginx, the port and the root; the rest is told to be left aside. */
function settingsOf(server: WebServer, files: ProgramContext['files'], log: (text: string) => void): Settings {
  const path = server.configuredBy
  if (path === undefined || files.stat(path)?.kind !== 'file') return server
  const text = files.read(path).replace(/#.*/g, '')
  const port = /\blisten\s+(?:[^\s;]*:)?(\d{1,5})\b/.exec(text)?.[1]
  const root = /\broot\s+([^\s;]+)\s*;/.exec(text)?.[1]
  const others = text.match(/\b(proxy_pass|return|rewrite|alias|try_files|fastcgi_pass)\b/g) ?? []
  if (others.length > 0) log(`bonsai: of ${path} only listen and root are read, not ${[...new Set(others)].join(', ')}`)
  return { port: port === undefined ? server.port : Number(port), root: root ?? server.root }
}

const accessLog =
  (now: () => number, log: (text: string) => void): FileServerOptions['log'] =>
  ({ method, path, headers }, status, size) => {
    const when = formatted('%d/%b/%Y:%H:%M:%S +0000', now())
    log(`- - - [${when}] "${method} ${path} HTTP/1.1" ${status} ${size} "-" "${headers['user-agent'] ?? '-'}"`)
  }

/** Runs without a shell, as most of them do: a server that nobody asks costs next to nothing. */
async function runAlone(server: WebServer, context: ProgramContext): Promise<number> {
  const { clock } = context
  const { port, root } = settingsOf(server, context.files, context.log)
  const log = accessLog(() => clock.now(), context.log)
  context.listen(port, fileServer({ files: () => context.files, root, server: server.server, log }))
  await context.terminated
  return 0
}

/** Serves until a signal asks it to end. */
async function serve(context: CommandContext, settings: Settings, server: string): Promise<number> {
  const { world, task } = context
  const log = accessLog(
    () => world.clock.now(),
    (text) => void world.log.write(`${text}\n`),
  )
  const close = world.listen(settings.port, fileServer({ files: () => world.files, root: settings.root, server, log }))
  try {
    await task.waitFor(
      new Promise<void>((resolve) => {
        task.onSignal = (name) => {
          if (name !== 'TERM' && name !== 'INT' && name !== 'QUIT') return 'ignored'
          resolve()
          return 'handled'
        }
      }),
    )
    return 0
  } finally {
    close()
  }
}

/** Goes on in a process of its own, as daemons do. */
function inBackground(context: CommandContext, run: (own: CommandContext) => Promise<number>): number {
  const task = context.task.detach()
  void run({ ...context, task })
    .catch(() => 1)
    .finally(() => task.table.remove(task))
  return 0
}

const commandOf =
  (server: WebServer): CommandFunction =>
  (context) => {
    if (context.args.includes('-t')) return 0
    const run = (own: CommandContext) =>
      serve(
        own,
        settingsOf(server, own.world.files, (text) => void own.world.log.write(`${text}\n`)),
        server.server,
      )
    return server.staysInFront(context.args) ? run(context) : inBackground(context, run)
  }

/** An image with a server in it: alone when nothing else is asked for, and as a command of its shell. */
function webProgram(server: WebServer, name: string): Program {
  const asShell = shellProgram({ arguments: server.words, commands: { [name]: commandOf(server) } })
  return {
    ...asShell,
    networked: true,
    files: { [`${server.root}/index.html`]: server.page },
    run: (context) =>
      context.command.length + context.args.length === 0 ? runAlone(server, context) : asShell.run(context),
  }
}

/** The httpd of busybox: `httpd -f -p 8080 -h /www`. */
export const busyboxHttpd: CommandFunction = (context) => {
  const options = parseOptions(context.args, 'fvip:h:u:r:c:')
  const [, port] = /^(?:[^:]*:)?(\d{1,5})$/.exec(options.value('p') ?? '80') ?? []
  if (port === undefined) throw new CommandError(`bad address '${options.value('p')}'`)
  const root = inside(context.cwd, options.value('h') ?? '.').replace(/\/\.$/, '')
  const run = (own: CommandContext) => serve(own, { port: Number(port), root }, 'httpd')
  return options.has('f') ? run(context) : inBackground(context, run)
}

/** Web servers that serve the files of their document root. */
export const webServers: Readonly<Record<string, Program>> = {
  nginx: webProgram(nginx, 'nginx'),
  'nginx-unprivileged': webProgram({ ...nginx, port: 8080 }, 'nginx'),
  httpd: webProgram(httpd, 'httpd-foreground'),
}
