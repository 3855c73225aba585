import type {
  ConfigMap,
  Container,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  Secret,
} from '@kube-bonsai/api-types/core/v1'
import type { CSIDriver } from '@kube-bonsai/api-types/storage/v1'
import { Quantity } from '@kube-bonsai/quantity'
import { type PodFacts, podField } from '../fields/pod-fields.ts'
import { type Amounts, type ResourceField, resourceField } from '../fields/resource-fields.ts'

/** What a node looks up for its pods; undefined for what is not there. */
export interface NodeObjects {
  configMap(namespace: string, name: string): ConfigMap | undefined
  secret(namespace: string, name: string): Secret | undefined
  claim(namespace: string, name: string): PersistentVolumeClaim | undefined
  persistentVolume(name: string): PersistentVolume | undefined
  /** The CSIDriver object of a driver, which may have none. */
  csiDriver?(name: string): CSIDriver | undefined
  /** The handler that a RuntimeClass names; undefined when there is no such class. */
  runtimeHandler?(runtimeClass: string): string | undefined
  /** Tells of changes of an object until the returned function is called. */
  watch?(
    object: { readonly kind: 'configMap' | 'secret' | 'csiDriver'; readonly namespace: string; readonly name: string },
    changed: () => void,
  ): () => void
  /** Environment variables of the services that a pod of this namespace sees. */
  serviceEnv(namespace: string): Readonly<Record<string, string>>
}

/** A container that cannot be made yet; `reason` is what its waiting state says. */
export class ContainerConfigError extends Error {
  override readonly name = 'ContainerConfigError'
  readonly reason = 'CreateContainerConfigError'
}

/** What is told of the pod's node and address, and of what the node can give. */
export interface EnvFacts extends PodFacts {
  readonly allocatable?: Amounts
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
  facts: EnvFacts,
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
    const value = entry.valueFrom
      ? resolveSource(pod, container, entry.valueFrom, objects, facts)
      : expand(entry.value ?? '', env)
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

function resolveSource(
  pod: Pod,
  container: Container,
  source: EnvSource,
  objects: NodeObjects,
  facts: EnvFacts,
): string | undefined {
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
  if (source.resourceFieldRef) return resourceOf(pod, container, source.resourceFieldRef, facts)
  throw new ContainerConfigError('unsupported: this source of an environment variable')
}

function fieldOf(pod: Pod, path: string, facts: PodFacts): string {
  const value = podField(pod, path, facts)
  if (value === undefined) throw new ContainerConfigError(`unsupported fieldPath: ${path}`)
  return value
}

/** Without a limit of its own, a container has that of its pod, or what the node can give. */
function resourceOf(pod: Pod, container: Container, field: ResourceField, { allocatable }: EnvFacts): string {
  const whole = Object.entries(pod.spec?.resources?.limits ?? {}).map(
    ([name, amount]) => [name, Quantity.parse(String(amount))] as const,
  )
  try {
    return resourceField(pod, field, new Map([...(allocatable ?? []), ...whole]), container)
  } catch (error) {
    throw new ContainerConfigError(error instanceof Error ? error.message : String(error))
  }
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
