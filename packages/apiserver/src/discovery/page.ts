import type { ApiResponse } from '@kube-bonsai/apimachinery'

/** A page of the server. */
export type Page = ApiResponse

/** An object as a page. */
export function json(body: object, headers: Readonly<Record<string, string>> = {}): Page {
  return { status: 200, headers, body }
}

/** Text as a page. */
export function text(
  body: string,
  type: string = 'text/plain; charset=utf-8',
  headers: Readonly<Record<string, string>> = {},
  status: number = 200,
): Page {
  return { status, headers: { 'content-type': type, ...headers }, stream: once(body) }
}

/** Nothing but a status. */
export function bare(status: number, headers: Readonly<Record<string, string>> = {}): Page {
  return { status, headers }
}

async function* once(body: string): AsyncGenerator<string> {
  yield body
}
