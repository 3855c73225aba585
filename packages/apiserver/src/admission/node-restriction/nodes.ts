import type { Node } from '@kube-bonsai/api-types/core/v1'
import { compareUtf8, deepEqual, type LabelSet, quote } from '@kube-bonsai/apimachinery'
import type { RequestContext } from '../../context.ts'
import { type Attributes, forbidden } from '../chain.ts'

/** A node writes itself alone, and leaves to others what says which pods it may get. */
export function admitNode(_context: RequestContext, node: string, attributes: Attributes): void {
  const { operation, name, object, old } = attributes
  const self = `node ${quote(node)} is not allowed`
  if (name !== node) throw forbidden(attributes, `${self} to modify node ${quote(name)}`)
  if (operation === 'CREATE') admitCreation(attributes, object as Node, self)
  if (operation === 'UPDATE') admitChange(attributes, object as Node, old as Node, self)
}

function admitCreation(attributes: Attributes, node: Node, self: string): void {
  if (node.spec?.configSource) throw forbidden(attributes, `${self} to create pods with a non-nil configSource`)
  const labels = forbiddenLabels(node.metadata.labels, undefined)
  if (labels.length > 0) throw forbidden(attributes, `${self} to set the following labels: ${labels.join(', ')}`)
}

function admitChange(attributes: Attributes, node: Node, old: Node, self: string): void {
  const source = node.spec?.configSource
  if (source && !deepEqual(source, old.spec?.configSource))
    throw forbidden(attributes, `${self} to update configSource to a new non-nil configSource`)
  if (!deepEqual(node.spec?.taints ?? [], old.spec?.taints ?? []))
    throw forbidden(attributes, `${self} to modify taints`)
  if (!deepEqual(node.metadata.ownerReferences ?? [], old.metadata.ownerReferences ?? []))
    throw forbidden(attributes, `${self} to modify ownerReferences`)
  const labels = forbiddenLabels(node.metadata.labels, old.metadata.labels)
  if (labels.length > 0) throw forbidden(attributes, `is not allowed to modify labels: ${labels.join(', ')}`)
}

/** The labels of a change that are not for a node to set. */
function forbiddenLabels(labels: LabelSet = {}, old: LabelSet = {}): readonly string[] {
  const keys = new Set([...Object.keys(labels), ...Object.keys(old)])
  const changed = [...keys].filter((key) => valueIn(labels, key) !== valueIn(old, key))
  return changed.filter(isForbidden).sort(compareUtf8)
}

function valueIn(labels: LabelSet, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined
}

const ownLabels = new Set([
  'kubernetes.io/hostname',
  'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region',
  'beta.kubernetes.io/instance-type',
  'node.kubernetes.io/instance-type',
  'kubernetes.io/os',
  'kubernetes.io/arch',
  'beta.kubernetes.io/os',
  'beta.kubernetes.io/arch',
])
const ownDomains = ['kubelet.kubernetes.io', 'node.kubernetes.io']

/** @see staging/src/k8s.io/kubelet/pkg/apis/well_known_labels.go */
function isForbidden(label: string): boolean {
  const slash = label.indexOf('/')
  const domain = slash < 0 ? '' : label.slice(0, slash)
  if (isIn(domain, 'node-restriction.kubernetes.io')) return true
  const isSystems = isIn(domain, 'kubernetes.io') || isIn(domain, 'k8s.io')
  return isSystems && !ownLabels.has(label) && !ownDomains.some((own) => isIn(domain, own))
}

function isIn(domain: string, other: string): boolean {
  return domain === other || domain.endsWith(`.${other}`)
}
