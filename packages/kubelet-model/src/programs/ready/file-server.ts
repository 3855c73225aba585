import type { FileSystem } from '../../files/file-system.ts'
import type { ProgramRequest, ProgramResponse, RequestHandler } from '../../runtime/network.ts'

const types: Readonly<Record<string, string>> = {
  html: 'text/html',
  htm: 'text/html',
  css: 'text/css',
  js: 'application/javascript',
  json: 'application/json',
  txt: 'text/plain',
  xml: 'text/xml',
  svg: 'image/svg+xml',
}

/** What a server of files serves. */
export interface FileServerOptions {
  readonly files: () => FileSystem
  /** The document root. */
  readonly root: string
  readonly server: string
  /** Told of every request but those of probes. */
  readonly log?: ((request: ProgramRequest, status: number, size: number) => void) | undefined
}

/** Answers requests with the files below a directory; `index.html` stands for a directory. */
export function fileServer({ files, root, server, log }: FileServerOptions): RequestHandler {
  return (request) => {
    const answer = answerTo(request, files(), root, server)
    const response = request.method === 'HEAD' ? { ...answer, body: '' } : answer
    if (!/^kube-probe\//.test(request.headers['user-agent'] ?? ''))
      log?.(request, response.status, response.body?.length ?? 0)
    return response
  }
}

function answerTo({ method, path }: ProgramRequest, files: FileSystem, root: string, server: string): ProgramResponse {
  const page = (status: number, title: string): ProgramResponse => ({
    status,
    headers: { 'content-type': 'text/html', server },
    body: `<html>\r\n<head><title>${status} ${title}</title></head>\r\n<body>\r\n<center><h1>${status} ${title}</h1></center>\r\n</body>\r\n</html>\r\n`,
  })
  if (method !== 'GET' && method !== 'HEAD') return page(405, 'Not Allowed')
  const name = nameOf(path)
  if (name === undefined) return page(400, 'Bad Request')
  const full = `${root.replace(/\/$/, '')}${name}`
  const stat = files.stat(full)
  if (stat?.kind === 'directory' && !name.endsWith('/'))
    return { ...page(301, 'Moved Permanently'), headers: { location: `${name}/`, 'content-type': 'text/html', server } }
  const file = stat?.kind === 'directory' ? `${full}index.html` : full
  if (files.stat(file)?.kind !== 'file')
    return stat?.kind === 'directory' ? page(403, 'Forbidden') : page(404, 'Not Found')
  const type = types[file.split('.').pop() ?? ''] ?? 'application/octet-stream'
  return { status: 200, headers: { 'content-type': type, server }, body: files.read(file) }
}

/** The path without its query, decoded, and without ways out of the root; undefined for what is none. */
function nameOf(path: string): string | undefined {
  const [raw = '/'] = path.split(/[?#]/)
  let decoded: string
  try {
    decoded = decodeURIComponent(raw)
  } catch {
    return undefined
  }
  if (!decoded.startsWith('/') || decoded.includes('\0')) return undefined
  const names: string[] = []
  for (const name of decoded.split('/').slice(1)) {
    if (name === '..') names.pop()
    else if (name !== '.') names.push(name)
  }
  return `/${names.join('/')}`.replace(/\/{2,}/g, '/')
}
