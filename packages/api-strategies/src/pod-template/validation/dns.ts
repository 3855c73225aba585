import {
  type FieldError,
  type FieldPath,
  invalid,
  isDNS1123Subdomain,
  isDNS1123SubdomainWithUnderscore,
  isValidIPForLegacyField,
  required,
  utf8Length,
} from '@kube-bonsai/apimachinery'
import { invalidEach, subdomainErrors, withOrigin } from '../../meta/checks.ts'
import { type Fields, isEmpty, isFields, listOf, objectsOf, textOf } from '../../meta/json.ts'
import type { PodOptions } from './options.ts'

const maxNameservers = 3
const maxSearches = 32
const maxSearchCharacters = 2048

/** Checks how the containers of a pod resolve names. */
export function dnsErrors(spec: Fields, options: PodOptions, path: FieldPath): readonly FieldError[] {
  const config = spec['dnsConfig']
  if (spec['dnsPolicy'] === 'None') {
    if (!isFields(config)) return [required(path, 'must provide `dnsConfig` when `dnsPolicy` is None')]
    if (isEmpty(config['nameservers'])) {
      return [required(path.child('nameservers'), 'must provide at least one DNS nameserver when `dnsPolicy` is None')]
    }
  }
  if (!isFields(config)) return []
  return [
    ...nameserverErrors(listOf(config['nameservers']).map(textOf), options, path.child('nameservers')),
    ...searchErrors(listOf(config['searches']).map(textOf), options, path.child('searches')),
    ...objectsOf(config['options']).flatMap(({ name }, index) =>
      isEmpty(name) ? [required(path.child('options').index(index), 'must not be empty')] : [],
    ),
  ]
}

function nameserverErrors(servers: readonly string[], options: PodOptions, path: FieldPath): readonly FieldError[] {
  const many = `must not have more than ${maxNameservers} nameservers`
  return [
    ...(servers.length > maxNameservers ? [invalid(path, servers, many)] : []),
    ...servers.flatMap((server, index) => addressErrors(server, options, path.index(index))),
  ]
}

function searchErrors(searches: readonly string[], options: PodOptions, path: FieldPath): readonly FieldError[] {
  const errors: FieldError[] = []
  if (searches.length > maxSearches) {
    errors.push(invalid(path, searches, `must not have more than ${maxSearches} search paths`))
  }
  if (utf8Length(searches.join(' ')) > maxSearchCharacters) {
    const detail = `must not have more than ${maxSearchCharacters} characters (including spaces) in the search list`
    errors.push(invalid(path, searches, detail))
  }
  const check = options.relaxedSearches ? isDNS1123SubdomainWithUnderscore : isDNS1123Subdomain
  const origin = options.relaxedSearches ? 'format=k8s-dns-subdomain-with-underscore' : 'format=k8s-long-name'
  for (const [index, search] of searches.entries()) {
    if (options.relaxedSearches && search === '.') continue
    const name = search.endsWith('.') ? search.slice(0, -1) : search
    errors.push(...withOrigin(invalidEach(path.index(index), name, check(name)), origin))
  }
  return errors
}

/** Checks the lines that a pod adds to its hosts file. */
export function hostAliasErrors(aliases: unknown, options: PodOptions, path: FieldPath): readonly FieldError[] {
  return objectsOf(aliases).flatMap(({ ip, hostnames }, index) => {
    const at = path.index(index)
    return [
      ...addressErrors(textOf(ip), options, at.child('ip')),
      ...listOf(hostnames).flatMap((name, place) => subdomainErrors(name, at.child('hostnames').index(place))),
    ]
  })
}

function addressErrors(text: string, { gates }: PodOptions, path: FieldPath): readonly FieldError[] {
  return isValidIPForLegacyField(path, text, { strict: gates.enabled('StrictIPCIDRValidation') })
}
