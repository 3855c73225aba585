import {
  type FieldError,
  type FieldPath,
  invalid,
  isDNS1123Subdomain,
  isValidPortNum,
  required,
} from '@kube-bonsai/apimachinery'
import { type Fields, isAbsent, textOf } from '../meta/json.ts'

const form = '; desired format: https://host[/path]'

/** Checks the URL of a webhook. @see staging/src/k8s.io/apiserver/pkg/util/webhook/validation.go ValidateWebhookURL */
export function webhookUrlErrors(url: string, path: FieldPath): readonly FieldError[] {
  const [, scheme = '', rest = ''] = /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(.*)$/s.exec(url) ?? []
  const [beforeFragment = '', fragment = ''] = split(rest, '#')
  const [address = '', query = ''] = split(beforeFragment, '?')
  const authority = address.startsWith('//') ? (address.slice(2).split('/')[0] ?? '') : ''
  const at = authority.lastIndexOf('@')
  const host = authority.slice(at + 1)
  const errors: FieldError[] = []
  if (scheme.toLowerCase() !== 'https')
    errors.push(invalid(path, scheme.toLowerCase(), `'https' is the only allowed URL scheme${form}`))
  if (host === '') errors.push(invalid(path, '', `host must be specified${form}`))
  if (at >= 0) errors.push(invalid(path, authority.slice(0, at), 'user information is not permitted in the URL'))
  if (fragment !== '') errors.push(invalid(path, fragment, 'fragments are not permitted in the URL'))
  if (query !== '') errors.push(invalid(path, query, 'query parameters are not permitted in the URL'))
  return errors
}

function split(text: string, mark: string): readonly string[] {
  const at = text.indexOf(mark)
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}

/**
 * Checks the service of a conversion webhook. Upstream gives name and namespace in the wrong order here, so that a missing
 * one is reported as the other.
 *
 * @see staging/src/k8s.io/apiserver/pkg/util/webhook/validation.go ValidateWebhookService
 */
export function webhookServiceErrors(service: Fields, path: FieldPath): readonly FieldError[] {
  const errors: FieldError[] = []
  if (textOf(service['namespace']) === '') errors.push(required(path.child('name'), ''))
  if (textOf(service['name']) === '') errors.push(required(path.child('namespace'), ''))
  const port = typeof service['port'] === 'number' ? service['port'] : 443
  const problems = isValidPortNum(port)
  if (problems.length > 0) errors.push(invalid(path.child('port'), port, `port is not valid: ${problems.join(', ')}`))
  return isAbsent(service['path']) ? errors : [...errors, ...pathErrors(textOf(service['path']), path.child('path'))]
}

function pathErrors(text: string, path: FieldPath): readonly FieldError[] {
  if (text === '/' || text === '') return []
  if (text === '//') return [invalid(path, text, 'segment[0] may not be empty')]
  const errors: FieldError[] = text.startsWith('/') ? [] : [invalid(path, text, "must start with a '/'")]
  const steps = text.slice(1).replace(/\/$/, '').split('/')
  for (const [index, step] of steps.entries()) {
    if (step === '') errors.push(invalid(path, text, `segment[${index}] may not be empty`))
    else for (const why of isDNS1123Subdomain(step)) errors.push(invalid(path, text, `segment[${index}]: ${why}`))
  }
  return errors
}
