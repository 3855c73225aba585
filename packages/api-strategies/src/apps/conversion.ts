import type { Conversion, VersionConversion } from '../conversion.ts'
import { type Fields, fieldsOf, isAbsent, textOf, withField } from '../meta/json.ts'

const rollback = 'deprecated.deployment.rollback.to'
const templateGeneration = 'deprecated.daemonset.template.generation'

/** What stands in an annotation today was a field of the spec. */
function annotationAsField(annotation: string, path: readonly [string, ...string[]]): VersionConversion {
  const [name, inner] = path
  return {
    fromHub(object) {
      const { [annotation]: value, ...rest } = fieldsOf(fieldsOf(object['metadata'])['annotations'])
      if (isAbsent(value)) return object
      const number = Number(value)
      const spec = withField(fieldsOf(object['spec']), name, inner === undefined ? number : { [inner]: number })
      return { ...object, metadata: annotated(object, rest), spec }
    },
    toHub(object) {
      const { [name]: value, ...spec } = fieldsOf(object['spec'])
      if (isAbsent(value)) return object
      const number = inner === undefined ? value : (fieldsOf(value)[inner] ?? 0)
      const annotations = { ...fieldsOf(fieldsOf(object['metadata'])['annotations']), [annotation]: String(number) }
      return { ...object, metadata: annotated(object, annotations), spec }
    },
  }
}

function annotated(object: Fields, annotations: Fields): Fields {
  const some = Object.keys(annotations).length > 0
  return withField(fieldsOf(object['metadata']), 'annotations', some ? annotations : undefined)
}

/** The old type counts what the controller has seen from a pointer, which is written even when it is 0. */
const statefulSet: VersionConversion = {
  fromHub(object) {
    const status = fieldsOf(object['status'])
    return isAbsent(status['observedGeneration'])
      ? withField(object, 'status', withField(status, 'observedGeneration', 0))
      : object
  },
  toHub(object) {
    const status = fieldsOf(object['status'])
    return status['observedGeneration'] === 0
      ? withField(object, 'status', withField(status, 'observedGeneration', undefined))
      : object
  },
}

/** A scale of the old groups has its selector as a map too, where one can say it. */
const scale: VersionConversion = {
  fromHub(object) {
    const status = fieldsOf(object['status'])
    const selector = textOf(status['selector'])
    const { selector: _, ...rest } = status
    if (selector === '') return withField(object, 'status', rest)
    const pairs = selector.split(',').map((term) => term.split('='))
    const plain = pairs.every((pair) => pair.length === 2)
    const map = plain ? { selector: Object.fromEntries(pairs) } : {}
    return { ...object, status: { ...rest, ...map, targetSelector: selector } }
  },
  toHub(object) {
    const { targetSelector, selector, ...rest } = fieldsOf(object['status'])
    const text =
      textOf(targetSelector) ||
      Object.entries(fieldsOf(selector))
        .map(([key, value]) => `${key}=${textOf(value)}`)
        .sort()
        .join(',')
    return { ...object, status: text === '' ? rest : { ...rest, selector: text } }
  },
}

const rolledBack = annotationAsField(rollback, ['rollbackTo', 'revision'])

/** The old types leave a selector out that v1 writes as null. */
const deployment: VersionConversion = {
  toHub: rolledBack.toHub,
  fromHub(object) {
    const converted = rolledBack.fromHub(object)
    const spec = fieldsOf(converted['spec'])
    return spec['selector'] === null ? withField(converted, 'spec', withField(spec, 'selector', undefined)) : converted
  },
}

/** @see pkg/apis/apps/v1beta1/conversion.go, v1beta2 and pkg/apis/extensions/v1beta1 */
export const appsConversions: readonly Conversion[] = [
  { kind: 'Deployment', group: 'apps', versions: { 'apps/v1beta1': deployment, 'extensions/v1beta1': deployment } },
  {
    kind: 'DaemonSet',
    group: 'apps',
    versions: { 'extensions/v1beta1': annotationAsField(templateGeneration, ['templateGeneration']) },
  },
  { kind: 'StatefulSet', group: 'apps', versions: { 'apps/v1beta1': statefulSet } },
  {
    kind: 'Scale',
    group: 'autoscaling',
    versions: { 'apps/v1beta1': scale, 'apps/v1beta2': scale, 'extensions/v1beta1': scale },
  },
]
