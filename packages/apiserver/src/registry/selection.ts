import type { ResourceInfo } from '@kube-bonsai/api-types'
import {
  type FieldSelector,
  FieldSelectorError,
  type KubeObject,
  newBadRequest,
  parseFieldSelector,
  parseSelector,
  quote,
  type Selector,
  SelectorError,
} from '@kube-bonsai/apimachinery'
import type { Target } from '../context.ts'
import type { Query } from '../request/query.ts'
import { inCoreFields } from './event-fields.ts'

/** Which objects a list or watch wants. */
export interface Selection {
  readonly everything: boolean
  /** The one name that a field selector asks for. */
  readonly name: string | undefined
  /** The value that a field must have by the selector; undefined when it may have any. */
  valueOf(field: string): string | undefined
  matches(object: KubeObject): boolean
}

/** Reads `labelSelector` and `fieldSelector`. Throws a 400 with upstream's text. */
export function readSelection(target: Target, query: Query, name: string): Selection {
  const labels = readLabels(query.text('labelSelector'))
  const { strategy, info } = target
  const fields = readFields(query.text('fieldSelector'), info)
  const probe = strategy.selectableFields({ apiVersion: '', kind: '', metadata: {} })
  for (const { field } of fields?.requirements ?? []) {
    if (field === 'metadata.name' || (field === 'metadata.namespace' && info.namespaced) || Object.hasOwn(probe, field))
      continue
    throw newBadRequest(unsupportedField(target, field))
  }
  const wanted =
    name || fields?.requirements.find((one) => one.field === 'metadata.name' && one.operator !== '!=')?.value
  return {
    everything: labels === undefined && fields === undefined && name === '',
    name: wanted,
    valueOf: (name) => fields?.requirements.find((one) => one.field === name && one.operator !== '!=')?.value,
    matches: (object) =>
      (name === '' || object.metadata.name === name) &&
      (labels === undefined || labels.matches(object.metadata.labels)) &&
      (fields === undefined || fields.matches(fieldSet(target, object))),
  }
}

/** The fields of an object that can be selected, with their values. */
function fieldSet({ strategy, stored }: Target, object: KubeObject): Readonly<Record<string, string>> {
  const { name = '', namespace = '' } = object.metadata
  return {
    ...strategy.selectableFields(object),
    'metadata.name': name,
    ...(stored.namespaced && { 'metadata.namespace': namespace }),
  }
}

const plainlyWorded = new Set([
  '/Pod',
  '/Node',
  '/ReplicationController',
  '/Event',
  '/Namespace',
  '/Secret',
  '/Service',
  'events.k8s.io/Event',
  'certificates.k8s.io/CertificateSigningRequest',
  'certificates.k8s.io/ClusterTrustBundle',
  'certificates.k8s.io/PodCertificateRequest',
])

/** Each kind with a conversion of its own words it in its own way. */
function unsupportedField({ custom, info: { group, version, kind } }: Target, field: string): string {
  if (custom || plainlyWorded.has(`${group}/${kind}`)) return `field label not supported: ${field}`
  if (kind === 'ResourceSlice') return `field label not supported for ${group}/${version}, Kind=${kind}: ${field}`
  if (group === 'batch' && kind === 'Job') return `field label ${quote(field)} not supported for Job`
  return `${quote(field)} is not a known field selector: only "metadata.name", "metadata.namespace"`
}

function readLabels(text: string): Selector | undefined {
  if (text === '') return undefined
  try {
    return parseSelector(text)
  } catch (error) {
    if (error instanceof SelectorError) throw newBadRequest(error.message)
    throw error
  }
}

function readFields(text: string, info: ResourceInfo): FieldSelector | undefined {
  if (text === '') return undefined
  try {
    const selector = parseFieldSelector(text)
    if (selector.requirements.length === 0) return undefined
    return info.group === 'events.k8s.io' ? inCoreFields(selector) : selector
  } catch (error) {
    if (error instanceof FieldSelectorError) throw newBadRequest(error.message)
    throw error
  }
}
