import type { Secret } from '@kube-bonsai/api-types/core/v1'
import type { Transport } from '@kube-bonsai/apimachinery'
import type { ServiceAccountTokenSources } from './service-account-tokens.ts'

/** Labels secrets as the server itself does; a secret that is gone, or another one by now, stays as it is. */
export function labelSecret(transport: Transport): ServiceAccountTokenSources['label'] {
  return async ({ metadata: { name = '', namespace = '', uid } }: Secret, labels) => {
    await transport.request({
      method: 'PATCH',
      path: `/api/v1/namespaces/${namespace}/secrets/${name}`,
      headers: { 'content-type': 'application/merge-patch+json', 'user-agent': 'kube-apiserver' },
      body: { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace, uid, labels } },
    })
  }
}
