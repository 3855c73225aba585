import { type KubeObject, newForbidden, newNotFound, StatusError } from '@kube-bonsai/apimachinery'
import { groupResource } from '../context.ts'
import { type AdmissionPlugin, lookUp } from './chain.ts'

const immortal = new Set(['default', 'kube-system', 'kube-public'])

/** Nothing is created in namespaces that are missing or ending; some namespaces cannot be deleted. @see staging/src/k8s.io/apiserver/pkg/admission/plugin/namespace/lifecycle */
export const namespaceLifecycle: AdmissionPlugin = {
  name: 'NamespaceLifecycle',
  async admit(context, { operation, target, namespace, name, object }) {
    if (operation !== 'CREATE' || !target.stored.namespaced) return object
    const found = await lookUp(context.server, 'core/namespaces', namespace)
    if (found === undefined) throw newNotFound({ group: '', resource: 'namespaces' }, namespace)
    if (isTerminating(found)) throw terminatingError(groupResource(target), name, namespace, found)
    return object
  },
  validate(_context, { operation, target, name }) {
    if (operation !== 'DELETE' || target.info.resource !== 'namespaces' || !immortal.has(name)) return
    throw newForbidden({ group: '', resource: 'namespaces' }, name, 'this namespace may not be deleted')
  },
}

function isTerminating(namespace: KubeObject): boolean {
  const { status } = namespace as { readonly status?: { readonly phase?: string } }
  return status?.phase === 'Terminating'
}

function terminatingError(
  resource: { readonly group: string; readonly resource: string },
  name: string,
  namespace: string,
  found: KubeObject,
): StatusError {
  const text = `unable to create new content in namespace ${namespace} because it is being terminated`
  const { status } = newForbidden(resource, name, text)
  const causes = [
    {
      reason: 'NamespaceTerminating',
      message: `namespace ${found.metadata.name} is being terminated`,
      field: 'metadata.namespace',
    },
  ]
  return new StatusError({ ...status, details: { ...status.details, causes } })
}
