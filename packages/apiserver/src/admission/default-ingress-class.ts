import type { Ingress } from '@kube-bonsai/api-types/networking/v1'
import { type AdmissionPlugin, isAbout } from './chain.ts'
import { newestDefault } from './storage-plugins.ts'

/** Ingresses that name no class get the default one; of several the newest. @see plugin/pkg/admission/network/defaultingressclass */
export const defaultIngressClass: AdmissionPlugin = {
  name: 'DefaultIngressClass',
  async admit({ server }, attributes) {
    const { operation, subresource, object } = attributes
    const applies =
      operation === 'CREATE' && subresource === '' && isAbout(attributes, 'networking.k8s.io', 'ingresses')
    if (!applies) return object
    const { spec, metadata } = object as Ingress
    const annotated = metadata.annotations?.['kubernetes.io/ingress.class'] !== undefined
    if (spec?.ingressClassName !== undefined || annotated) return object
    const { items } = await server.storage.range({ prefix: '/registry/networking.k8s.io/ingressclasses/' })
    const classes = items.map(({ value }) => value)
    const name = newestDefault(classes, ['ingressclass.kubernetes.io/is-default-class'])
    return name === undefined ? object : ({ ...object, spec: { ...spec, ingressClassName: name } } as Ingress)
  },
}
