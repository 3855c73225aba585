import type { Pod, PodCondition } from '@kube-bonsai/api-types/core/v1'
import {
  type KubeObject,
  newBadRequest,
  newConflict,
  type Status,
  StatusError,
  setCondition,
} from '@kube-bonsai/apimachinery'
import { lookUp } from '../admission/chain.ts'
import type { RequestContext, Target } from '../context.ts'
import { uidConflict, updateObject } from '../registry/update.ts'

interface Binding extends KubeObject {
  readonly target?: { readonly kind?: string; readonly name?: string }
}

const pods = { group: '', resource: 'pods' }

/**
 * Binds a pod to a node: past the pod's update rules, so that its generation stays.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/registry/core/pod/storage/storage.go BindingREST
 */
export async function bindPod(
  context: RequestContext,
  target: Target,
  namespace: string,
  name: string,
  body: KubeObject,
  dryRun: boolean,
): Promise<Status> {
  const { target: to, metadata } = body as Binding
  if ((metadata.name ?? '') !== name) throw newBadRequest('name in URL does not match name in Binding object')
  const node = to?.name ?? ''
  // Upstream answers these two as plain errors: 500 without a reason.
  if (node === '') throw plain('target.name: Required value')
  if (to?.kind && to.kind !== 'Node' && to.kind !== 'Minion')
    throw plain(`target.kind: Unsupported value: "${to.kind}": supported values: "Node", "<empty>"`)
  const copied = context.server.gates.enabled('PodTopologyLabelsAdmission') ? (metadata.labels ?? {}) : {}
  const options = { namespace, name, subresource: 'binding', dryRun, mayCreate: false, direct: true }
  await updateObject(context, target, options, (current) => {
    const pod = current as Pod
    if (metadata.uid && metadata.uid !== pod.metadata.uid) {
      throw uidConflict(target, namespace, name, { asked: metadata.uid, actual: pod.metadata.uid })
    }
    if (pod.metadata.deletionTimestamp !== undefined)
      throw refuse(name, `pod ${name} is being deleted, cannot be assigned to a host`)
    if (pod.spec?.nodeName) throw refuse(name, `pod ${name} is already assigned to node "${pod.spec.nodeName}"`)
    if ((pod.spec?.schedulingGates ?? []).length > 0)
      throw refuse(name, `pod ${name} has non-empty .spec.schedulingGates`)
    const annotations = metadata.annotations && {
      annotations: { ...pod.metadata.annotations, ...metadata.annotations },
    }
    const { nominatedNodeName: _, ...status } = pod.status ?? {}
    return {
      ...pod,
      metadata: {
        ...pod.metadata,
        ...annotations,
        ...(Object.keys(copied).length > 0 && { labels: { ...pod.metadata.labels, ...copied } }),
      },
      spec: { ...pod.spec, nodeName: node },
      status: { ...status, conditions: scheduled(status.conditions ?? [], context.now) },
    }
  })
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 }
}

/** The pod's conditions with PodScheduled true; one that said so already keeps its time. */
function scheduled(conditions: readonly PodCondition[], now: string): readonly PodCondition[] {
  const next = setCondition(conditions, { type: 'PodScheduled', status: 'True' }, now)
  return next.map((one) => (one.type === 'PodScheduled' ? withoutProbeTime(one) : one))
}

/** Go writes the time of a probe that never was as null. */
function withoutProbeTime(condition: PodCondition): PodCondition {
  return Object.hasOwn(condition, 'lastProbeTime')
    ? condition
    : ({ lastProbeTime: null, ...condition } as PodCondition & { readonly lastProbeTime: null })
}

function plain(message: string): Error {
  return StatusError.of({ reason: '', code: 500, message })
}

function refuse(name: string, why: string): Error {
  return newConflict({ ...pods, resource: 'pods/binding' }, name, why)
}

const topologyKeys = ['topology.kubernetes.io/zone', 'topology.kubernetes.io/region']

/**
 * A Binding with the topology labels of its node, which the pod gets from it (KEP-4742). It comes through a pod: bindings of the old
 * collection are not admitted.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/plugin/pkg/admission/podtopologylabels/admission.go
 */
export async function withTopologyLabels({ server }: RequestContext, binding: KubeObject): Promise<KubeObject> {
  const { kind = '', name = '' } = (binding as Binding).target ?? {}
  if (kind !== 'Node' || !server.gates.enabled('PodTopologyLabelsAdmission')) return binding
  const labels = (await lookUp(server, 'core/nodes', name))?.metadata.labels ?? {}
  const found = topologyKeys.flatMap((key) => (labels[key] === undefined ? [] : [[key, labels[key]] as const]))
  const metadata = { ...binding.metadata, labels: { ...binding.metadata.labels, ...Object.fromEntries(found) } }
  return { ...binding, metadata }
}
