import { type KubeObject, newBadRequest, newGenericServerResponse, type StatusError } from '@kube-bonsai/apimachinery'
import type { Target } from '../context.ts'
import { withMeta } from '../registry/objects.ts'

/** Puts the request's namespace where the object names none. Throws a 400 for another one. */
export function placed(object: KubeObject, namespace: string, { info }: Target): KubeObject {
  const own = object.metadata.namespace ?? ''
  if (own === '' || !info.namespaced) {
    return own === namespace ? object : withMeta(object, { namespace: namespace === '' ? undefined : namespace })
  }
  if (own === namespace) return object
  throw newBadRequest('the namespace of the provided object does not match the namespace sent on the request')
}

/** What the router says of a verb that collections do not have. */
export function noSuchMethod(): StatusError {
  return newGenericServerResponse({
    code: 405,
    verb: '',
    resource: { group: '', resource: '' },
    name: '',
    serverMessage: '',
    retryAfterSeconds: 0,
    unexpected: false,
  })
}

/** Names become parts of keys. @see staging/src/k8s.io/apiserver/pkg/registry/generic/registry/store.go NamespaceKeyFunc */
export function checkName(name: string): void {
  const why =
    name === '.' || name === '..'
      ? `may not be '${name}'`
      : ['/', '%']
          .filter((sign) => name.includes(sign))
          .map((sign) => `may not contain '${sign}'`)
          .join('')
  if (why !== '') throw newBadRequest(`Name parameter invalid: ${JSON.stringify(name)}: ${why}`)
}
