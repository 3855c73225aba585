import type { Container, Pod, Service } from '@kube-bonsai/api-types/core/v1'
import { newNotFound, StatusError } from '@kube-bonsai/apimachinery'
import { newRequestContext } from '../context.ts'
import { createObject } from '../registry/create.ts'
import { type AdmissionPlugin, createsPod, forbidden, isAbout, lookUp } from './chain.ts'
import { systemTarget, systemUser } from './system-objects.ts'

// Plugins that run only where they are asked for.

/** @see plugin/pkg/admission/admit */
export const alwaysAdmit: AdmissionPlugin = { name: 'AlwaysAdmit' }

/** @see plugin/pkg/admission/deny */
export const alwaysDeny: AdmissionPlugin = {
  name: 'AlwaysDeny',
  admit(_context, attributes) {
    throw forbidden(attributes, 'admission control is denying all modifications')
  },
  validate(_context, attributes) {
    throw forbidden(attributes, 'admission control is denying all modifications')
  },
}

/** Images are pulled each time, so that their credentials are checked each time. @see plugin/pkg/admission/alwayspullimages */
export const alwaysPullImages: AdmissionPlugin = {
  name: 'AlwaysPullImages',
  admit(_context, attributes) {
    const pod = attributes.object as Pod
    if (!createsPod(attributes) || pod.spec === undefined) return attributes.object
    const always = (container: Container): Container => ({ ...container, imagePullPolicy: 'Always' })
    const { containers, initContainers } = pod.spec
    const changed = {
      ...(containers && { containers: containers.map(always) }),
      ...(initContainers && { initContainers: initContainers.map(always) }),
    }
    return { ...pod, spec: { ...pod.spec, ...changed } } as Pod
  },
}

/** Refuses what is in a namespace that is missing. @see plugin/pkg/admission/namespace/exists */
export const namespaceExists: AdmissionPlugin = {
  name: 'NamespaceExists',
  async validate({ server }, { target, namespace }) {
    if (namespace === '' || !target.stored.namespaced) return
    if ((await lookUp(server, 'core/namespaces', namespace)) === undefined)
      throw newNotFound({ group: '', resource: 'namespaces' }, namespace)
  },
}

/** Makes namespaces that are missing. @see plugin/pkg/admission/namespace/autoprovision */
export const namespaceAutoProvision: AdmissionPlugin = {
  name: 'NamespaceAutoProvision',
  async admit({ server }, { operation, target, namespace, object, dryRun }) {
    if (operation !== 'CREATE' || dryRun || namespace === '' || !target.stored.namespaced) return object
    if ((await lookUp(server, 'core/namespaces', namespace)) !== undefined) return object
    const made = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }
    const context = newRequestContext(server, systemUser, 'kube-apiserver')
    const namespaces = await systemTarget(server, '', 'v1', 'namespaces')
    await createObject(context, namespaces, made, { namespace: '', dryRun: false }).catch((error: unknown) => {
      if (!(error instanceof StatusError) || error.status.reason !== 'AlreadyExists') throw error
    })
    return object
  },
}

/** Services may not name addresses that they do not own already. @see plugin/pkg/admission/serviceexternalips */
export const denyServiceExternalIPs: AdmissionPlugin = {
  name: 'DenyServiceExternalIPs',
  validate(_context, attributes) {
    if (attributes.operation === 'DELETE' || attributes.subresource !== '' || !isAbout(attributes, '', 'services'))
      return
    const known = (attributes.old as Service | undefined)?.spec?.externalIPs ?? []
    const added = ((attributes.object as Service).spec?.externalIPs ?? []).filter((address) => !known.includes(address))
    if (added.length > 0) throw forbidden(attributes, 'Use of external IPs is denied by admission control.')
  },
}
