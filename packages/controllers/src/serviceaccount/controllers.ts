import type { KubeObject } from '@kube-bonsai/apimachinery'
import { namespaced, type ResourceRef } from '../api/resources.ts'
import type { Controller } from '../controller.ts'
import { keepInEachNamespace } from './per-namespace.ts'

interface ConfigMapDraft extends KubeObject {
  readonly data?: Readonly<Record<string, string>>
}

const serviceAccounts: ResourceRef<KubeObject> = namespaced('', 'v1', 'serviceaccounts', 'ServiceAccount')
const configMaps: ResourceRef<ConfigMapDraft> = namespaced('', 'v1', 'configmaps', 'ConfigMap')

/** Gives every namespace the ServiceAccount `default`. @see pkg/controller/serviceaccount/serviceaccounts_controller.go */
export const serviceAccountController: Controller = {
  name: 'serviceaccount-controller',
  start: (context) =>
    keepInEachNamespace(
      {
        controller: 'serviceaccount-controller',
        ref: serviceAccounts,
        objectName: 'default',
        make: (namespace) => ({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace } }),
      },
      context,
    ),
}

const rootCaName = 'kube-root-ca.crt'
const descriptionKey = 'kubernetes.io/description'
const description =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.'

/**
 * Publishes the API server's certificate authority in every namespace, as ConfigMap `kube-root-ca.crt`.
 *
 * @param pem the certificates, PEM
 * @see pkg/controller/certificates/rootcacertpublisher/publisher.go
 */
export function rootCaPublisher(pem: string): Controller {
  const name = 'root-ca-certificate-publisher-controller'
  const data = { 'ca.crt': pem }
  const annotations = { [descriptionKey]: description }
  return {
    name,
    start: (context) =>
      keepInEachNamespace<ConfigMapDraft>(
        {
          controller: name,
          ref: configMaps,
          objectName: rootCaName,
          make: (namespace) => ({
            apiVersion: 'v1',
            kind: 'ConfigMap',
            metadata: { name: rootCaName, namespace, annotations },
            data,
          }),
          repair: (present) => {
            const same = Object.keys(present.data ?? {}).length === 1 && present.data?.['ca.crt'] === pem
            if (same && (present.metadata.annotations?.[descriptionKey] ?? '') !== '') return undefined
            const { metadata } = present
            return {
              ...present,
              metadata: { ...metadata, annotations: { ...metadata.annotations, ...annotations } },
              data,
            }
          },
        },
        context,
      ),
  }
}
