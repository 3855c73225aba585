import type { ProgramResponse } from '../../../runtime/network.ts'
import { inside } from '../../shell/glob-files.ts'
import { CommandError } from '../../shell/shell-error.ts'
import type { CommandContext, CommandFunction } from '../../shell/world.ts'
import { type ParsedOptions, parseOptions } from '../options.ts'
import { headerLines, headerOf, locationOf, parseUrl, redirected, send, statusLine, type Url } from './http.ts'

const long = {
  quiet: 'q',
  'output-document': 'O',
  'server-response': 'S',
  spider: 's',
  timeout: 'T',
  header: 'H',
  'post-data': 'p',
  'no-check-certificate': 'k',
  'user-agent': 'U',
  continue: 'c',
  'directory-prefix': 'P',
  tries: 't',
}
const mostRedirects = 5

/** `wget` of busybox: fetches over HTTP into a file, or to standard output with `-O -`. */
export const wget: CommandFunction = async (context) => {
  const options = parseOptions(context.args, 'qO:SsT:H:p:kU:cP:t:Y:', long)
  if (options.operands.length === 0) throw new CommandError('missing URL')
  for (const text of options.operands) await fetchOne(context, options, parseUrl(text))
  return 0
}

async function fetchOne(context: CommandContext, options: ParsedOptions, first: Url): Promise<void> {
  const { stderr, stdout, cwd, world } = context
  const isQuiet = options.has('q')
  const tell = async (text: string) => {
    if (!isQuiet) await stderr.write(text)
  }
  let url = first
  for (let hop = 0; ; hop++) {
    const answer = await ask(context, options, url, tell)
    const location = locationOf(answer)
    if (location !== undefined && hop < mostRedirects) {
      url = redirected(url, location)
      continue
    }
    if (location !== undefined) throw new CommandError('too many redirections')
    if (answer.status >= 400) throw new CommandError(`server returned error: ${statusLine(answer)}`)
    if (options.has('s')) return tell('remote file exists\n')
    const path =
      options.value('O') ?? join(options.value('P'), first.path.split('?')[0]?.split('/').pop() || 'index.html')
    if (path === '-') {
      await tell('writing to stdout\n')
      await stdout.write(answer.body ?? '')
      return tell('written to stdout\n')
    }
    await tell(`saving to '${path}'\n`)
    world.files.write(inside(cwd, path), answer.body ?? '')
    return tell(`'${path}' saved\n`)
  }
}

const join = (directory: string | undefined, name: string): string =>
  directory === undefined ? name : `${directory.replace(/\/$/, '')}/${name}`

async function ask(
  context: CommandContext,
  options: ParsedOptions,
  url: Url,
  tell: (text: string) => Promise<void>,
): Promise<ProgramResponse> {
  const body = options.value('p')
  const seconds = Number(options.value('T') ?? 900)
  if (!(seconds > 0)) throw new CommandError(`invalid number '${options.value('T')}'`)
  const outcome = await send(context, {
    url,
    method: body !== undefined ? 'POST' : options.has('s') ? 'HEAD' : 'GET',
    headers: { 'user-agent': options.value('U') ?? 'Wget', ...Object.fromEntries(options.values('H').map(headerOf)) },
    body: body ?? '',
    timeout: seconds * 1000,
  })
  if (outcome.kind === 'unknownHost') throw new CommandError(`bad address '${url.host}${portOf(url)}'`)
  await tell(`Connecting to ${url.host}${portOf(url)} (${outcome.address}:${url.port})\n`)
  if (outcome.kind === 'refused')
    throw new CommandError(`can't connect to remote host (${outcome.address}): Connection refused`)
  if (outcome.kind === 'timeout') throw new CommandError('download timed out')
  if (options.has('S')) {
    const lines = [statusLine(outcome.answer), ...headerLines(outcome.answer)]
    await context.stderr.write(lines.map((line) => `  ${line}\n`).join(''))
  }
  return outcome.answer
}

const portOf = ({ scheme, port }: Url): string => (port === (scheme === 'https' ? 443 : 80) ? '' : `:${port}`)
