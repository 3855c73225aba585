import type { LimitRange, PersistentVolumeClaim, Pod } from '@kube-bonsai/api-types/core/v1'
import type { RequestContext } from '../../context.ts'
import { type AdmissionPlugin, type Attributes, forbidden, isAbout } from '../chain.ts'
import { claimProblems, podProblems } from './constraints.ts'
import { withDefaultResources } from './defaults.ts'

/** Fills in and checks what containers, pods and claims ask for, by the limit ranges of their namespace. @see plugin/pkg/admission/limitranger/admission.go */
export const limitRanger: AdmissionPlugin = {
  name: 'LimitRanger',
  async admit(context, attributes) {
    if (!applies(attributes) || !isAbout(attributes, '', 'pods')) return attributes.object
    const ranges = await limitRanges(context, attributes.namespace)
    return ranges.reduce<Pod>(withDefaultResources, attributes.object as Pod)
  },
  async validate(context, attributes) {
    if (!applies(attributes)) return
    const ownLevel = context.server.gates.enabled('PodLevelResources')
    for (const range of await limitRanges(context, attributes.namespace)) {
      const problems = isAbout(attributes, '', 'pods')
        ? podProblems(range, attributes.object as Pod, ownLevel)
        : claimProblems(range, attributes.object as PersistentVolumeClaim)
      const known = [...new Set(problems)]
      if (known.length === 1) throw forbidden(attributes, known[0] ?? '')
      if (known.length > 1) throw forbidden(attributes, `[${known.join(', ')}]`)
    }
  },
}

function applies(attributes: Attributes): boolean {
  const { operation, subresource, old } = attributes
  if (operation === 'DELETE' || old?.metadata.deletionTimestamp !== undefined) return false
  if (isAbout(attributes, '', 'pods')) return operation === 'CREATE' ? subresource === '' : subresource === 'resize'
  return isAbout(attributes, '', 'persistentvolumeclaims') && subresource === ''
}

async function limitRanges({ server }: RequestContext, namespace: string): Promise<readonly LimitRange[]> {
  const { items } = await server.storage.range({ prefix: `/registry/core/limitranges/${namespace}/` })
  return items.map(({ value }) => value as LimitRange)
}
