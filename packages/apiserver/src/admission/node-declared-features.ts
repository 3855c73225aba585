import type { Node, Pod } from '@kube-bonsai/api-types/core/v1'
import { deepEqual } from '@kube-bonsai/apimachinery'
import { parseResources } from '@kube-bonsai/component-helpers'
import { type AdmissionPlugin, forbidden, isAbout, lookUp } from './chain.ts'

/** Pods on a node change only in ways for which the node declares the feature. @see plugin/pkg/admission/nodedeclaredfeatures */
export const nodeDeclaredFeatures: AdmissionPlugin = {
  name: 'NodeDeclaredFeatureValidator',
  async validate({ server }, attributes) {
    const { operation, subresource, object, old } = attributes
    if (operation !== 'UPDATE' || !isAbout(attributes, '', 'pods')) return
    if ((subresource !== '' && subresource !== 'resize') || !server.gates.enabled('NodeDeclaredFeatures')) return
    const [pod, before] = [object as Pod, old as Pod]
    const node = pod.spec?.nodeName ?? ''
    if (node === '' || pod.metadata.generation === before.metadata.generation) return
    const required = featuresOf(before, pod)
    if (required.length === 0) return
    const found = (await lookUp(server, 'core/nodes', node)) as Node | undefined
    if (found === undefined) throw forbidden(attributes, `node "${node}" not found`)
    const missing = required.filter((name) => !(found.status?.declaredFeatures ?? []).includes(name))
    if (missing.length === 0) return
    const why = `pod update requires features ${missing.join(', ')} which are not available on node "${node}"`
    throw forbidden(attributes, why)
  },
}

/** What a node has to know to carry out a change. @see staging/src/k8s.io/component-helpers/nodedeclaredfeatures/features */
function featuresOf(before: Pod, pod: Pod): readonly string[] {
  const guaranteed = before.status?.qosClass === 'Guaranteed' && changesProcessors(before, pod)
  const ownLevel = !deepEqual(before.spec?.resources, pod.spec?.resources)
  return [
    ...(guaranteed ? ['GuaranteedQoSPodCPUResize'] : []),
    ...(ownLevel ? ['InPlacePodLevelResourcesVerticalScaling'] : []),
  ]
}

function changesProcessors(before: Pod, pod: Pod): boolean {
  return (before.spec?.containers ?? []).some(({ resources }, index) => {
    const [old, now] = [resources, pod.spec?.containers?.[index]?.resources].map((one) =>
      parseResources(one?.requests).get('cpu'),
    )
    return old === undefined || now === undefined ? old !== now : !old.equal(now)
  })
}
