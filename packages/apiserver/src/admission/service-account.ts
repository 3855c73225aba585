import type { Pod, Volume, VolumeMount } from '@kube-bonsai/api-types/core/v1'
import { newForbidden } from '@kube-bonsai/apimachinery'
import { type AdmissionPlugin, createsPod, lookUp } from './chain.ts'

const mountPath = '/var/run/secrets/kubernetes.io/serviceaccount'

/**
 * Pods run as the service account `default` unless they say otherwise, and get its token mounted.
 * The default account of a namespace counts as there: its controller makes it a moment later, and upstream waits for that.
 * @see plugin/pkg/admission/serviceaccount/admission.go
 */
export const serviceAccount: AdmissionPlugin = {
  name: 'ServiceAccount',
  async admit(context, attributes) {
    if (!createsPod(attributes)) return attributes.object
    const pod = attributes.object as Pod
    if (pod.spec === undefined || pod.metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined) return pod
    const name = pod.spec.serviceAccountName || 'default'
    const account = await lookUp(context.server, `core/serviceaccounts/${attributes.namespace}`, name)
    if (account === undefined && name !== 'default') {
      const why = `error looking up service account ${attributes.namespace}/${name}: serviceaccount "${name}" not found`
      throw newForbidden({ group: '', resource: 'pods' }, attributes.name, why)
    }
    const { automountServiceAccountToken } = (account ?? {}) as { readonly automountServiceAccountToken?: boolean }
    const named: Pod = { ...pod, spec: { ...pod.spec, serviceAccountName: name, serviceAccount: name } }
    const automount = pod.spec.automountServiceAccountToken ?? automountServiceAccountToken ?? true
    return automount ? mountToken(named, context.server.random.suffix(5)) : named
  },
}

/** Adds the projected volume with token, certificate authority and namespace, mounted where a container mounts nothing itself. */
function mountToken(pod: Pod, suffix: string): Pod {
  if (pod.spec === undefined) return pod
  const known = (pod.spec.volumes ?? []).find((volume) => volume.name.startsWith('kube-api-access-'))
  const name = known?.name ?? `kube-api-access-${suffix}`
  const mount: VolumeMount = { name, readOnly: true, mountPath }
  let used = false
  const mounted = <C extends { readonly volumeMounts?: readonly VolumeMount[] }>(container: C): C => {
    const mounts = container.volumeMounts ?? []
    if (mounts.some((entry) => entry.mountPath === mountPath)) return container
    used = true
    return { ...container, volumeMounts: [...mounts, mount] }
  }
  const containers = pod.spec.containers?.map(mounted)
  const initContainers = pod.spec.initContainers?.map(mounted)
  if (!used) return pod
  return {
    ...pod,
    spec: {
      ...pod.spec,
      ...(containers && { containers }),
      ...(initContainers && { initContainers }),
      volumes: known ? (pod.spec.volumes ?? []) : [...(pod.spec.volumes ?? []), tokenVolume(name)],
    },
  }
}

function tokenVolume(name: string): Volume {
  return {
    name,
    projected: {
      defaultMode: 420,
      sources: [
        { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
        { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        {
          downwardAPI: {
            items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
          },
        },
      ],
    },
  }
}
