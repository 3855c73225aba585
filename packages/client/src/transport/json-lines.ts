import { isStatus, type WatchEvent } from '@kube-bonsai/apimachinery'
import { isObject } from '../request/metadata-of.ts'

/** A watch's stream holds something that is not an event. */
export class WatchDecodeError extends Error {
  override readonly name = 'WatchDecodeError'
  /** The line, cut after 200 characters. */
  readonly actual: string

  constructor(problem: string, line: string, options?: { readonly cause?: unknown }) {
    super(`unable to decode an event from the watch stream: ${problem}`, options)
    this.actual = line.slice(0, 200)
  }
}

const types: ReadonlySet<unknown> = new Set(['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK', 'ERROR'])

function isEvent(value: unknown): value is WatchEvent<unknown> {
  if (!isObject(value) || !types.has(value.type)) return false
  return value.type === 'ERROR' ? isStatus(value.object) : isObject(value.object)
}

function decode(line: string): WatchEvent<unknown> {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch (cause) {
    throw new WatchDecodeError('the line is not JSON', line, { cause })
  }
  if (isEvent(value)) return value
  throw new WatchDecodeError(
    'expected an object with type ADDED, MODIFIED, DELETED, BOOKMARK or ERROR and its object',
    line,
  )
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/**
 * The events of a watch over HTTP: one JSON document per line, cut into chunks anywhere, inside a character too.
 * An event that the end of the stream cuts off is left out, since the watch resumes before it.
 * Throws a WatchDecodeError for a line that is no event. Leaving the loop cancels the stream.
 */
export async function* watchEventsOf(
  stream: ReadableStream<Uint8Array>,
): AsyncGenerator<WatchEvent<unknown>, undefined> {
  const reader = stream.getReader()
  const decoder = new TextDecoder()
  let rest = ''
  try {
    for (;;) {
      const { done, value } = await reader.read()
      const text = done ? decoder.decode() : decoder.decode(value, { stream: true })
      let begin = 0
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', begin)) {
        const line = rest + text.slice(begin, end)
        rest = ''
        begin = end + 1
        if (line.trim() !== '') yield decode(line)
      }
      rest += text.slice(begin)
      if (done) break
    }
    if (rest.trim() !== '' && isJson(rest)) yield decode(rest)
  } finally {
    // Cancelling what has ended or failed already is of no consequence.
    reader.cancel().catch(() => {})
  }
}
