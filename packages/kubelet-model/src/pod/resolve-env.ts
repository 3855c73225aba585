import type { ConfigMap, Container, Pod, Secret } from '@kube-bonsai/api-types/core/v1'
import { Quantity } from '@kube-bonsai/quantity'

/** What a node looks up for its pods; undefined for what is not there. */
export interface NodeObjects {
  configMap(namespace: string, name: string): ConfigMap | undefined
  secret(namespace: string, name: string): Secret | undefined
  /** Whether a claim is bound; undefined when there is no such claim. */
  claimPhase(namespace: string, name: string): string | undefined
  /** Environment variables of the services that a pod of this namespace sees. */
  serviceEnv(namespace: string): Readonly<Record<string, string>>
}

/** A container that cannot be made yet; `reason` is what its waiting state says. */
export class ContainerConfigError extends Error {
  override readonly name = 'ContainerConfigError'
  readonly reason = 'CreateContainerConfigError'
}

/** What env entries can tell of the pod itself. */
export interface PodFacts {
  readonly podIP: string
  readonly hostIP: string
}

/**
 * The environment of a container: services, envFrom, env with references resolved and `$(NAME)` filled in.
 * Throws ContainerConfigError for a reference to something that is not there.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/kubelet_pods.go makeEnvironmentVariables
 */
export function resolveEnv(
  pod: Pod,
  container: Container,
  objects: NodeObjects,
  facts: PodFacts,
): Readonly<Record<string, string>> {
  const namespace = pod.metadata.namespace ?? ''
  const env: Record<string, string> = Object.create(null)
  if (pod.spec?.enableServiceLinks !== false) Object.assign(env, objects.serviceEnv(namespace))
  for (const { prefix = '', configMapRef, secretRef } of container.envFrom ?? []) {
    if (configMapRef) {
      const map = objects.configMap(namespace, configMapRef.name ?? '')
      if (map === undefined && configMapRef.optional !== true) throw missing('configmap', configMapRef.name)
      for (const [key, value] of Object.entries(map?.data ?? {})) env[prefix + key] = value
    }
    if (secretRef) {
      const secret = objects.secret(namespace, secretRef.name ?? '')
      if (secret === undefined && secretRef.optional !== true) throw missing('secret', secretRef.name)
      for (const [key, value] of Object.entries(secret?.data ?? {})) env[prefix + key] = decode(value)
    }
  }
  for (const entry of container.env ?? []) {
    const value = entry.valueFrom ? resolveSource(pod, entry.valueFrom, objects, facts) : expand(entry.value ?? '', env)
    if (value !== undefined) env[entry.name] = value
  }
  return env
}

/** `$(NAME)` filled in, `$$` for a dollar sign; names that are not set stay as they stand. */
export function expand(text: string, env: Readonly<Record<string, string>>): string {
  return text.replace(/\$\$|\$\(([^)]*)\)/g, (all, name: string | undefined) => {
    if (name === undefined) return '$'
    return Object.hasOwn(env, name) ? (env[name] ?? '') : all
  })
}

type EnvSource = NonNullable<NonNullable<Container['env']>[number]['valueFrom']>

function resolveSource(pod: Pod, source: EnvSource, objects: NodeObjects, facts: PodFacts): string | undefined {
  const namespace = pod.metadata.namespace ?? ''
  if (source.fieldRef) return fieldOf(pod, source.fieldRef.fieldPath, facts)
  if (source.configMapKeyRef) {
    const { name = '', key, optional } = source.configMapKeyRef
    const map = objects.configMap(namespace, name)
    const value = map?.data?.[key]
    if (value !== undefined || optional === true) return value
    throw map === undefined ? missing('configmap', name) : missingKey('ConfigMap', key, namespace, name)
  }
  if (source.secretKeyRef) {
    const { name = '', key, optional } = source.secretKeyRef
    const secret = objects.secret(namespace, name)
    const value = secret?.data?.[key]
    if (value !== undefined) return decode(value)
    if (optional === true) return undefined
    throw secret === undefined ? missing('secret', name) : missingKey('Secret', key, namespace, name)
  }
  if (source.resourceFieldRef) return resourceOf(pod, source.resourceFieldRef)
  throw new ContainerConfigError('unsupported: this source of an environment variable')
}

function fieldOf(pod: Pod, path: string, facts: PodFacts): string {
  const subscript = /^metadata\.(labels|annotations)\['([^']*)'\]$/.exec(path)
  if (subscript) return pod.metadata[subscript[1] === 'labels' ? 'labels' : 'annotations']?.[subscript[2] ?? ''] ?? ''
  switch (path) {
    case 'metadata.name':
      return pod.metadata.name ?? ''
    case 'metadata.namespace':
      return pod.metadata.namespace ?? ''
    case 'metadata.uid':
      return pod.metadata.uid ?? ''
    case 'spec.nodeName':
      return pod.spec?.nodeName ?? ''
    case 'spec.serviceAccountName':
      return pod.spec?.serviceAccountName ?? ''
    case 'status.hostIP':
    case 'status.hostIPs':
      return facts.hostIP
    case 'status.podIP':
    case 'status.podIPs':
      return facts.podIP
    default:
      throw new ContainerConfigError(`unsupported: fieldPath ${path}`)
  }
}

function resourceOf(pod: Pod, ref: NonNullable<EnvSource['resourceFieldRef']>): string {
  const container = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])].find(
    (entry) => entry.name === ref.containerName,
  )
  const [side, ...rest] = ref.resource.split('.')
  const name = rest.join('.')
  const list = side === 'limits' ? container?.resources?.limits : container?.resources?.requests
  const amount = list?.[name]
  if (amount === undefined)
    throw new ContainerConfigError(`unsupported: resourceFieldRef ${ref.resource} without a value on the container`)
  return divide(name, Quantity.parse(String(amount)), Quantity.parse(String(ref.divisor ?? '0')))
}

/** The amount in units of the divisor, rounded up; whole cores and bytes when none is given. */
function divide(name: string, amount: Quantity, divisor: Quantity): string {
  const one = divisor.isZero()
  if (name === 'cpu') return String(ceilDivide(amount.milliValue(), one ? 1000n : divisor.milliValue()))
  return String(ceilDivide(amount.value(), one ? 1n : divisor.value()))
}

function ceilDivide(left: bigint, right: bigint): bigint {
  return right === 0n ? 0n : (left + right - 1n) / right
}

function missing(kind: string, name: string | undefined): ContainerConfigError {
  return new ContainerConfigError(`${kind} "${name ?? ''}" not found`)
}

function missingKey(kind: string, key: string, namespace: string, name: string): ContainerConfigError {
  return new ContainerConfigError(`couldn't find key ${key} in ${kind} ${namespace}/${name}`)
}

function decode(base64: string): string {
  return new TextDecoder().decode(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)))
}
