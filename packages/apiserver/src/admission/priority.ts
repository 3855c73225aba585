import type { Pod } from '@kube-bonsai/api-types/core/v1'
import type { PriorityClass } from '@kube-bonsai/api-types/scheduling/v1'
import { type KubeObject, newForbidden } from '@kube-bonsai/apimachinery'
import { groupResource, type ServerContext } from '../context.ts'
import { type AdmissionPlugin, forbidden, isAbout, lookUp } from './chain.ts'

const systemClasses = new Set(['system-node-critical', 'system-cluster-critical'])
const prefix = '/registry/scheduling.k8s.io/priorityclasses/'

/** Turns a pod's priority class into its priority and preemption policy. @see plugin/pkg/admission/priority/admission.go */
export const priority: AdmissionPlugin = {
  name: 'Priority',
  async admit(context, attributes) {
    if (!isAbout(attributes, '', 'pods') || attributes.subresource !== '') return attributes.object
    const pod = attributes.object as Pod
    if (pod.spec === undefined) return pod
    if (attributes.operation !== 'CREATE') return withKnownPriority(pod, attributes.old as Pod | undefined)
    const wanted = pod.spec.priorityClassName ?? ''
    const found =
      wanted === ''
        ? await globalDefault(context.server)
        : await lookUp(context.server, 'scheduling.k8s.io/priorityclasses', wanted)
    if (found === undefined && wanted !== '') {
      throw newForbidden(
        { group: '', resource: 'pods' },
        attributes.name,
        `no PriorityClass with name ${wanted} was found`,
      )
    }
    const known = found as PriorityClass | undefined
    const value = known?.value ?? 0
    if (pod.spec.priority !== undefined && pod.spec.priority !== value) {
      const why =
        'the integer value of priority (%d) must not be provided in pod spec; priority admission controller computed %d from the given PriorityClass name'
      throw newForbidden(
        { group: '', resource: 'pods' },
        attributes.name,
        why.replace('%d', String(pod.spec.priority)).replace('%d', String(value)),
      )
    }
    const { preemptionPolicy } = pod.spec
    const policy = found === undefined ? 'PreemptLowerPriority' : known?.preemptionPolicy
    if (policy !== undefined && preemptionPolicy !== undefined && preemptionPolicy !== policy) {
      const why = `the string value of PreemptionPolicy (${preemptionPolicy}) must not be provided in pod spec; priority admission controller computed ${policy} from the given PriorityClass name`
      throw forbidden(attributes, why)
    }
    const resolved = policy ?? preemptionPolicy
    return {
      ...pod,
      spec: {
        ...pod.spec,
        priority: value,
        ...(resolved !== undefined && { preemptionPolicy: resolved }),
        ...(known && { priorityClassName: known.metadata.name ?? '' }),
      },
    } as KubeObject
  },
  async validate({ server }, attributes) {
    const { operation, target, name, object, subresource } = attributes
    if (!isAbout(attributes, 'scheduling.k8s.io', 'priorityclasses') || subresource !== '') return
    if (operation === 'DELETE') {
      if (!systemClasses.has(name)) return
      throw newForbidden(groupResource(target), name, 'this is a system priority class and cannot be deleted')
    }
    if ((object as PriorityClass).globalDefault !== true) return
    const other = await globalDefault(server)
    if (other === undefined || (operation === 'UPDATE' && other.metadata.name === name)) return
    const why = `PriorityClass ${other.metadata.name} is already marked as default. Only one default can exist`
    throw forbidden(attributes, why)
  },
}

/** What was resolved when the pod was made stays. */
function withKnownPriority(pod: Pod, old: Pod | undefined): Pod {
  const { priority, preemptionPolicy } = old?.spec ?? {}
  const missing = {
    ...(pod.spec?.priority === undefined && priority !== undefined && { priority }),
    ...(pod.spec?.preemptionPolicy === undefined && preemptionPolicy !== undefined && { preemptionPolicy }),
  }
  return Object.keys(missing).length === 0 ? pod : ({ ...pod, spec: { ...pod.spec, ...missing } } as Pod)
}

/** The class that marks itself as everybody's default; of several the one of lowest value. */
async function globalDefault({ storage }: ServerContext): Promise<PriorityClass | undefined> {
  const { items } = await storage.range({ prefix })
  const defaults = items.map((kv) => kv.value as PriorityClass).filter((entry) => entry.globalDefault === true)
  return defaults.sort((left, right) => left.value - right.value)[0]
}
