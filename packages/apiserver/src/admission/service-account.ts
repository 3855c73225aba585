import type { Pod, ServiceAccount, Volume, VolumeMount } from '@kube-bonsai/api-types/core/v1'
import type { RequestContext } from '../context.ts'
import { type AdmissionPlugin, type Attributes, createsPod, forbidden, isAbout, lookUp } from './chain.ts'
import { forbiddenEphemeralSecret, forbiddenSecret, namesSecrets } from './mountable-secrets.ts'

const mountPath = '/var/run/secrets/kubernetes.io/serviceaccount'

/**
 * Pods run as the service account `default` unless they say otherwise, get its token mounted and pull images with its secrets.
 * The default account of a namespace counts as there: its controller makes it a moment later, and upstream waits for that.
 * @see plugin/pkg/admission/serviceaccount/admission.go
 */
export const serviceAccount: AdmissionPlugin = {
  name: 'ServiceAccount',
  async admit(context, attributes) {
    if (!createsPod(attributes)) return attributes.object
    const pod = attributes.object as Pod
    if (pod.spec === undefined) return pod
    if (isMirror(pod)) {
      checkMirror(attributes, pod)
      return pod
    }
    const name = pod.spec.serviceAccountName || 'default'
    const account = await accountOf(context, attributes, name)
    const named: Pod = { ...pod, spec: { ...pod.spec, serviceAccountName: name, serviceAccount: name } }
    const automount = pod.spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true
    const mounted = automount ? mountToken(named, context.server.random.suffix(5)) : named
    const pulling = withPullSecrets(mounted, account)
    checkSecrets(attributes, pulling, account)
    return pulling
  },
  async validate(context, attributes) {
    const pod = attributes.object as Pod
    if (isAbout(attributes, '', 'pods') && attributes.subresource === 'ephemeralcontainers') {
      const name = pod.spec?.serviceAccountName ?? ''
      if (name === '')
        throw forbidden(attributes, `no service account specified for pod ${attributes.namespace}/${attributes.name}`)
      const account = await accountOf(context, attributes, name)
      const problem = limitsSecrets(account) ? forbiddenEphemeralSecret(pod, account) : undefined
      if (problem !== undefined) throw forbidden(attributes, problem)
    }
    if (!createsPod(attributes) || pod.spec === undefined) return
    if (isMirror(pod)) {
      checkMirror(attributes, pod)
      return
    }
    const name = pod.spec.serviceAccountName ?? ''
    if (name === '')
      throw forbidden(
        attributes,
        `no service account specified for pod ${attributes.namespace}/${pod.metadata.name ?? ''}`,
      )
    checkSecrets(attributes, pod, await accountOf(context, attributes, name))
  },
}

const isMirror = ({ metadata }: Pod): boolean => metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined

async function accountOf({ server }: RequestContext, attributes: Attributes, name: string): Promise<ServiceAccount> {
  const { namespace } = attributes
  const found = await lookUp(server, `core/serviceaccounts/${namespace}`, name)
  if (found !== undefined) return found as ServiceAccount
  if (name === 'default') return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } }
  const why = `error looking up service account ${namespace}/${name}: serviceaccount "${name}" not found`
  throw forbidden(attributes, why)
}

/** Mirror pods show what a kubelet runs by itself; they may name nothing that the server would have to give them. */
function checkMirror(attributes: Attributes, pod: Pod): void {
  const { serviceAccountName, volumes = [] } = pod.spec ?? {}
  if (serviceAccountName) throw forbidden(attributes, 'a mirror pod may not reference service accounts')
  if (namesSecrets(pod)) throw forbidden(attributes, 'a mirror pod may not reference secrets')
  const hasToken = volumes.some(({ projected }) => projected?.sources?.some((source) => source.serviceAccountToken))
  if (hasToken) throw forbidden(attributes, 'a mirror pod may not use ServiceAccountToken volume projections')
}

function limitsSecrets({ metadata }: ServiceAccount): boolean {
  const asked = metadata.annotations?.['kubernetes.io/enforce-mountable-secrets'] ?? ''
  return ['1', 't', 'T', 'true', 'TRUE', 'True'].includes(asked)
}

function checkSecrets(attributes: Attributes, pod: Pod, account: ServiceAccount): void {
  const problem = limitsSecrets(account) ? forbiddenSecret(pod, account) : undefined
  if (problem !== undefined) throw forbidden(attributes, problem)
}

function withPullSecrets(pod: Pod, { imagePullSecrets = [] }: ServiceAccount): Pod {
  if (imagePullSecrets.length === 0 || (pod.spec?.imagePullSecrets ?? []).length > 0) return pod
  return { ...pod, spec: { ...pod.spec, imagePullSecrets } } as Pod
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
