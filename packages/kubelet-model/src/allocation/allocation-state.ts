import type { Pod, ResourceRequirements } from '@kube-bonsai/api-types/core/v1'
import type { JsonValue } from '@kube-bonsai/apimachinery'
import { isSidecar } from '@kube-bonsai/component-helpers'
import { CorruptCheckpointError, kubeletRoot, readCheckpoint, writeCheckpoint } from '../node/checkpoint-file.ts'
import type { CheckpointStore } from '../node/checkpoints.ts'
import { KubeletStartError } from '../node/start-error.ts'
import type { ContainerResources } from './pod-amounts.ts'

/** The checkpoint of what was promised to pods. */
export const allocatedPods = 'allocated_pods_state'

type Allocations = ReadonlyMap<string, ContainerResources>

/**
 * What an earlier kubelet has promised, by the uid of the pod; empty where there is no checkpoint. Throws a
 * KubeletStartError for a checkpoint that cannot be trusted.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/allocation/state/state_checkpoint.go
 */
export function readAllocations(store: CheckpointStore, name: string = allocatedPods): Allocations {
  try {
    const content = readCheckpoint(store, name)
    return new Map(
      [...fields(fields(content).get('entries'))].flatMap(([uid, entry]): [string, ContainerResources][] => {
        const containers = [...fields(fields(entry).get('ContainerResources'))]
        return [[uid, new Map(containers.map(([container, resources]) => [container, requirements(resources)]))]]
      }),
    )
  } catch (error) {
    if (!(error instanceof CorruptCheckpointError)) throw error
    const what = `could not restore state from checkpoint: ${error.message}`
    const file = JSON.stringify(`${kubeletRoot}/${name}`)
    const way = `please drain this node and delete pod resource information checkpoint file ${file}`
    throw new KubeletStartError('checkpoint', `${what}, ${way} before restarting Kubelet`, { cause: error })
  }
}

/** What pods were promised as far as their statuses tell; what their specs ask for otherwise. */
export function allocationsOf(pods: readonly Pod[]): Allocations {
  return new Map(
    pods.map(({ metadata: { uid = '' }, spec, status }) => {
      const told = new Map(
        [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])].map((entry) => [
          entry.name,
          entry,
        ]),
      )
      const containers = [...(spec?.initContainers ?? []).filter(isSidecar), ...(spec?.containers ?? [])]
      const resources = containers.map(({ name, resources: wanted = {} }): [string, ResourceRequirements] => {
        const { resources: actual, allocatedResources: requests } = told.get(name) ?? {}
        return [name, { ...(actual ?? wanted), ...(requests && { requests }) }]
      })
      return [uid, new Map(resources)]
    }),
  )
}

/** Keeps what was promised for the kubelet that comes after. */
export function writeAllocations(store: CheckpointStore, allocations: Allocations, name: string = allocatedPods): void {
  const entries = Object.fromEntries(
    [...allocations].map(([uid, containers]) => [uid, { ContainerResources: Object.fromEntries(containers) }]),
  )
  const content: JsonValue = JSON.parse(JSON.stringify({ entries }))
  writeCheckpoint(store, name, content)
}

function fields(value: JsonValue | undefined): ReadonlyMap<string, JsonValue> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return new Map()
  return new Map(Object.entries(value).flatMap(([name, entry]) => (entry === undefined ? [] : [[name, entry]])))
}

function requirements(value: JsonValue): ResourceRequirements {
  const side = (name: string) => {
    const amounts = fields(fields(value).get(name))
    if (amounts.size === 0) return {}
    return { [name]: Object.fromEntries([...amounts].map(([resource, amount]) => [resource, String(amount)])) }
  }
  return { ...side('requests'), ...side('limits') }
}
