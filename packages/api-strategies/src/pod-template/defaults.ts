import { coreType, type DefaultRules } from '../defaulting/type-defaults.ts'
import { type Fields, fieldsOf, isAbsent, isEmpty, isFields, textOf, withAbsent, withEmpty } from '../meta/json.ts'
import { defaultPullPolicy } from './image-tag.ts'

const fileMode = 0o644

function defaultContainer(container: Fields): Fields {
  return withEmpty(container, {
    imagePullPolicy: isEmpty(container['imagePullPolicy']) ? defaultPullPolicy(textOf(container['image'])) : undefined,
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
  })
}

function defaultVolume(volume: Fields): Fields {
  const sources = Object.keys(volume).filter((name) => name !== 'name' && !isAbsent(volume[name]))
  if (sources.length === 0) return { ...volume, emptyDir: {} }
  const image = volume['image']
  if (!isFields(image) || !isEmpty(image['pullPolicy'])) return volume
  return { ...volume, image: { ...image, pullPolicy: defaultPullPolicy(textOf(image['reference'])) } }
}

const defaultModeRule = (source: Fields): Fields => withAbsent(source, { defaultMode: fileMode })

/**
 * Defaults of the types inside a pod or a pod template.
 *
 * @see pkg/apis/core/v1/defaults.go
 */
export const podTemplateDefaults: DefaultRules = {
  [coreType('PodSpec')]: (spec) =>
    withAbsent(
      withEmpty(spec, { dnsPolicy: 'ClusterFirst', restartPolicy: 'Always', schedulerName: 'default-scheduler' }),
      {
        securityContext: {},
        terminationGracePeriodSeconds: 30,
      },
    ),
  [coreType('Container')]: defaultContainer,
  [coreType('EphemeralContainer')]: defaultContainer,
  [coreType('Volume')]: (volume, context) =>
    context.gates.enabled('ImageVolume') || isEmpty(fieldsOf(volume)['image']) ? defaultVolume(volume) : volume,
  [coreType('Probe')]: (probe) =>
    withEmpty(probe, { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 }),
  [coreType('HTTPGetAction')]: (action) => withEmpty(action, { path: '/', scheme: 'HTTP' }),
  [coreType('GRPCAction')]: (action) => withAbsent(action, { service: '' }),
  [coreType('ObjectFieldSelector')]: (selector) => withEmpty(selector, { apiVersion: 'v1' }),
  [coreType('SecretVolumeSource')]: defaultModeRule,
  [coreType('ConfigMapVolumeSource')]: defaultModeRule,
  [coreType('DownwardAPIVolumeSource')]: defaultModeRule,
  [coreType('ProjectedVolumeSource')]: defaultModeRule,
  [coreType('ServiceAccountTokenProjection')]: (source) => withAbsent(source, { expirationSeconds: 3600 }),
  [coreType('HostPathVolumeSource')]: (source) => withAbsent(source, { type: '' }),
  [coreType('PersistentVolumeClaimSpec')]: (spec) => withAbsent(spec, { volumeMode: 'Filesystem' }),
}
