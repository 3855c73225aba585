import type { Namespace, Pod, PodSpec } from '@kube-bonsai/api-types/core/v1'
import { type KubeObject, newForbidden, newInternalError, newInvalid } from '@kube-bonsai/apimachinery'
import { groupResource, type RequestContext } from '../../context.ts'
import { type AdmissionPlugin, type Attributes, isAbout, lookUp } from '../chain.ts'
import { subjectOf } from './check.ts'
import { printDetails, violations } from './evaluate.ts'
import { existingPodWarnings } from './existing-pods.ts'
import { compareLevels, isFullyPrivileged, type Policy, policyOf, printLevel } from './policy.ts'

const ignoredSubresources = new Set(['exec', 'attach', 'binding', 'eviction', 'log', 'portforward', 'proxy', 'status'])
const controllers = new Set([
  '/replicationcontrollers',
  '/podtemplates',
  'apps/replicasets',
  'apps/deployments',
  'apps/statefulsets',
  'apps/daemonsets',
  'batch/jobs',
  'batch/cronjobs',
])

/** Holds pods to the security levels that the labels of their namespace name, and warns of templates that break them. @see k8s.io/pod-security-admission */
export const podSecurity: AdmissionPlugin = {
  name: 'PodSecurity',
  async validate(context, attributes) {
    const { operation, subresource, target } = attributes
    if (operation === 'DELETE') return
    if (isAbout(attributes, '', 'namespaces')) {
      if (subresource === '') await validateNamespace(context, attributes)
    } else if (isAbout(attributes, '', 'pods')) {
      if (!ignoredSubresources.has(subresource)) await validatePod(context, attributes)
    } else if (subresource === '' && controllers.has(`${target.info.group}/${target.info.resource}`))
      await validateController(context, attributes)
  },
}

async function validateNamespace(context: RequestContext, { operation, name, object, old }: Attributes): Promise<void> {
  const { policy, errors } = policyOf(object.metadata.labels)
  const before = policyOf(old?.metadata.labels)
  const same =
    errors.length === before.errors.length && errors.every((error, index) => `${error}` === `${before.errors[index]}`)
  if (errors.length > 0 && !(operation === 'UPDATE' && same))
    throw newInvalid({ group: '', kind: 'Namespace' }, name, errors)
  if (operation !== 'UPDATE' || policy.enforce.level === 'privileged') return
  const change = compareLevels(policy.enforce.level, before.policy.enforce.level)
  if (policy.enforce.version === before.policy.enforce.version && change <= 0) return
  for (const text of await existingPodWarnings(context, name, policy.enforce)) context.warn(text)
}

async function validatePod(context: RequestContext, attributes: Attributes): Promise<void> {
  const namespace = (await lookUp(context.server, 'core/namespaces', attributes.namespace)) as Namespace | undefined
  if (namespace === undefined) throw newInternalError(`failed to lookup namespace "${attributes.namespace}"`)
  const { policy, errors } = policyOf(namespace.metadata.labels)
  if (errors.length === 0 && isFullyPrivileged(policy)) return
  const { metadata, spec } = attributes.object as Pod
  if (attributes.operation === 'UPDATE' && !isSignificant(attributes.object as Pod, attributes.old as Pod)) return
  if (spec === undefined) return
  const subject = subjectOf(spec, metadata.annotations)
  const found = violations(policy.enforce, subject)
  if (found.length > 0) {
    const why = `violates PodSecurity "${printLevel(policy.enforce)}": ${printDetails(found)}`
    throw newForbidden(groupResource(attributes.target), attributes.name, why)
  }
  warn(context, policy, spec, metadata.annotations)
}

async function validateController(context: RequestContext, attributes: Attributes): Promise<void> {
  const namespace = (await lookUp(context.server, 'core/namespaces', attributes.namespace)) as Namespace | undefined
  if (namespace === undefined) return
  const { policy } = policyOf(namespace.metadata.labels)
  const template = templateOf(attributes.object)
  if (template?.spec) warn(context, policy, template.spec, template.metadata?.annotations)
}

function warn(
  context: RequestContext,
  { warn: level }: Policy,
  spec: PodSpec,
  annotations?: Readonly<Record<string, string>>,
): void {
  const found = violations(level, subjectOf(spec, annotations))
  if (found.length > 0) context.warn(`would violate PodSecurity "${printLevel(level)}": ${printDetails(found)}`)
}

interface Template {
  readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> }
  readonly spec?: PodSpec
}

function templateOf(object: KubeObject): Template | undefined {
  const { template, spec } = object as {
    readonly template?: Template
    readonly spec?: {
      readonly template?: Template
      readonly jobTemplate?: { readonly spec?: { readonly template?: Template } }
    }
  }
  return template ?? spec?.template ?? spec?.jobTemplate?.spec?.template
}

/** Of what can change in a pod only images and new containers matter. */
function isSignificant(pod: Pod, old: Pod): boolean {
  const images = ({ spec }: Pod) => [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])]
  const [now, before] = [images(pod), images(old)]
  if (now.length !== before.length || pod.spec?.containers?.length !== old.spec?.containers?.length) return true
  if (now.some(({ image }, index) => image !== before[index]?.image)) return true
  const known = new Map((old.spec?.ephemeralContainers ?? []).map(({ name, image }) => [name, image]))
  return (pod.spec?.ephemeralContainers ?? []).some(({ name, image }) => !known.has(name) || known.get(name) !== image)
}
