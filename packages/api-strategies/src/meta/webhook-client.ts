import {
  type FieldError,
  type FieldPath,
  invalid,
  isDNS1123Subdomain,
  isValidPortNum,
  required,
} from '@kube-bonsai/apimachinery'
import { parseUrl } from './go-url.ts'
import { type Fields, isAbsent, isEmpty, isFields, numberOf, textOf } from './json.ts'

const form = '; desired format: https://host[/path]'

/** Checks how a webhook is called: by a URL or as a service, not both. */
export function webhookClientErrors(client: Fields, path: FieldPath): readonly FieldError[] {
  const { url, service } = client
  if (isAbsent(url) === isAbsent(service)) return [required(path, 'exactly one of url or service is required')]
  if (isFields(service)) return webhookServiceErrors(service, path.child('service'))
  return webhookUrlErrors(textOf(url), path.child('url'))
}

/** Checks the URL of a webhook: HTTPS, a host, and perhaps a path. */
export function webhookUrlErrors(text: string, path: FieldPath): readonly FieldError[] {
  const parsed = parseUrl(text)
  if ('problem' in parsed) return [required(path, `url must be a valid URL: ${parsed.problem}${form}`)]
  const { scheme, host, user, fragment, query } = parsed.url
  const errors: FieldError[] = []
  if (scheme !== 'https') errors.push(invalid(path, scheme, `'https' is the only allowed URL scheme${form}`))
  if (host === '') errors.push(invalid(path, host, `host must be specified${form}`))
  if (user !== undefined) errors.push(invalid(path, user, 'user information is not permitted in the URL'))
  if (fragment !== '') errors.push(invalid(path, fragment, 'fragments are not permitted in the URL'))
  if (query !== '') errors.push(invalid(path, query, 'query parameters are not permitted in the URL'))
  return errors
}

/** Checks the service of a webhook. Upstream has the names swapped: a missing namespace is reported as the name. */
export function webhookServiceErrors(service: Fields, path: FieldPath): readonly FieldError[] {
  const port = numberOf(service['port'])
  const messages = isValidPortNum(port)
  return [
    ...(isEmpty(service['namespace']) ? [required(path.child('name'))] : []),
    ...(isEmpty(service['name']) ? [required(path.child('namespace'))] : []),
    ...(messages.length === 0 ? [] : [invalid(path.child('port'), port, `port is not valid: ${messages.join(', ')}`)]),
    ...urlPathErrors(textOf(service['path']), path.child('path')),
  ]
}

function urlPathErrors(text: string, path: FieldPath): readonly FieldError[] {
  if (text === '' || text === '/') return []
  if (text === '//') return [invalid(path, text, 'segment[0] may not be empty')]
  const relative = text.startsWith('/') ? [] : [invalid(path, text, "must start with a '/'")]
  const inner = text.slice(1)
  const steps = (inner.endsWith('/') ? inner.slice(0, -1) : inner).split('/')
  const wrong = steps.flatMap((step, index) => {
    if (step === '') return [invalid(path, text, `segment[${index}] may not be empty`)]
    return isDNS1123Subdomain(step).map((message) => invalid(path, text, `segment[${index}]: ${message}`))
  })
  return [...relative, ...wrong]
}
