import type { ProgramResponse } from '../../../runtime/network.ts'
import { inside } from '../../shell/glob-files.ts'
import { CommandError } from '../../shell/shell-error.ts'
import type { CommandContext, CommandFunction } from '../../shell/world.ts'
import { unescaped } from '../escapes.ts'
import { type ParsedOptions, parseOptions } from '../options.ts'
import { headerLines, headerOf, locationOf, parseUrl, redirected, send, statusLine, type Url } from './http.ts'

const long = {
  silent: 's',
  'show-error': 'S',
  fail: 'f',
  output: 'o',
  'remote-name': 'O',
  location: 'L',
  request: 'X',
  header: 'H',
  data: 'd',
  'data-raw': 'd',
  include: 'i',
  head: 'I',
  insecure: 'k',
  'max-time': 'm',
  'connect-timeout': '1',
  'write-out': 'w',
  user: 'u',
  'user-agent': 'A',
  get: 'G',
  verbose: 'v',
  retry: '2',
  'retry-delay': '3',
  'retry-connrefused': '4',
  cacert: 'E',
  url: '5',
}
const mostRedirects = 50

/** What went wrong, in curl's words and with its exit code. */
class CurlError extends Error {
  readonly code: number
  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }
}

/** `curl`: a request over HTTP; the answer goes to standard output. */
export const curl: CommandFunction = async (context) => {
  const options = parseOptions(context.args, 'sSfo:OLX:H:d:iIkm:1:w:u:A:Gv2:3:4E:5:', long)
  const urls = [...options.values('5'), ...options.operands]
  if (urls.length === 0) {
    await context.stderr.write("curl: (2) no URL specified\ncurl: try 'curl --help' for more information\n")
    return 2
  }
  let code = 0
  for (const url of urls) code = await withRetries(context, options, url)
  return code
}

async function withRetries(context: CommandContext, options: ParsedOptions, url: string): Promise<number> {
  const retries = Number(options.value('2') ?? 0)
  for (let attempt = 0; ; attempt++) {
    try {
      await transfer(context, options, url)
      return 0
    } catch (error) {
      if (!(error instanceof CurlError)) throw error
      const isTransient = error.code === 28 || (error.code === 7 && options.has('4'))
      if (attempt < retries && isTransient) {
        const seconds = Number(options.value('3') ?? 2 ** attempt)
        await context.task.sleep(Math.min(seconds, 600) * 1000)
        continue
      }
      if (!options.has('s') || options.has('S')) await context.stderr.write(`curl: (${error.code}) ${error.message}\n`)
      return error.code
    }
  }
}

async function transfer(context: CommandContext, options: ParsedOptions, text: string): Promise<void> {
  const { stdout, cwd, world } = context
  let url = urlOf(text, options)
  let answer = await ask(context, options, url)
  for (let hop = 0; options.has('L'); hop++) {
    const location = locationOf(answer)
    if (location === undefined) break
    if (hop === mostRedirects) throw new CurlError(47, `Maximum (${mostRedirects}) redirects followed`)
    url = redirected(url, location)
    answer = await ask(context, options, url)
  }
  const failed = options.has('f') && answer.status >= 400
  const head = options.has('i') || options.has('I') ? [statusLine(answer), ...headerLines(answer), ''] : []
  const body = failed || options.has('I') ? '' : (answer.body ?? '')
  const whole = `${head.map((line) => `${line}\r\n`).join('')}${body}`
  const path = options.value('o') ?? (options.has('O') ? (url.path.split('?')[0]?.split('/').pop() ?? '') : '-')
  if (path === '') throw new CurlError(23, 'Remote file name has no length')
  if (path === '-') await stdout.write(whole)
  else if (path !== '/dev/null') world.files.write(inside(cwd, path), whole)
  const format = options.value('w')
  if (format !== undefined) await stdout.write(filled(format, answer, body, url))
  if (failed) throw new CurlError(22, `The requested URL returned error: ${answer.status}`)
}

function urlOf(text: string, options: ParsedOptions): Url {
  try {
    const url = parseUrl(text)
    const user = options.value('u') ?? url.user
    if (!options.has('G')) return { ...url, user }
    const query = options.values('d').join('&')
    return { ...url, user, path: `${url.path}${url.path.includes('?') ? '&' : '?'}${query}` }
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    const scheme = /^([a-z][\w+.-]*):\/\//i.exec(text)?.[1]
    throw scheme !== undefined && !/^https?$/i.test(scheme)
      ? new CurlError(1, `Protocol "${scheme}" not supported`)
      : new CurlError(3, 'URL rejected: No host part in the URL')
  }
}

async function ask(context: CommandContext, options: ParsedOptions, url: Url): Promise<ProgramResponse> {
  const data = options.has('G') ? [] : options.values('d')
  const usual = options.has('I') ? 'HEAD' : data.length > 0 ? 'POST' : 'GET'
  const kind = data.length > 0 ? { 'content-type': 'application/x-www-form-urlencoded' } : {}
  const seconds = options.value('m')
  const outcome = await send(context, {
    url,
    method: options.value('X') ?? usual,
    headers: {
      'user-agent': options.value('A') ?? 'curl/8.14.1',
      ...kind,
      ...Object.fromEntries(options.values('H').map(headerOf)),
    },
    body: data.map((text) => dataOf(context, text)).join('&'),
    timeout: seconds === undefined ? undefined : Number(seconds) * 1000,
  })
  switch (outcome.kind) {
    case 'answer':
      if (options.has('v')) await tellAll(context, url, outcome.address, outcome.answer)
      return outcome.answer
    case 'unknownHost':
      throw new CurlError(6, `Could not resolve host: ${url.host}`)
    case 'refused':
      throw new CurlError(
        7,
        `Failed to connect to ${url.host} port ${url.port} after 0 ms: Could not connect to server`,
      )
    case 'timeout':
      throw new CurlError(28, `Operation timed out after ${Number(seconds) * 1000} milliseconds with 0 bytes received`)
  }
}

/** `@FILE` stands for what a file holds. */
function dataOf({ world, cwd }: CommandContext, text: string): string {
  return text.startsWith('@') ? world.files.read(inside(cwd, text.slice(1))).replace(/[\r\n]/g, '') : text
}

async function tellAll({ stderr }: CommandContext, url: Url, address: string, answer: ProgramResponse): Promise<void> {
  const lines = [statusLine(answer), ...headerLines(answer), ''].map((line) => `< ${line}\n`)
  await stderr.write(`* Connected to ${url.host} (${address}) port ${url.port}\n${lines.join('')}`)
}

function filled(format: string, { status }: ProgramResponse, body: string, { scheme, host, port, path }: Url): string {
  const values: Readonly<Record<string, string>> = {
    http_code: String(status),
    response_code: String(status),
    size_download: String(new TextEncoder().encode(body).length),
    remote_port: String(port),
    scheme,
    url_effective: `${scheme}://${host}${port === 80 || port === 443 ? '' : `:${port}`}${path}`,
  }
  return unescaped(format).text.replace(/%\{(\w+)\}/g, (_, name: string) =>
    Object.hasOwn(values, name) ? (values[name] ?? '') : '',
  )
}
