import type { PodCertificateRequest } from '@kube-bonsai/api-types/certificates/v1beta1'
import type { Pod } from '@kube-bonsai/api-types/core/v1'
import { newNotFound, quote, StatusError } from '@kube-bonsai/apimachinery'
import type { RequestContext } from '../../context.ts'
import { type Attributes, forbidden, lookUp } from '../chain.ts'

/** A node asks for certificates of the pods that it runs. */
export async function admitPodCertificateRequest(
  { server }: RequestContext,
  node: string,
  attributes: Attributes,
): Promise<void> {
  const { operation, subresource, namespace, object } = attributes
  if (!server.gates.enabled('PodCertificateRequest'))
    throw forbidden(attributes, 'PodCertificateRequest feature gate is disabled')
  if (operation !== 'CREATE') throw forbidden(attributes, `unexpected operation ${operation}`)
  if (subresource !== '') throw forbidden(attributes, `unexpected subresource ${subresource}`)
  const { spec } = object as PodCertificateRequest
  if (spec.nodeName !== node) {
    const why = `which is not the requesting node ${quote(node)}`
    throw forbidden(attributes, `PodCertificateRequest.Spec.NodeName=${quote(spec.nodeName)}, ${why}`)
  }
  const who = quote(`${namespace}/${spec.podName}`)
  const machine = await lookUp(server, 'core/nodes', node)
  if (machine === undefined) throw missing('node', quote(node), node)
  if (machine.metadata.uid !== spec.nodeUID) {
    const why = `inconsistent with the running node (${quote(machine.metadata.uid ?? '')})`
    throw failure(`PodCertificateRequest for pod ${who} names node UID ${quote(spec.nodeUID)}, ${why}`)
  }
  const pod = (await lookUp(server, 'core/pods', `${namespace}/${spec.podName}`)) as Pod | undefined
  if (pod === undefined) throw missing('pod', who, spec.podName)
  if (pod.metadata.uid !== spec.podUID) {
    const why = `which differs from running pod ${quote(pod.metadata.uid ?? '')}`
    throw failure(`PodCertificateRequest for pod ${who} contains pod UID (${quote(spec.podUID)}) ${why}`)
  }
  if (pod.spec?.nodeName !== node) {
    const why = `is not running on node ${quote(node)} named in the PodCertificateRequest`
    throw forbidden(attributes, `pod ${who} ${why}`)
  }
  if (Object.hasOwn(pod.metadata.annotations ?? {}, 'kubernetes.io/config.mirror'))
    throw forbidden(attributes, `pod ${who} is a mirror pod`)
  const account = pod.spec.serviceAccountName ?? ''
  if (spec.serviceAccountName !== account) {
    const why = `that differs from running pod (${quote(account)})`
    const text = `PodCertificateRequest for pod ${who} contains serviceAccountName (${quote(spec.serviceAccountName)})`
    throw forbidden(attributes, `${text} ${why}`)
  }
  const found = await lookUp(server, 'core/serviceaccounts', `${namespace}/${account}`)
  if (found === undefined) throw missing('service account', quote(`${namespace}/${account}`), account, 'serviceaccount')
  if (found.metadata.uid !== spec.serviceAccountUID) {
    const why = `which differs from the running service account (${quote(found.metadata.uid ?? '')})`
    const text = `PodCertificateRequest for pod ${who} names service account UID ${quote(spec.serviceAccountUID)}`
    throw failure(`${text}, ${why}`)
  }
}

/** What may come from looking too early is no refusal: it may be tried again. */
function failure(message: string): StatusError {
  return StatusError.of({ reason: '', code: 500, message })
}

function missing(what: string, shown: string, name: string, resource: string = what): StatusError {
  const { message } = newNotFound({ group: '', resource }, name)
  return failure(`while retrieving ${what} ${shown} named in the PodCertificateRequest: ${message}`)
}
