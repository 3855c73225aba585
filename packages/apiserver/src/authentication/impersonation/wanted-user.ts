import { newBadRequest, quote } from '@kube-bonsai/apimachinery'

/** Who a request wants to be, as its headers say it. */
export interface WantedUser {
  readonly name: string
  /** Empty when nobody asked for one. */
  readonly uid: string
  /** Undefined when nobody asked for any, so that those which are implied count. */
  readonly groups: readonly string[] | undefined
  readonly extra: ReadonlyMap<string, readonly string[]>
}

type Headers = Readonly<Record<string, string>>
/** The values of headers that came more than once, by name in lower case. */
export type RepeatedHeaders = Readonly<Record<string, readonly string[]>>

const start = 'impersonate-'
const extraStart = 'impersonate-extra-'

/**
 * Reads the impersonation headers; undefined when there are none that count. Throws a 400 when they name no user.
 *
 * @param apart values of repeated headers; those that it does not have are taken apart at their commas
 * @param constrained whether the 400 is worded as by constrained impersonation
 * @see staging/src/k8s.io/apiserver/pkg/endpoints/filters/impersonation/impersonation.go
 */
export function wantedUser(
  headers: Headers | undefined,
  apart: RepeatedHeaders = {},
  constrained: boolean = false,
): WantedUser | undefined {
  const names = Object.keys(headers ?? {}).filter((name) => name.startsWith(start))
  if (headers === undefined || names.length === 0) return undefined
  const all = (name: string) => apart[name] ?? (headers[name] ?? '').split(/, */)
  const first = (name: string) => apart[name]?.[0] ?? headers[name] ?? ''
  const extra = new Map<string, readonly string[]>()
  for (const name of names.filter((one) => one.startsWith(extraStart))) {
    const key = unescaped(name.slice(extraStart.length))
    extra.set(key, [...(extra.get(key) ?? []), ...all(name)])
  }
  const wanted: WantedUser = {
    name: first('impersonate-user'),
    uid: first('impersonate-uid'),
    groups: names.includes('impersonate-group') ? all('impersonate-group') : undefined,
    extra,
  }
  if (wanted.name !== '') return wanted
  if (wanted.uid === '' && wanted.groups === undefined && extra.size === 0) return undefined
  throw newBadRequest(
    constrained
      ? `requested ${goUser(wanted)} without impersonating a user name`
      : `requested [${references(wanted).join(' ')}] without impersonating a user`,
  )
}

function unescaped(key: string): string {
  try {
    return decodeURIComponent(key)
  } catch {
    return key
  }
}

/** The references that upstream makes of headers, as Go prints them: kind, namespace, name, uid, version and two more. */
function references({ uid, groups = [], extra }: WantedUser): readonly string[] {
  const version = 'authentication.k8s.io/v1'
  return [
    ...groups.map((name) => `{Group  ${name}    }`),
    ...[...extra].flatMap(([key, values]) => values.map((value) => `{UserExtra  ${value}  ${version}  ${key}}`)),
    ...(uid === '' ? [] : [`{UID  ${uid}  ${version}  }`]),
  ]
}

function goUser({ name, uid, groups, extra }: WantedUser): string {
  const list = (values: readonly string[]) => `[]string{${values.map(quote).join(', ')}}`
  const entries = [...extra].sort(([left], [right]) => (left < right ? -1 : 1))
  const map = entries.map(([key, values]) => `${quote(key)}:${list(values)}`).join(', ')
  const fields = [
    `Name:${quote(name)}`,
    `UID:${quote(uid)}`,
    `Groups:${groups === undefined ? '[]string(nil)' : list(groups)}`,
    `Extra:${extra.size === 0 ? 'map[string][]string(nil)' : `map[string][]string{${map}}`}`,
  ]
  return `&user.DefaultInfo{${fields.join(', ')}}`
}
