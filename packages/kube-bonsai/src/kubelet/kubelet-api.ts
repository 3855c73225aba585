import type { TokenRequest } from '@kube-bonsai/api-types/authentication/v1'
import type { Pod, PodStatus } from '@kube-bonsai/api-types/core/v1'
import { isAlreadyExists, isConflict, isNotFound, type KubeObject } from '@kube-bonsai/apimachinery'
import type { Client } from '@kube-bonsai/client'
import type { EventRecorder } from '@kube-bonsai/controllers'
import type { IssuedToken, KubeletApi, MirrorClient } from '@kube-bonsai/kubelet-model'
import { UnreachableError } from './node-state.ts'
import { knownNode } from './registration.ts'

type TokenSpec = Parameters<NonNullable<KubeletApi['requestToken']>>[1]

/** What a kubelet's way to the API server is made of. */
export interface KubeletApiOptions {
  readonly node: string
  readonly client: Client
  readonly recorder: EventRecorder
  readonly objects: KubeletApi['objects']
  /** False while nothing gets through: writes reject with an UnreachableError, and events are lost. */
  readonly open: () => boolean
  /** Writes the node's status. */
  readonly report: () => void
}

/** Lets a kubelet work on the API. */
export function kubeletApi({ node, client, recorder, objects, open, report }: KubeletApiOptions): KubeletApi {
  const connected = () => {
    if (!open()) throw new UnreachableError(`node ${JSON.stringify(node)} does not reach the API server`)
  }
  const self = { apiVersion: 'v1', kind: 'Node', metadata: { name: node, uid: node } }
  return {
    objects,
    event: (pod, type, reason, message) => void (open() && recorder.event(pod, type, reason, message)),
    nodeEvent: (type, reason, message) => void (open() && recorder.event(self, type, reason, message)),
    nodeChanged: report,
    mirrors: mirrorClient(node, client, connected),
    requestToken: async (pod, request) => {
      connected()
      return tokenFor(client, pod, request)
    },
    async writeStatus({ metadata: { namespace = '', name = '', uid }, status: before }, next) {
      connected()
      const conditions = [...clearedConditions(before, next), ...goneConditions(before, next)]
      const status = { ...next, conditions, ...newAddresses(before, next) }
      try {
        await client
          .pods(namespace)
          .patch(name, 'strategic', { metadata: { uid }, status }, { subresource: 'status', fieldManager: 'kubelet' })
        return true
      } catch (error) {
        if (isNotFound(error) || isConflict(error)) return false
        throw error
      }
    },
    async removePod({ metadata: { namespace = '', name = '', uid } }) {
      connected()
      try {
        await client
          .pods(namespace)
          .delete(name, { gracePeriodSeconds: 0, ...(uid !== undefined && { preconditions: { uid } }) })
      } catch (error) {
        if (!isNotFound(error) && !isConflict(error)) throw error
      }
    },
  }
}

/** @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/volume/projected/projected.go */
async function tokenFor(client: Client, pod: Pod, spec: TokenSpec): Promise<IssuedToken> {
  const { namespace = '', name = '', uid = '' } = pod.metadata
  const boundObjectRef = { apiVersion: 'v1', kind: 'Pod', name, uid }
  const account = pod.spec?.serviceAccountName ?? 'default'
  const answer = await client.serviceAccounts(namespace).createSubresource(account, 'token', {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    metadata: {},
    spec: { ...spec, boundObjectRef },
  } as KubeObject)
  const { status } = answer as TokenRequest
  return { token: status?.token ?? '', expiresAt: Date.parse(status?.expirationTimestamp ?? '') }
}

function mirrorClient(node: string, client: Client, connected: () => void): MirrorClient {
  return {
    node: async () => {
      connected()
      return knownNode(client, node)
    },
    create: async (pod) => {
      connected()
      try {
        await client.pods(pod.metadata.namespace).create(pod, { fieldManager: 'kubelet' })
      } catch (error) {
        if (!isAlreadyExists(error)) throw error
      }
    },
    remove: async ({ metadata: { namespace = '', name = '', uid } }) => {
      connected()
      try {
        const preconditions = uid === undefined ? {} : { preconditions: { uid } }
        await client.pods(namespace).delete(name, { gracePeriodSeconds: 0, ...preconditions })
        return true
      } catch (error) {
        if (isNotFound(error) || isConflict(error)) return false
        throw error
      }
    },
  }
}

/** Patches merge conditions field by field: what a condition had and has no more is taken away by name. */
function clearedConditions(before: PodStatus | undefined, next: PodStatus): readonly object[] {
  return (next.conditions ?? []).map((condition) => {
    const known = before?.conditions?.find(({ type }) => type === condition.type)
    const gone = (['reason', 'message'] as const).filter((name) => known?.[name] && condition[name] === undefined)
    return gone.length === 0 ? condition : { ...condition, ...Object.fromEntries(gone.map((name) => [name, null])) }
  })
}

/** Patches merge conditions by their types: those of a resize that are no more are deleted by name. */
function goneConditions(before: PodStatus | undefined, next: PodStatus): readonly object[] {
  const kept = new Set(next.conditions?.map(({ type }) => type))
  return (before?.conditions ?? [])
    .filter(({ type }) => type.startsWith('PodResize') && !kept.has(type))
    .map(({ type }) => ({ $patch: 'delete', type }))
}

/** Addresses are merged too: those that a pod had before are deleted one by one. */
function newAddresses(before: PodStatus | undefined, next: PodStatus): object {
  return Object.fromEntries(
    (['podIPs', 'hostIPs'] as const).flatMap((field) => {
      const own = next[field] ?? []
      const kept = new Set(own.map(({ ip }) => ip))
      const gone = (before?.[field] ?? []).filter(({ ip }) => !kept.has(ip))
      return gone.length === 0 ? [] : [[field, [...own, ...gone.map(({ ip }) => ({ $patch: 'delete', ip }))]]]
    }),
  )
}
