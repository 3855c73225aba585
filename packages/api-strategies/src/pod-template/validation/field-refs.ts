import {
  compareUtf8,
  type FieldError,
  type FieldPath,
  invalid,
  notSupported,
  required,
} from '@kube-bonsai/apimachinery'
import { qualifiedNameErrors } from '../../meta/checks.ts'
import { type Fields, isEmpty, textOf } from '../../meta/json.ts'

const known: ReadonlySet<string> = new Set([
  'metadata.annotations',
  'metadata.labels',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.restartPolicy',
  'spec.serviceAccountName',
  'spec.schedulerName',
  'status.phase',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
])

/**
 * Checks a reference to a field of the pod itself.
 *
 * @param supported the fields that may be referred to here
 * @see pkg/apis/core/validation/validation.go validateObjectFieldSelector
 */
export function fieldRefErrors(source: Fields, supported: readonly string[], path: FieldPath): readonly FieldError[] {
  const fieldPath = textOf(source['fieldPath'])
  const at = path.child('fieldPath')
  if (isEmpty(source['apiVersion'])) return [required(path.child('apiVersion'))]
  if (fieldPath === '') return [required(at)]
  const unknown = (detail: string): readonly FieldError[] => [
    invalid(at, fieldPath, `error converting fieldPath: ${detail}`),
  ]
  if (source['apiVersion'] !== 'v1') return unknown(`unsupported pod version: ${textOf(source['apiVersion'])}`)
  const subscript = splitSubscript(fieldPath)
  if (subscript !== undefined) {
    const [name, key] = subscript
    if (name === 'metadata.annotations') return qualifiedNameErrors(key.toLowerCase(), path)
    if (name === 'metadata.labels') return qualifiedNameErrors(key, path)
    return unknown(`field label does not support subscript: ${fieldPath}`)
  }
  const name = fieldPath === 'spec.host' ? 'spec.nodeName' : fieldPath
  if (!known.has(name)) return unknown(`field label not supported: ${fieldPath}`)
  return supported.includes(name) ? [] : [notSupported(at, name, [...supported].sort(compareUtf8))]
}

function splitSubscript(text: string): readonly [string, string] | undefined {
  const cut = text.indexOf("['")
  return text.endsWith("']") && cut > 0 && cut + 2 <= text.length - 2
    ? [text.slice(0, cut), text.slice(cut + 2, -2)]
    : undefined
}

const containerResources = [
  'limits.cpu',
  'limits.ephemeral-storage',
  'limits.memory',
  'requests.cpu',
  'requests.ephemeral-storage',
  'requests.memory',
]
const hugePages = /^(requests|limits)\.hugepages-/
const byteDivisors = ['1', '1k', '1M', '1G', '1T', '1P', '1E', '1Ki', '1Mi', '1Gi', '1Ti', '1Pi', '1Ei']

/** Checks a reference to a resource of a container; a volume must name the container. */
export function resourceFieldRefErrors(source: Fields, inVolume: boolean, path: FieldPath): readonly FieldError[] {
  const resource = textOf(source['resource'])
  return [
    ...resourceErrors(source, resource, inVolume, path),
    ...divisorErrors(resource, textOf(source['divisor']), path.child('divisor')),
  ]
}

function resourceErrors(source: Fields, resource: string, inVolume: boolean, path: FieldPath): readonly FieldError[] {
  if (inVolume && isEmpty(source['containerName'])) return [required(path.child('containerName'))]
  if (resource === '') return [required(path.child('resource'))]
  if (containerResources.includes(resource) || hugePages.test(resource)) return []
  return [notSupported(path.child('resource'), resource, containerResources)]
}

function divisorErrors(resource: string, divisor: string, path: FieldPath): readonly FieldError[] {
  if (divisor === '' || divisor === '0') return []
  const [supported, what] = divisorsOf(resource)
  if (supported.length === 0 || supported.includes(divisor)) return []
  const list = what === 'cpu' ? '1m and 1' : byteDivisors.join(', ')
  return [invalid(path, resource, `only divisor's values ${list} are supported with the ${what} resource`)]
}

function divisorsOf(resource: string): readonly [readonly string[], string] {
  if (hugePages.test(resource)) return [byteDivisors, 'hugepages']
  switch (resource.replace(/^(limits|requests)\./, '.')) {
    case '.cpu':
      return [['1m', '1'], 'cpu']
    case '.memory':
      return [byteDivisors, 'memory']
    case '.ephemeral-storage':
      return [byteDivisors, 'local ephemeral storage']
    default:
      return [[], '']
  }
}
